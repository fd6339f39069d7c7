"""k-means of any size: the best of several starts on a coreset, polished on all rows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from segmentation.cluster.clustering import Clustering
from segmentation.cluster.lloyd import lloyd, nearest_centers, seed_centers
from segmentation.cluster.ordering import canonical_order, in_order, sample_positions

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: Rows on which the starts compete; all rows when there are fewer.
CORESET = 20_000
STARTS = 10

#: The polish on all rows stops when the inertia improves by less than this share: a tenth of the
#: 0.1 % that may separate it from the best of ten full fits.
POLISH_TOLERANCE = 1e-5
POLISH_ITERATIONS = 60

#: Rows taken at once; the scores of a chunk stay in the processor's cache.
_CHUNK = 16_384


def fit_kmeans(
    X: Matrix,
    k: int,
    seed: int = 42,
    parameters: Mapping[str, float] | None = None,  # noqa: ARG001 - the signature of all
    n_jobs: int | None = None,
) -> Clustering:
    """Fit k-means.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    k : int, 1 ≤ k ≤ n
    seed : int
    parameters : mapping
        None is known.
    n_jobs : int, optional
        Threads for the polish; -1 for all processors. The result is the same for any number.

    Returns
    -------
    Clustering
        Labels by the lengths of the centers' coordinates in lexicographic order, so that they
        depend on the data alone.

    Notes
    -----
    Cost: `STARTS` fits on at most `CORESET` rows, then a few passes over all rows.
    """
    order, distinct = canonical_order(X)
    points = in_order(X, order)
    shift = points.mean(axis=0, dtype=np.float64)
    points = points - shift.astype(np.float32)
    k = max(1, min(k, distinct))
    rng = np.random.default_rng(seed)
    coreset = points[sample_positions(len(points), CORESET, rng)]
    runs = lloyd(coreset, seed_centers(coreset, k, STARTS, rng))
    centers = runs.centers[runs.best()].astype(np.float64)
    labels, centers, inertia = polish(points, centers, threads(n_jobs))
    ranks = np.lexsort(centers.T[::-1])
    renamed = np.empty(k, dtype=np.intp)
    renamed[ranks] = np.arange(k)
    result = np.empty(len(X), dtype=np.intp)
    result[slice(None) if order is None else order] = renamed[labels]
    return Clustering(result, centers[ranks] + shift.astype(np.float32), inertia)


def polish(
    X: Matrix, centers: Floats, workers: int = 1
) -> tuple[npt.NDArray[np.uint8], Floats, float]:
    """Iterate k-means on all rows until it no longer improves.

    Sums are taken chunk by chunk and added in the order of the chunks, so that the number of
    threads changes nothing.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    centers : ndarray of float64, shape (k, p)
    workers : int
        Threads.

    Returns
    -------
    labels : ndarray of uint8, shape (n,)
    centers : ndarray of float64, shape (k, p)
    inertia : float
    """
    labels = np.empty(len(X), dtype=np.uint8)
    parts = [slice(a, a + _CHUNK) for a in range(0, len(X), _CHUNK)]
    before = np.inf
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        for _ in range(POLISH_ITERATIONS):
            # Labels, sizes and sums of a chunk in one task.
            tasks = pool.map(lambda part, c=centers: _pass(X[part], c, labels[part]), parts)
            sums, sizes, inertia = (sum(column) for column in zip(*tasks, strict=True))
            if not before - inertia > POLISH_TOLERANCE * inertia:
                break
            before = inertia
            kept = np.where(sizes > 0, sizes, 1)[:, np.newaxis]
            centers = np.where(sizes[:, np.newaxis] > 0, sums / kept, centers)
    return labels, centers, float(inertia)


def _pass(
    X: Matrix, centers: Floats, labels: npt.NDArray[np.uint8]
) -> tuple[Floats, Floats, float]:
    """Label one chunk in place; return its segments' sums, sizes and its inertia."""
    k = len(centers)
    found, scores = nearest_centers(X, centers.astype(np.float32)[np.newaxis])
    labels[:] = found[0]
    squared = np.einsum("ij,ij->", X, X, dtype=np.float64)
    member = (found[0] == np.arange(k, dtype=np.uint8)[:, np.newaxis]).astype(np.float32)
    sums = (member @ X).astype(np.float64)
    return (
        sums,
        member.sum(axis=1, dtype=np.float64),
        float(squared - 2 * scores.sum(dtype=np.float64)),
    )


def threads(n_jobs: int | None) -> int:
    """Return the number of threads for a scikit-learn style ``n_jobs``.

    Examples
    --------
    >>> threads(None), threads(3)
    (1, 3)
    """
    if n_jobs is None:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return n_jobs if n_jobs > 0 else max(1, available + 1 + n_jobs)
