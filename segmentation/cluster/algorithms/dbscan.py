"""Segments as dense regions: DBSCAN and HDBSCAN, which leave outliers unassigned."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.clustering import Clustering, Task, clustering_of
from segmentation.cluster.algorithms.distances import distance_matrix
from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers
from segmentation.cluster.algorithms.nearest_center import NOISE, assign_points
from segmentation.cluster.algorithms.row_order import canonical_order, in_order, sample_positions

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

#: Rows whose density is measured; others are placed by the balls that cover these.
POINTS = 5_000

#: Balls that cover one segment, at most, and members of each on average at least: no single
#: customer can be read off a model.
BALLS = 40
MEMBERS = 10

#: A radius is stretched by this, so that rounding leaves no member outside its ball.
_SLACK = 1 + 1e-5


def fit_hdbscan(task: Task) -> Clustering:
    """Find dense regions that persist over a range of densities.

    Campello, Moulavi and Sander (2013), *Density-based clustering based on hierarchical density
    estimates*, algorithm 1 with the excess of mass.
    """
    from sklearn.cluster import HDBSCAN

    def regions(points: Matrix) -> Labels:
        smallest = max(5, round(task.parameters["smallest_share"] * len(points)))
        if smallest > len(points):
            return np.full(len(points), NOISE)
        model = HDBSCAN(min_cluster_size=smallest, min_samples=5, copy=True)
        return np.asarray(model.fit_predict(points.astype(np.float64)), dtype=np.intp)

    return _fit(task.X, task.seed, regions)


def fit_dbscan(task: Task) -> Clustering:
    """Join points that have enough others within reach.

    Ester, Kriegel, Sander and Xu (1996), *A density-based algorithm for discovering clusters in
    large spatial databases with noise*, sec. 4. The reach is a multiple of the distance within
    which nine of ten points have their neighbors (their sec. 4.2 reads it off a curve).
    """
    from sklearn.cluster import DBSCAN

    neighbors = int(task.parameters["neighbors"])

    def regions(points: Matrix) -> Labels:
        distances = distance_matrix(points)
        rank = min(neighbors, len(points) - 1)
        near = np.partition(distances, rank, axis=1)[:, rank]
        reach = task.parameters["reach"] * float(np.quantile(near, 0.9))
        model = DBSCAN(
            eps=max(reach, 1e-6), min_samples=neighbors, metric="precomputed", algorithm="brute"
        )
        return np.asarray(model.fit_predict(distances), dtype=np.intp)

    return _fit(task.X, task.seed, regions)


def _fit(X: Matrix, seed: int, regions: Callable[[Matrix], Labels]) -> Clustering:
    """Find regions on a sample, cover them with balls, and place all rows by the balls."""
    order, _ = canonical_order(X)
    rng = np.random.default_rng(seed)
    taken = sample_positions(len(X), POINTS, rng)
    points = in_order(X, taken if order is None else order[taken])
    labels = regions(points)
    if labels.max(initial=NOISE) == NOISE:
        # Nothing is dense: one segment of everybody is the honest answer.
        return clustering_of(X, np.zeros(len(X), dtype=np.intp))
    scorer = cover(points, labels, rng)
    placed = assign_points(X, np.zeros((1, X.shape[1])), scorer)
    kept, compact = np.unique(placed, return_inverse=True)
    if len(kept) - (kept[0] == NOISE) <= labels.max():
        # All members of a segment lie deeper in another one's balls: it is part of that one.
        owners = np.isin(scorer["owner"], kept)
        scorer = {name: values[owners] for name, values in scorer.items()}
        real = kept[kept != NOISE]
        scorer["owner"] = np.searchsorted(real, scorer["owner"]).astype(np.float64)
        placed = compact - int(kept[0] == NOISE)
    return clustering_of(X, placed, scorer)


def cover(points: Matrix, labels: Labels, rng: np.random.Generator) -> dict[str, Floats]:
    """Cover each segment with balls around small groups of its members.

    Parameters
    ----------
    points : ndarray of float32, shape (n, p)
    labels : ndarray of int, shape (n,)
        0..k-1, and `NOISE`.

    Returns
    -------
    dict
        ``points`` (m, p), ``owner`` (m,), ``radius`` (m,): see `assignment`.
    """
    centers, owner, radius = [], [], []
    for segment in range(int(labels.max()) + 1):
        members = points[labels == segment]
        count = max(1, min(BALLS, len(members) // MEMBERS))
        middle = members.mean(axis=0)
        runs = lloyd(members - middle, seed_centers(members - middle, count, 1, rng))
        places = runs.centers[0].astype(np.float64) + middle
        for ball in np.unique(runs.labels[0]).tolist():
            inside = members[runs.labels[0] == ball].astype(np.float64)
            reach = float(np.sqrt(((inside - places[ball]) ** 2).sum(axis=1).max()))
            centers.append(places[ball])
            owner.append(segment)
            radius.append(reach)
    reaches = np.array(radius)
    typical = float(np.median(reaches[reaches > 0])) if (reaches > 0).any() else math.sqrt(1e-6)
    # A ball of equal rows has no radius of its own.
    reaches = np.maximum(reaches, 1e-3 * typical) * _SLACK
    return {
        "points": np.array(centers),
        "owner": np.array(owner, dtype=np.float64),
        "radius": reaches,
    }
