"""Fit every k on one sample and measure each partition, with one distance matrix for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.evidence import KEvidence, Progress
from segmentation.cluster.lloyd import lloyd, seed_centers
from segmentation.cluster.quality import (
    adjusted_rand,
    calinski_harabasz,
    davies_bouldin,
    distance_matrix,
    mean_interval,
    silhouettes,
)

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

#: Starts of k-means for each k; the seeds are shared by all k.
STARTS = 10

#: Resamples behind the stability of each k, on at most so many points.
RESAMPLES = 16
RESAMPLE_POINTS = 1_000


@dataclass(frozen=True, eq=False)
class Partition:
    """A division of the sample into k segments.

    Attributes
    ----------
    labels : ndarray of int, shape (m,)
    centers : ndarray of float64, shape (k, p)
    within : float
        Sum of squared distances to the centers.
    """

    labels: Labels
    centers: npt.NDArray[np.float64]
    within: float

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centers)

    @property
    def smallest_share(self) -> float:
        """The smallest segment's share of the sample."""
        return float(np.bincount(self.labels, minlength=self.k).min()) / len(self.labels)


def partition_of(X: Matrix, labels: npt.NDArray[np.integer], k: int) -> Partition:
    """Make a partition from labels: centers are the segments' means."""
    index = labels.astype(np.intp)
    size = np.bincount(index, minlength=k)
    centers = (
        np.column_stack(
            [np.bincount(index, weights=X[:, j], minlength=k) for j in range(X.shape[1])]
        )
        / np.maximum(size, 1)[:, np.newaxis]
    )
    within = float(((X - centers[index]) ** 2).sum())
    return Partition(index, centers, within)


def kmeans_partitions(
    X: Matrix, ks: Sequence[int], rng: np.random.Generator, starts: int = STARTS
) -> list[Partition]:
    """Fit k-means for several k, each k from shared seeds and from the best of the k before.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)
        Centered near 0.
    ks : sequence of int, rising
    """
    seeds = seed_centers(X, max(ks), starts, rng)
    found: list[Partition] = []
    for k in ks:
        runs = lloyd(X, seeds[:, :k])
        found.append(partition_of(X, runs.labels[runs.best()], k))
    return found


def measure(
    X: Matrix, partitions: Sequence[Partition], stability: Sequence[float | None], rows: int
) -> list[KEvidence]:
    """Return the evidence for each partition of a sample.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)
    partitions : sequence of Partition
    stability : sequence of float, one for each partition
    rows : int
        Rows of the whole data, to which the inertia is extrapolated.
    """
    m = len(X)
    total = float(((X - X.mean(axis=0, dtype=np.float64)) ** 2).sum())
    widths = silhouettes(distance_matrix(X), [part.labels for part in partitions])
    result = []
    for part, width, agreement in zip(partitions, widths, stability, strict=True):
        mean, low, high = mean_interval(width)
        result.append(
            KEvidence(
                k=part.k,
                silhouette=mean,
                silhouette_low=low,
                silhouette_high=high,
                calinski_harabasz=calinski_harabasz(part.within, total, m, part.k),
                davies_bouldin=davies_bouldin(X, part.labels, part.centers),
                inertia=part.within * rows / m,
                stability=agreement,
                smallest_share=part.smallest_share,
            )
        )
    return result


def resample_stability(
    X: Matrix,
    partitions: Sequence[Partition],
    rng: np.random.Generator,
    progress: Progress,
) -> list[float]:
    """Return for each partition the mean agreement with fits on bootstrap resamples.

    Ben-Hur, Elisseeff and Guyon (2002), *A stability based method for discovering structure in
    clustered data*, with the adjusted Rand index as similarity and the bootstrap as resampling
    (Fang and Wang 2012, *Selection of the number of clusters via the bootstrap method*).

    Returns
    -------
    list of float
        Up to 1; near 0 for divisions that each resample makes anew.
    """
    chosen = rng.permutation(len(X))[:RESAMPLE_POINTS]
    points = X[chosen]
    counts = rng.multinomial(len(points), np.full(len(points), 1 / len(points)), RESAMPLES)
    # Two starts for each resample; the better one counts.
    weights = np.repeat(counts, 2, axis=0).astype(np.float32)
    seeds = seed_centers(points, max(part.k for part in partitions), len(weights), rng, weights)
    result = []
    for done, part in enumerate(partitions):
        progress(f"Testing how stable {part.k} segments are", done / len(partitions))
        runs = lloyd(points, seeds[:, : part.k], weights, tolerance=1e-4)
        better = np.arange(0, len(weights), 2) + (runs.inertia[1::2] < runs.inertia[::2])
        reference = part.labels[chosen]
        scores = [adjusted_rand(reference, runs.labels[run]) for run in better]
        result.append(math.fsum(scores) / len(scores))
    return result
