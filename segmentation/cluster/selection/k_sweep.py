"""Fit every k on one sample and measure each partition, with one distance matrix for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from functools import partial

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.distances import distance_matrix
from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers
from segmentation.cluster.algorithms.partition import Divide, Labels, Partition, kmeans_partitions
from segmentation.cluster.parallel import results_of
from segmentation.cluster.selection.evidence import KEvidence, Progress
from segmentation.cluster.selection.quality_indices import (
    adjusted_rand,
    calinski_harabasz,
    davies_bouldin,
    mean_interval,
    silhouettes,
)

Matrix = npt.NDArray[np.float32]

#: Resamples behind the stability of each k, on at most so many points.
RESAMPLES = 16
RESAMPLE_POINTS = 1_000

#: Resamples for algorithms that are much slower than k-means.
SLOW_RESAMPLES = 6


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


def stability_of(
    X: Matrix,
    partitions: Sequence[Partition],
    divide: Divide | None,
    rng: np.random.Generator,
    progress: Progress,
) -> Sequence[float | None]:
    """Return the stability of each partition under the algorithm that made it.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)
    partitions : sequence of Partition
    divide : callable or None
        The algorithm; None for one that finds k by itself and is not repeated here.
    rng : numpy.random.Generator
    progress : callable
    """
    if divide is None:
        return [None] * len(partitions)
    if divide is kmeans_partitions:
        return resample_stability(X, partitions, rng, progress)
    chosen = rng.permutation(len(X))[:RESAMPLE_POINTS]
    ks = [part.k for part in partitions]
    scores = np.empty((SLOW_RESAMPLES, len(ks)))
    for resample in range(SLOW_RESAMPLES):
        progress("Testing how stable the segments are", resample / SLOW_RESAMPLES)
        # Half of the points without repeats: not every algorithm can weigh points.
        drawn = np.sort(rng.permutation(chosen)[: max(len(chosen) // 2, max(ks) + 1)])
        again = divide(X[drawn], ks, rng)
        scores[resample] = [
            adjusted_rand(part.labels[drawn], new.labels)
            for part, new in zip(partitions, again, strict=True)
        ]
    mean: list[float] = scores.mean(axis=0).tolist()
    return mean


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
    tasks = [
        partial(_agreement, points, seeds[:, : part.k], weights, part.labels[chosen])
        for part in partitions
    ]
    result = []
    with closing(results_of(tasks)) as agreements:
        for done, part in enumerate(partitions):
            progress(f"Testing how stable {part.k} segments are", done / len(partitions))
            result.append(next(agreements))
    return result


def _agreement(X: Matrix, seeds: Matrix, weights: Matrix, reference: Labels) -> float:
    """Return the mean agreement of labels with those of resamples, two starts for each."""
    runs = lloyd(X, seeds, weights, tolerance=1e-4)
    better = np.arange(0, len(weights), 2) + (runs.inertia[1::2] < runs.inertia[::2])
    scores = [adjusted_rand(reference, runs.labels[run]) for run in better]
    return math.fsum(scores) / len(scores)
