"""Lloyd's k-means for many runs at once, in numpy alone.

Choosing k and measuring stability need hundreds of small k-means fits on the same points. Done
one by one they are slow, since each spends its time between the arithmetic. Here the runs are
stacked: one matrix product gives the distances of all points to the centers of all runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

#: Numbers in the scores of one stack of runs; more no longer fit the processor's cache.
_STACK = 1 << 20

#: A run stops when its inertia improves by less than this share.
TOLERANCE = 1e-5

MAX_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Runs:
    """Results of R runs.

    Attributes
    ----------
    centers : ndarray of float32, shape (R, k, p)
    labels : ndarray of uint8, shape (R, n)
        Of all points, those with weight 0 included.
    inertia : ndarray of float64, shape (R,)
        Weighted sum of squared distances to the nearest center.
    """

    centers: Matrix
    labels: npt.NDArray[np.uint8]
    inertia: npt.NDArray[np.float64]

    def best(self) -> int:
        """Return the run with the least inertia, the first one of equals."""
        return int(np.argmin(self.inertia))


def seed_centers(
    X: Matrix,
    k: int,
    runs: int,
    rng: np.random.Generator,
    weights: Matrix | None = None,
) -> Matrix:
    """Draw starting centers by greedy k-means++.

    Arthur and Vassilvitskii (2007), *k-means++: the advantages of careful seeding*, sec. 2.2:
    each next center is drawn with probability proportional to D(x)². Of 2 + ⌊ln k⌋ candidates
    the one that lowers the potential most is kept (their sec. 5). The first j centers are a
    seeding for j segments, so one call serves all k.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    k, runs : int
    rng : numpy.random.Generator
    weights : ndarray of float32, shape (runs, n), optional
        Weights of the points in each run, such as their numbers in a resample.

    Returns
    -------
    ndarray of float32, shape (runs, k, p)
    """
    n = len(X)
    trials = 2 + int(np.log(k))
    norms = np.einsum("ij,ij->i", X, X)
    mass = np.ones((runs, n), dtype=np.float32) if weights is None else weights
    chosen = np.empty((runs, k), dtype=np.intp)
    chosen[:, 0] = _draw(mass, rng.random((runs, 1)))[:, 0]
    nearest = _squared(X, norms, chosen[:, :1])[:, 0]
    for j in range(1, k):
        candidates = _draw(mass * nearest, rng.random((runs, trials)))
        closer = np.minimum(_squared(X, norms, candidates), nearest[:, np.newaxis])
        potential = np.einsum("rtn,rn->rt", closer, mass)
        pick = potential.argmin(axis=1)
        every = np.arange(runs)
        chosen[:, j] = candidates[every, pick]
        nearest = closer[every, pick]
    return X[chosen]


def lloyd(
    X: Matrix,
    centers: Matrix,
    weights: Matrix | None = None,
    *,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> Runs:
    """Iterate R runs from their starting centers until none improves.

    Lloyd (1982), *Least squares quantization in PCM*, method I: points go to the nearest
    center, centers to the mean of their points. An empty segment restarts at the point farthest
    from its center.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
        Centered near 0, since distances come from products in single precision.
    centers : ndarray of float32, shape (R, k, p), k ≤ 255
    weights : ndarray of float32, shape (R, n), optional
    """
    runs, k, _ = centers.shape
    result = Runs(
        centers.astype(np.float32, copy=True),
        np.zeros((runs, len(X)), dtype=np.uint8),
        np.full(runs, np.inf),
    )
    step = max(1, _STACK // (k * max(len(X), 1)))
    for start in range(0, runs, step):
        part = np.arange(start, min(start + step, runs))
        _iterate(X, result, weights, part, limits=(max_iterations, tolerance))
    return result


def _iterate(
    X: Matrix,
    result: Runs,
    weights: Matrix | None,
    active: npt.NDArray[np.intp],
    *,
    limits: tuple[int, float],
) -> None:
    """Run one stack in place; runs that no longer improve leave it."""
    norms = np.einsum("ij,ij->i", X, X)
    max_iterations, tolerance = limits
    for _ in range(max_iterations):
        mass = None if weights is None else weights[active]
        labels, scores = nearest_centers(X, result.centers[active])
        far = norms - 2 * scores
        # Single precision for each point, double for the sum.
        inertia = (far if mass is None else far * mass).sum(axis=1, dtype=np.float64)
        result.labels[active] = labels
        before = result.inertia[active]
        result.inertia[active] = inertia
        going = before - inertia > tolerance * np.maximum(inertia, np.finfo(np.float32).tiny)
        if not going.any():
            return
        active, labels, far = active[going], labels[going], far[going]
        mass = None if mass is None else mass[going]
        result.centers[active] = _means(X, labels, far, mass, result.centers.shape[1])


def nearest_centers(
    X: Matrix, centers: Matrix
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return the nearest center of each point in each run, and how near it is.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    centers : ndarray of float32, shape (R, k, p)

    Returns
    -------
    labels : ndarray of uint8, shape (R, n)
    scores : ndarray of float32, shape (R, n)
        x·c - |c|²/2 of the nearest center c; the squared distance is |x|² less twice that.
    """
    runs, k, p = centers.shape
    flat = centers.reshape(runs * k, p)
    scores = flat @ X.T
    scores -= (np.einsum("ij,ij->i", flat, flat) / 2)[:, np.newaxis]
    scores = scores.reshape(runs, k, len(X))
    best = scores[:, 0].copy()
    labels = np.zeros(best.shape, dtype=np.uint8)
    for j in range(1, k):
        np.copyto(labels, np.uint8(j), where=scores[:, j] > best)
        np.maximum(best, scores[:, j], out=best)
    return labels, best


def _means(
    X: Matrix,
    labels: npt.NDArray[np.uint8],
    far: Matrix,
    mass: Matrix | None,
    k: int,
) -> Matrix:
    """Return the means of the segments of each run; shape (R, k, p)."""
    runs = len(labels)
    member = (labels[:, np.newaxis] == np.arange(k, dtype=np.uint8)[:, np.newaxis]).astype(
        np.float32
    )
    if mass is not None:
        member *= mass[:, np.newaxis]
    size = member.sum(axis=2)
    centers = (member.reshape(runs * k, len(X)) @ X).reshape(runs, k, X.shape[1])
    for run, j in np.argwhere(size == 0).tolist():
        lonely = int(np.argmax(far[run] if mass is None else far[run] * (mass[run] > 0)))
        centers[run, j], size[run, j] = X[lonely], 1.0
        far[run, lonely] = 0.0
    means: Matrix = centers / size[..., np.newaxis]
    return means


def _draw(mass: Matrix, uniform: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Draw points of each run in proportion to their mass; shape (runs, draws)."""
    running = np.cumsum(np.maximum(mass, 0), axis=1, dtype=np.float64)
    targets = uniform * running[:, -1:]
    drawn = [np.searchsorted(r, t, side="right") for r, t in zip(running, targets, strict=True)]
    positions: npt.NDArray[np.intp] = np.minimum(np.array(drawn), mass.shape[1] - 1)
    return positions


def _squared(X: Matrix, norms: Matrix, chosen: npt.NDArray[np.intp]) -> Matrix:
    """Return squared distances of all points to chosen ones; shape (runs, chosen, n)."""
    flat = chosen.ravel()
    squared = X[flat] @ X.T
    squared *= -2
    squared += norms
    squared += norms[flat][:, np.newaxis]
    np.maximum(squared, 0, out=squared)
    result: Matrix = squared.reshape(*chosen.shape, len(X))
    return result
