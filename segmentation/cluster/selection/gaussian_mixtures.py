"""How well k Gaussian groups explain the points, at the price of their parameters.

Silhouette and the like measure gaps; where groups overlap, differ in spread, or hide behind
columns that say nothing, a likelihood still sees them. Two families of Gaussian mixtures are
fitted by EM from the segments found: "tied" (one common covariance: tilted and stretched
groups, all alike) and "diagonal" (each group its own spread in each column).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

#: Steps of EM at most.
ITERATIONS = 40

#: EM stops when the log-likelihood rises by less than this much for each point.
TOLERANCE = 1e-4

#: Variance that every group has at least, as a share of a column's: a group of equal values
#: would otherwise be infinitely likely.
FLOOR = 0.01

#: Columns with at most so many values are taken as recorded on a grid.
GRID_VALUES = 25

#: Starts of k-means in the space in which the groups are round.
ROUND_STARTS = 4


@dataclass(frozen=True, slots=True)
class Criteria:
    """Information criteria of a fitted mixture, lower is better.

    Attributes
    ----------
    bic : float
        Schwarz (1978), *Estimating the dimension of a model*: -2 log L + q log n, with L the
        likelihood and q the number of parameters.
    icl : float
        Biernacki, Celeux and Govaert (2000), *Assessing a mixture model for clustering with the
        integrated completed likelihood*, eq. (8): BIC plus twice the entropy of the points'
        membership, so that groups that cannot be told apart do not count as two.
    """

    bic: float
    icl: float


def dequantized(X: Matrix, rng: np.random.Generator) -> Floats:
    """Spread values that were recorded on a grid evenly over the steps they stand for.

    On a grid each level is a spike, and the likelihood would reward a group for every spike.
    Uniform noise of one step's width gives a lower bound of the likelihood of the grid itself
    (Theis, van den Oord and Bethge 2016, *A note on the evaluation of generative models*,
    eq. (3)).

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n, p)
        Centered; columns with more than `GRID_VALUES` values are otherwise as they were.
    """
    points = X.astype(np.float64)
    for j, column in enumerate(X.T):
        values = np.unique(column)
        if 1 < len(values) <= GRID_VALUES:
            half = float(np.median(np.diff(values))) / 2
            points[:, j] += rng.uniform(-half, half, len(points))
    points -= points.mean(axis=0)
    return points


def _fit_tied(
    X: Floats,
    labels: Labels,
    k: int,
    floors: Floats,
    rng: np.random.Generator,
    *,
    steps: int,
) -> _Fit:
    """Fit from the given segments, and from k-means in the space in which those are round."""
    fit = _tied(X, _members(labels, k), floors, steps)
    if k == 1:
        return fit
    rounded = fit.rounded.astype(np.float32)
    rounded -= rounded.mean(axis=0)
    runs = lloyd(rounded, seed_centers(rounded, k, ROUND_STARTS, rng), tolerance=1e-4)
    again = _tied(X, _members(runs.labels[runs.best()], k), floors, steps)
    return max(fit, again, key=lambda one: one.likelihood)


@dataclass(frozen=True, eq=False)
class _Fit:
    likelihood: float
    members: Floats
    rounded: Floats


def _criteria(fit: _Fit, parameters: float, n: int) -> Criteria:
    bic = -2 * fit.likelihood + parameters * float(np.log(n))
    return Criteria(bic, bic + 2 * _entropy(fit.members))


def _members(labels: npt.NDArray[np.integer], k: int) -> Floats:
    members: Floats = (labels[:, np.newaxis] == np.arange(k)).astype(np.float64)
    return members


def _tied(X: Floats, members: Floats, floors: Floats, steps: int) -> _Fit:
    n = len(X)
    scatter = X.T @ X / n
    before = -np.inf
    for _ in range(steps):
        share, means = _weights_and_means(X, members)
        within = scatter - (means.T * share) @ means + np.diag(floors)
        root = np.linalg.cholesky(within)
        turn = np.linalg.inv(root).T
        rounded: Floats = X @ turn
        centers: Floats = means @ turn
        logs = _log_round(rounded, centers) - float(np.log(np.diagonal(root)).sum())
        likelihood, members = _expectation(logs + np.log(share))
        if likelihood - before < TOLERANCE * n:
            break
        before = likelihood
    return _Fit(likelihood, members, rounded)


def _diagonal(X: Floats, members: Floats, floors: Floats) -> _Fit:
    n = len(X)
    squares = X**2
    before = -np.inf
    for _ in range(ITERATIONS):
        share, means = _weights_and_means(X, members)
        spread = np.maximum(members.T @ squares / (share * n)[:, np.newaxis] - means**2, 0) + floors
        logs = -0.5 * (
            squares @ (1 / spread).T
            - 2 * X @ (means / spread).T
            + (means**2 / spread + np.log(2 * np.pi * spread)).sum(axis=1)
        )
        likelihood, members = _expectation(logs + np.log(share))
        if likelihood - before < TOLERANCE * n:
            break
        before = likelihood
    return _Fit(likelihood, members, X)


def _weights_and_means(X: Floats, members: Floats) -> tuple[Floats, Floats]:
    size = members.sum(axis=0) + 1e-9
    return size / len(X), (members.T @ X) / size[:, np.newaxis]


def _log_round(X: Floats, centers: Floats) -> Floats:
    """Return the log densities of round Gaussians with variance 1; shape (n, k)."""
    squared = (
        np.einsum("ij,ij->i", X, X)[:, np.newaxis]
        - 2 * X @ centers.T
        + np.einsum("ij,ij->i", centers, centers)
    )
    result: Floats = -0.5 * (squared + X.shape[1] * np.log(2 * np.pi))
    return result


def _expectation(logs: Floats) -> tuple[float, Floats]:
    """Return the log-likelihood and the membership of each point; shape (n, k)."""
    top = logs.max(axis=1, keepdims=True)
    density = np.exp(logs - top)
    total = density.sum(axis=1, keepdims=True)
    return float((top + np.log(total)).sum()), density / total


def _entropy(members: Floats) -> float:
    return float(-(members * np.log(np.maximum(members, 1e-300))).sum())


def criteria(
    X: Matrix,
    partitions: Sequence[tuple[int, Labels]],
    rng: np.random.Generator,
    *,
    diagonals: bool = True,
    steps: int = ITERATIONS,
) -> tuple[list[Criteria], list[Criteria]]:
    """Return the tied and the diagonal criteria of several partitions.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    partitions : sequence of (k, labels)
    rng : numpy.random.Generator
    diagonals : bool
        Whether the diagonal ones are wanted; none of them is returned otherwise.
    steps : int
        Steps of EM at most.
    """
    n, p = X.shape
    points = dequantized(X, rng)
    floors = FLOOR * np.maximum(points.var(axis=0), 1e-9)
    tied, diagonal = [], []
    for k, labels in partitions:
        fit = _fit_tied(points, labels, k, floors, rng, steps=steps)
        tied.append(_criteria(fit, k * p + p * (p + 1) / 2 + k - 1, n))
        if not diagonals:
            continue
        starts = (_members(labels, k), fit.members)
        own = [_diagonal(points, start, floors) for start in starts[: 1 + (k > 1)]]
        likelier = max(own, key=lambda one: one.likelihood)
        diagonal.append(_criteria(likelier, 2 * k * p + k - 1, n))
    return tied, diagonal
