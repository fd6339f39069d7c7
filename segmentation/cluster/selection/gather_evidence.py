"""Everything that the choice of k rests on, gathered on one sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.distances import distance_matrix
from segmentation.cluster.algorithms.partition import Divide, Partition, kmeans_partitions
from segmentation.cluster.selection.evidence import KEvidence, Progress
from segmentation.cluster.selection.gaussian_mixtures import Criteria, criteria
from segmentation.cluster.selection.k_sweep import measure, stability_of
from segmentation.cluster.selection.null_models import Nulls
from segmentation.cluster.selection.quality_indices import silhouettes
from segmentation.cluster.selection.voting import votes

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: Rows behind the likelihoods; more would only make the mixture's wrongness more certain.
LIKELIHOOD_ROWS = 1_000

#: Draws from each null, and rows of each.
NULL_DRAWS = 20
NULL_ROWS = 500

#: Steps of EM for the likelihood of a draw; the data beside it gets no more.
NULL_STEPS = 8

#: Where no division keeps its smallest segment large enough, those count whose smallest segment
#: has at least this part of the largest there is: a few outliers are alone in every division.
NEAREST = 0.9

#: The statistics that data and nulls are compared in.
STATISTICS = ("silhouette", "inertia", "likelihood")


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found on a sample, for each k.

    Attributes
    ----------
    partitions : list of Partition
        For rising k.
    evidence : tuple of KEvidence
    one : Criteria
        The tied mixture's criteria for a single group.
    tied, diagonal : list of Criteria
        For each k.
    allowed : ndarray of bool
        Which k keep the smallest segment large enough; those nearest to it where none does.
    enough : bool
        Whether any k keeps it large enough.
    rows : int
        Rows behind the criteria.
    """

    partitions: list[Partition]
    evidence: tuple[KEvidence, ...]
    one: Criteria
    tied: list[Criteria]
    diagonal: list[Criteria]
    allowed: npt.NDArray[np.bool_]
    enough: bool
    rows: int

    def votes(self) -> Floats:
        """Return what each index says about each k; shape (K, V)."""
        return votes(self.evidence, self.tied, self.diagonal, self.rows, self.allowed)


def gather(
    points: Matrix,
    partitions: list[Partition],
    rows: int,
    min_segment_share: float,
    rng: np.random.Generator,
    *,
    divide: Divide | None = kmeans_partitions,
    progress: Progress,
) -> Findings:
    """Measure partitions of a sample.

    Parameters
    ----------
    points : ndarray of float32, shape (m, p)
        Centered near 0.
    partitions : list of Partition
        For rising k.
    rows : int
        Rows of the whole data.
    min_segment_share : float
    rng : numpy.random.Generator
    divide : callable or None
        The algorithm that made the partitions; None where it finds k by itself.
    progress : callable
    """
    stability = stability_of(
        points, partitions, divide, rng, lambda stage, share: progress(stage, 0.5 * share)
    )
    progress("Measuring each number of segments", 0.5)
    evidence = tuple(measure(points, partitions, stability, rows))
    progress("Weighing likelihood against the number of segments", 0.6)
    seen = rng.permutation(len(points))[:LIKELIHOOD_ROWS]
    everybody = [(1, np.zeros(len(seen), dtype=np.intp))]
    tied, diagonal = criteria(
        points[seen], everybody + [(part.k, part.labels[seen]) for part in partitions], rng
    )
    shares = np.array([part.smallest_share for part in partitions])
    enough = bool((shares >= min_segment_share).any())
    allowed = shares >= (min_segment_share if enough else NEAREST * shares.max())
    return Findings(
        partitions,
        evidence,
        tied[0],
        tied[1:],
        diagonal[1:],
        allowed,
        enough,
        min(len(seen), len(points)),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The data beside data without groups.

    Attributes
    ----------
    observed : tuple of float
        Mean silhouette, minus the log share of the inertia, and the gain in ICL for each point,
        in the order of `STATISTICS`; higher means more structure.
    independent, elliptical : tuple of float
        By how many standard deviations of its draws the data exceeds each null.
    beaten : float
        Share of all draws whose silhouette the data exceeds.
    typical : float
        Mean silhouette of the null that comes closest.
    """

    observed: tuple[float, ...]
    independent: tuple[float, ...]
    elliptical: tuple[float, ...]
    beaten: float
    typical: float


def compare_with_nulls(
    points: Matrix,
    k: int,
    divide: Divide,
    blocks: Sequence[slice] | None,
    rng: np.random.Generator,
    *,
    progress: Progress,
) -> Comparison:
    """Send the data and draws from both nulls through the same search for k segments.

    Parameters
    ----------
    points : ndarray of float32, shape (m, p)
    k : int
    divide : callable
    blocks : sequence of slice or None
    rng : numpy.random.Generator
    progress : callable
    """
    sample = points[rng.permutation(len(points))[:NULL_ROWS]]
    sample = sample - sample.mean(axis=0)
    nulls = Nulls.of(sample, blocks)
    observed = _statistics(sample, k, divide, rng)
    drawn = np.empty((NULL_DRAWS, 2, len(STATISTICS)))
    for draw in range(NULL_DRAWS):
        progress("Comparing with data that has no groups", draw / NULL_DRAWS)
        drawn[draw, 0] = _statistics(nulls.independent(rng), k, divide, rng)
        drawn[draw, 1] = _statistics(nulls.elliptical(rng), k, divide, rng)
    # A spread below rounding would make any difference infinitely significant.
    spread = np.maximum(drawn.std(axis=0), 2e-3)
    standardized = (np.array(observed) - drawn.mean(axis=0)) / spread
    return Comparison(
        observed,
        tuple(standardized[0].tolist()),
        tuple(standardized[1].tolist()),
        float((observed[0] > drawn[:, :, 0]).mean()),
        float(drawn[:, :, 0].mean(axis=0).max()),
    )


def _statistics(
    X: Matrix, k: int, divide: Divide, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return the statistics of the division into k segments, higher meaning more structure."""
    part = divide(X, [k], rng)[0]
    width = float(silhouettes(distance_matrix(X), [part.labels])[0].mean())
    total = float((X.astype(np.float64) ** 2).sum())
    explained = -float(np.log(max(part.within, 1e-9) / max(total, 1e-9)))
    (one, many), _ = criteria(
        X,
        [(1, np.zeros(len(X), dtype=np.intp)), (part.k, part.labels)],
        rng,
        diagonals=False,
        steps=NULL_STEPS,
    )
    return width, explained, (one.icl - many.icl) / len(X)
