"""k-means of any size: the best of several starts on a sample, polished on all rows."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.clustering import Clustering, Task
from segmentation.cluster.algorithms.lloyd import lloyd, nearest_centers, seed_centers
from segmentation.cluster.algorithms.row_order import canonical_order, in_order

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: The contest of the starts: many short runs on few rows, then full runs of those that lead on
#: more rows. On data without groups ten full starts alone stay up to 0.5 % above the best of
#: them; on little data more runs cost nothing.
STARTS = 64
HEAT_ROWS = 4_000
HEAT_ITERATIONS = 8
FINAL_ROWS = 20_000
FINALISTS = 12
SPARE_FINALS = 40_000  # rows of all finals together that cost nothing

#: The polish on all rows stops when the inertia improves by less than this share: convergence
#: is linear at worst, and this leaves well under the 0.1 % that may separate it from the best
#: of ten full fits.
POLISH_TOLERANCE = 3e-6
POLISH_ITERATIONS = 50

#: Rows taken at once; the scores of a chunk stay in the processor's cache.
_CHUNK = 16_384


def fit_kmeans(task: Task) -> Clustering:
    """Fit k-means.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Clustering
        Labels in the order of the centers' coordinates, so that they depend on the data alone.

    Notes
    -----
    Cost: a contest of starts on at most 20,000 rows, then a few passes over all rows.
    """
    order, distinct = canonical_order(task.X)
    points = in_order(task.X, order)
    shift = points.mean(axis=0, dtype=np.float64)
    points = points - shift.astype(np.float32)
    k = max(1, min(task.k, distinct))
    rng = np.random.default_rng(task.seed)
    centers = _contest(points, k, rng)
    found = refined(points, centers, task.n_jobs)
    result = np.empty(len(points), dtype=np.intp)
    result[slice(None) if order is None else order] = found.labels
    return Clustering(result, found.centers + shift.astype(np.float32), found.inertia)


def refined(X: Matrix, centers: Floats, n_jobs: int | None = None) -> Clustering:
    """Polish centers on all rows, which the order of the sums depends on.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    centers : ndarray of float64, shape (k, p)
    n_jobs : int, optional
        Threads; they change nothing.

    Returns
    -------
    Clustering
        In the order of the centers' coordinates.
    """
    labels, centers, inertia = polish(X, centers, threads(n_jobs))
    ranks = np.lexsort(centers.T[::-1])
    renamed = np.empty(len(centers), dtype=np.intp)
    renamed[ranks] = np.arange(len(centers))
    return Clustering(renamed[labels], centers[ranks], inertia)


def _contest(points: Matrix, k: int, rng: np.random.Generator) -> Floats:
    """Return the centers that win over `STARTS` others on a sample; shape (k, p)."""
    mixed = rng.permutation(len(points))[:FINAL_ROWS]
    heat = points[mixed[:HEAT_ROWS]]
    runs = lloyd(heat, seed_centers(heat, k, STARTS, rng), max_iterations=HEAT_ITERATIONS)
    finalists = max(FINALISTS, min(STARTS, SPARE_FINALS // len(points)))
    leading = np.argsort(runs.inertia, kind="stable")[:finalists]
    final = lloyd(points[mixed], runs.centers[leading])
    winner: Floats = final.centers[final.best()].astype(np.float64)
    return winner


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
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:

        def one_pass(at: Floats, _: int) -> Step:
            # Labels, sizes and sums of a chunk in one task.
            tasks = pool.map(lambda part: _pass(X[part], at, labels[part]), parts)
            return functools.reduce(Step.merged, tasks)

        centers, inertia = converged(one_pass, centers)
    return labels, centers, inertia


def converged(one_pass: Callable[[Floats, int], Step], centers: Floats) -> tuple[Floats, float]:
    """Iterate k-means until the inertia no longer improves, wherever the rows are.

    Parameters
    ----------
    one_pass : callable
        From centers, and the number of the passes before, to the step of all rows.
    centers : ndarray of float64, shape (k, p)

    Returns
    -------
    centers : ndarray of float64, shape (k, p)
    inertia : float
        Of all rows to these centers, which the last pass was about.
    """
    before = np.inf
    for done in range(POLISH_ITERATIONS):
        total = one_pass(centers, done)
        if not before - total.inertia > POLISH_TOLERANCE * total.inertia:
            break
        before = total.inertia
        if done + 1 < POLISH_ITERATIONS:
            centers = total.moved(centers)
    return centers, max(total.inertia, 0.0)


@dataclass(frozen=True, eq=False)
class Step:
    """What one k-means step needs of some rows; those of parts add up.

    Attributes
    ----------
    sums : ndarray of float64, shape (k, p)
        Of the points of each segment.
    sizes : ndarray of float64, shape (k,)
    inertia : float
        Sum of squared distances to the nearest center.
    """

    sums: Floats
    sizes: Floats
    inertia: float

    @classmethod
    def nothing(cls, k: int, p: int) -> Step:
        """Return the step of no rows."""
        return cls(np.zeros((k, p)), np.zeros(k), 0.0)

    def merged(self, other: Step) -> Step:
        """Return the step of both lots of rows together."""
        return Step(self.sums + other.sums, self.sizes + other.sizes, self.inertia + other.inertia)

    def moved(self, centers: Floats) -> Floats:
        """Return the means of the segments; a segment without points stays where it is."""
        kept = np.where(self.sizes > 0, self.sizes, 1)[:, np.newaxis]
        return np.where(self.sizes[:, np.newaxis] > 0, self.sums / kept, centers)


def step(X: Matrix, centers: Floats) -> Step:
    """Take one k-means step over rows, chunk by chunk.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    centers : ndarray of float64, shape (k, p)
    """
    total = Step.nothing(*centers.shape)
    labels = np.empty(min(len(X), _CHUNK), dtype=np.uint8)
    for start in range(0, len(X), _CHUNK):
        part = X[start : start + _CHUNK]
        total = total.merged(_pass(part, centers, labels[: len(part)]))
    return total


def _pass(X: Matrix, centers: Floats, labels: npt.NDArray[np.uint8]) -> Step:
    """Label one chunk in place; return what it adds to the step."""
    k = len(centers)
    labels[:] = nearest_centers(X, centers.astype(np.float32)[np.newaxis])[0][0]
    points = X.astype(np.float64)  # in float32 the sums would depend on how rows are chunked
    member = (labels == np.arange(k, dtype=np.uint8)[:, np.newaxis]).astype(np.float64)
    sums, sizes = member @ points, member.sum(axis=1)
    squares = np.einsum("ij,ij->", points, points)
    inertia = squares - 2 * np.einsum("ij,ij->", sums, centers)
    return Step(sums, sizes, float(inertia + sizes @ np.einsum("ij,ij->i", centers, centers)))


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
