"""How well each segment comes back when the customers are drawn again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers
from segmentation.cluster.algorithms.row_order import canonical_order, in_order, sample_positions
from segmentation.cluster.parallel import results_of
from segmentation.cluster.selection.evidence import Progress

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.integer]

#: Hennig's number of resamples, and the rows at most.
RESAMPLES = 100
POINTS = 5_000

#: Starts of k-means for each resample.
STARTS = 3

#: Resamples between two reports of progress.
_BATCH = 10

#: Of each segment: a sum of coefficients, and the number of resamples it appeared in.
Sums = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

#: From a resample's rows and a seed to its labels.
Refit = Callable[[Matrix, int], Labels]


def segment_stability(
    X: Matrix,
    labels: Labels,
    refit: Refit | None = None,
    *,
    B: int = RESAMPLES,
    seed: int = 42,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> npt.NDArray[np.float64]:
    """Return the cluster-wise stability of each segment.

    Hennig (2007), *Cluster-wise assessment of cluster stability*, sec. 2: for each of B
    bootstrap resamples the clustering is repeated; a segment C's similarity is the largest
    Jaccard coefficient |C ∩ D| / |C ∪ D| between its resampled members and a segment D of the
    new clustering, both without repeated points; the mean over the resamples is C's stability.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
        Above `POINTS` rows a uniform sample is used.
    labels : ndarray of int, shape (n,)
        0..k-1, and -1 for rows in no segment.
    refit : callable, optional
        Clusters the rows of a resample: from (rows, seed) to labels. k-means by default.
    B : int
        Number of resamples.
    seed : int
    n_jobs : int, optional
        Threads; each batch of resamples has random numbers of its own, so that the result is
        the same for any number.
    progress : callable, optional

    Returns
    -------
    ndarray of float64, shape (k,)
        0 to 1: up to 0.5 dissolved, below 0.6 not to be trusted, from 0.6 a pattern, from 0.75
        valid, from 0.85 highly stable (Hennig 2008, *Dissolution point and isolation
        robustness*, sec. 6).
    """
    k = int(labels.max(initial=-1)) + 1
    if k <= 1 or len(X) < 2:
        return np.ones(max(k, 0))
    order, _ = canonical_order(X)
    ordered = labels if order is None else labels[order]
    rng = np.random.default_rng(seed)
    taken = sample_positions(len(X), POINTS, rng)
    points = in_order(X, taken if order is None else order[taken])
    points = points - points.mean(axis=0)
    reference = ordered[taken]
    sizes = [min(_BATCH, B - start) for start in range(0, B, _BATCH)]
    streams = np.random.default_rng(seed + 1).spawn(len(sizes))
    tasks = [
        partial(_batch, points, reference, k, refit=refit, size=size, rng=stream)
        for size, stream in zip(sizes, streams, strict=True)
    ]
    total, counted = np.zeros(k), np.zeros(k)
    with closing(results_of(tasks, n_jobs)) as results:
        for done, (similarity, seen) in enumerate(results):
            total += similarity
            counted += seen
            if progress is not None:
                progress("Testing the stability of each segment", (done + 1) / len(tasks))
    return total / np.maximum(counted, 1)


def _batch(
    points: Matrix,
    reference: Labels,
    k: int,
    *,
    refit: Refit | None,
    size: int,
    rng: np.random.Generator,
) -> Sums:
    """Return the sums of largest Jaccard coefficients over some resamples, and their numbers."""
    counts = rng.multinomial(len(points), np.full(len(points), 1 / len(points)), size)
    if refit is None:
        found = _kmeans_again(points, counts, k, rng)
    else:
        found = _again(points, counts, refit, rng)
    similarity, drawn = np.zeros(k), np.zeros(k)
    for present, new in zip(counts > 0, found, strict=True):
        largest, seen = _largest_jaccard(reference[present], new[present], k)
        similarity += largest
        drawn += seen
    return similarity, drawn


def _kmeans_again(
    points: Matrix, counts: npt.NDArray[np.int64], k: int, rng: np.random.Generator
) -> Labels:
    """Repeat k-means on resamples, the counts being weights; shape (batch, n)."""
    weights = np.repeat(counts, STARTS, axis=0).astype(np.float32)
    seeds = seed_centers(points, k, len(weights), rng, weights)
    runs = lloyd(points, seeds, weights, tolerance=1e-4)
    best = runs.inertia.reshape(-1, STARTS).argmin(axis=1)
    labels: Labels = runs.labels[np.arange(len(counts)) * STARTS + best]
    return labels


def _again(
    points: Matrix, counts: npt.NDArray[np.int64], refit: Refit, rng: np.random.Generator
) -> Labels:
    """Repeat any clustering on resamples; shape (batch, n), -1 where a point was not drawn."""
    result = np.full(counts.shape, -1, dtype=np.intp)
    for row, count in zip(result, counts, strict=True):
        drawn = np.repeat(np.arange(len(points)), count)
        row[drawn] = refit(points[drawn], int(rng.integers(2**31)))
    return result


def _largest_jaccard(
    first: Labels, second: Labels, k: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return each segment's largest Jaccard coefficient, and whether it was drawn at all."""
    width = int(second.max(initial=0)) + 2
    joint = (first.astype(np.intp) + 1) * width + second.astype(np.intp) + 1
    table = np.bincount(joint, minlength=(k + 1) * width).reshape(k + 1, width)
    shared = table[1:, 1:].astype(np.float64)
    own = table[1:].sum(axis=1).astype(np.float64)
    union = own[:, np.newaxis] + table[:, 1:].sum(axis=0) - shared
    similarity = (shared / np.maximum(union, 1)).max(axis=1, initial=0.0)
    return similarity, (own > 0).astype(np.float64)
