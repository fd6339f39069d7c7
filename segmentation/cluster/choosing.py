"""Choose the number of segments from the evidence, and say how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms import algorithm_named
from segmentation.cluster.evidence import GRADES, KEvidence, Progress, Verdict
from segmentation.cluster.nulls import gaussian_cloud, permuted
from segmentation.cluster.ordering import canonical_order, in_order, sample_positions
from segmentation.cluster.partition import Partition, kmeans_partitions
from segmentation.cluster.quality import distance_matrix, silhouettes
from segmentation.cluster.sweep import measure, resample_stability
from segmentation.errors import DataError, ParameterError

__all__ = ["Choice", "KEvidence", "Verdict", "choose_k"]

Matrix = npt.NDArray[np.float32]

#: Rows on which every k is tried; their distance matrix takes 64 MB.
SAMPLE = 4_000

#: Draws from each null, and rows of each.
NULL_DRAWS = 20
NULL_ROWS = 1_000


@dataclass(frozen=True)
class Choice:
    """The number of segments and what it rests on.

    Attributes
    ----------
    k : int
        To be used: the user's, or the recommended one.
    evidence : tuple of KEvidence
        For every k that could be tried.
    verdict : Verdict
    """

    k: int
    evidence: tuple[KEvidence, ...]
    verdict: Verdict

    @property
    def runners_up(self) -> tuple[int, ...]:
        """Other defensible numbers of segments, best first."""
        return self.verdict.runners_up


def _silent(stage: str, fraction: float) -> None:
    """Report to nobody."""


def choose_k(
    X: Matrix,
    k_range: tuple[int, int] = (2, 10),
    *,
    k: int | None = None,
    algorithm: str = "kmeans",
    min_segment_share: float = 0.03,
    blocks: Sequence[slice] | None = None,
    seed: int = 42,
    n_jobs: int | None = None,  # noqa: ARG001 - the sweep is faster with one thread
    progress: Progress | None = None,
) -> Choice:
    """Try every k, choose one, and compare it with data that has no groups.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
        The design matrix.
    k_range : (int, int)
        First and last k to try, 2 ≤ first ≤ last.
    k : int, optional
        The user's own choice; the evidence is gathered all the same.
    algorithm : str
    min_segment_share : float
        Partitions with a smaller segment are not chosen; 0 to 0.5.
    blocks : sequence of slice, optional
        Features of one column (see `Encoder.blocks`); each feature by itself by default.
    seed : int
    n_jobs : int, optional
    progress : callable, optional

    Raises
    ------
    DataError
        No rows, or values that are not finite.
    ParameterError
        An impossible range, k, share or algorithm.
    """
    algorithm_named(algorithm)
    _check(X, k_range, k, min_segment_share)
    report = progress or _silent
    order, distinct = canonical_order(X)
    ks = [j for j in range(k_range[0], k_range[1] + 1) if j <= distinct - 1]
    if not ks:
        return _one_segment(k, distinct, len(X))
    rng = np.random.default_rng(seed)
    taken = sample_positions(len(X), SAMPLE, rng)
    points = in_order(X, taken if order is None else order[taken])
    points -= points.mean(axis=0)
    parts = kmeans_partitions(points, ks, rng)
    stability = resample_stability(points, parts, rng, lambda s, f: report(s, 0.1 + 0.4 * f))
    evidence = tuple(measure(points, parts, stability, len(X)))
    best, runners_up = _rank(evidence, min_segment_share)
    chosen = best if k is None else k
    blocks = blocks or [slice(j, j + 1) for j in range(X.shape[1])]
    grade = _grade(points, parts, best, blocks, rng, progress=lambda s, f: report(s, 0.5 + 0.5 * f))
    recommended = 1 if grade == "none" else best
    verdict = Verdict(
        grade=grade,
        sentence=f"{grade.capitalize()} structure: {recommended} segments.",
        k=recommended if k is None else chosen,
        chosen_by="rule" if k is None else "user",
        recommended_k=recommended,
        runners_up=runners_up,
        reasons=(),
    )
    return Choice(verdict.k, evidence, verdict)


def _check(X: Matrix, k_range: tuple[int, int], k: int | None, min_segment_share: float) -> None:
    if X.ndim != 2 or len(X) == 0:
        raise DataError("There are no rows to segment.")
    if not np.isfinite(X).all():
        raise DataError("The points to segment hold values that are missing or infinite.")
    if not 2 <= k_range[0] <= k_range[1] <= 50:
        raise ParameterError(
            f"The range for the number of segments must lie within 2 to 50, but is "
            f"{k_range[0]} to {k_range[1]}."
        )
    if k is not None and not 1 <= k <= 50:
        raise ParameterError(f"The number of segments must be between 1 and 50, but is {k}.")
    if not 0 <= min_segment_share <= 0.5:
        raise ParameterError(
            f"The smallest share of a segment must be between 0 and 0.5, "
            f"but is {min_segment_share:g}."
        )


def _one_segment(k: int | None, distinct: int, n: int) -> Choice:
    """Answer for data that cannot be divided."""
    if k is not None and k > distinct:
        raise DataError(
            f"{k} segments need at least {k} different rows, but there are {distinct}: "
            "choose fewer segments or more columns."
        )
    reason = (
        "All rows are equal in the columns that drive the segments."
        if distinct == 1
        else f"There are only {distinct} different rows, too few to compare divisions."
    )
    chosen = 1 if k is None else k
    verdict = Verdict(
        grade="none",
        sentence=f"No reliable segments in this data: {reason[0].lower()}{reason[1:]}",
        k=chosen,
        chosen_by="rule" if k is None else "user",
        recommended_k=1,
        runners_up=(),
        reasons=(reason, f"{n:,} rows were compared."),
    )
    return Choice(chosen, (), verdict)


def _rank(evidence: Sequence[KEvidence], share: float) -> tuple[int, tuple[int, ...]]:
    """Order the k by the sum of their ranks in four measures."""
    table = np.array(
        [
            [-e.silhouette, -e.calinski_harabasz, e.davies_bouldin, -(e.stability or 0)]
            for e in evidence
        ]
    )
    ranks = table.argsort(axis=0).argsort(axis=0).sum(axis=1) + 100 * np.array(
        [e.smallest_share < share for e in evidence]
    )
    ordered = [evidence[i].k for i in np.argsort(ranks, kind="stable").tolist()]
    return ordered[0], tuple(ordered[1:3])


def _grade(
    points: Matrix,
    parts: Sequence[Partition],
    k: int,
    blocks: Sequence[slice],
    rng: np.random.Generator,
    *,
    progress: Progress,
) -> str:
    """Compare the silhouette at k with both nulls."""
    rows = rng.permutation(len(points))[:NULL_ROWS]
    part = next(part for part in parts if part.k == k)
    sample = points[rows]
    observed = float(silhouettes(distance_matrix(sample), [part.labels[rows]])[0].mean())
    scores = []
    for draw in range(NULL_DRAWS):
        progress("Comparing with data without groups", draw / NULL_DRAWS)
        for null in (permuted(sample, blocks, rng), gaussian_cloud(sample, rng)):
            labels = kmeans_partitions(null, [k], rng, starts=3)[0].labels
            scores.append(float(silhouettes(distance_matrix(null), [labels])[0].mean()))
    table = np.array(scores).reshape(-1, 2)
    z = float(((observed - table.mean(axis=0)) / (table.std(axis=0) + 1e-6)).min())
    return GRADES[int(np.searchsorted([-10.0, -4.0, -2.0], -z))]
