"""Algorithms beside k-means: how each divides a sample, for one k or for several.

Each function takes a sample, the k wanted and a random generator, and returns one partition for
each k. scikit-learn and scipy are imported when an algorithm that needs them runs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.clustering import Clustering, Task, clustering_of
from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers
from segmentation.cluster.algorithms.nearest_center import assign_points
from segmentation.cluster.algorithms.partition import Partition, partition_of
from segmentation.cluster.algorithms.row_order import canonical_order, in_order, sample_positions

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

#: Starts of each bisection, and of the k-means that a mixture starts from.
BISECTIONS = 5

#: Rows on which an algorithm works; all rows are placed by what it found there. Ward's tree
#: needs 4 n² bytes: 256 MB for this many rows, where 20,000 would take 1.6 GB.
ROWS = {"bisecting": 50_000, "ward": 8_000, "gmm": 20_000}


def bisecting_partitions(X: Matrix, ks: Sequence[int], rng: np.random.Generator) -> list[Partition]:
    """Divide again and again the segment with the largest sum of squares in two.

    Steinbach, Karypis and Kumar (2000), *A comparison of document clustering techniques*,
    sec. 3. The divisions for all k are nested.
    """
    labels = np.zeros(len(X), dtype=np.intp)
    found: dict[int, Partition] = {}
    part = partition_of(X, labels, 1)
    for k in range(2, max(ks) + 1):
        within = np.bincount(
            part.labels, ((X - part.centers[part.labels]) ** 2).sum(axis=1), minlength=k - 1
        )
        members = np.flatnonzero(labels == int(within.argmax()))
        points = X[members]
        points = points - points.mean(axis=0)
        runs = lloyd(points, seed_centers(points, 2, BISECTIONS, rng))
        labels[members[runs.labels[runs.best()] == 1]] = k - 1
        part = partition_of(X, labels.copy(), k)
        found[k] = part
    return [found[k] if k > 1 else partition_of(X, np.zeros(len(X), np.intp), 1) for k in ks]


def ward_partitions(
    X: Matrix,
    ks: Sequence[int],
    rng: np.random.Generator,  # noqa: ARG001 - the tree leaves nothing to chance
) -> list[Partition]:
    """Join the two segments whose union adds least to the sum of squares; cut at each k.

    Ward (1963), *Hierarchical grouping to optimize an objective function*. Memory and time
    O(n²).
    """
    from scipy.cluster.hierarchy import cut_tree, linkage

    if len(X) < 2:
        return [partition_of(X, np.zeros(len(X), np.intp), 1) for _ in ks]
    cuts = cut_tree(linkage(X.astype(np.float64), "ward"), n_clusters=list(ks))
    return [partition_of(X, cuts[:, column], k) for column, k in enumerate(ks)]


def mixture_partitions(
    X: Matrix, ks: Sequence[int], rng: np.random.Generator, regularization: float = 1e-3
) -> list[Partition]:
    """Fit a Gaussian mixture for each k and give points to their likeliest component."""
    result = []
    for k in ks:
        mixture = fit_mixture(X, k, rng, regularization)
        labels = mixture.predict(X).astype(np.intp)
        result.append(partition_of(X, labels, k))
    return result


def fit_mixture(X: Matrix, k: int, rng: np.random.Generator, regularization: float) -> Any:
    """Fit a mixture of k Gaussian clouds, each with its own covariance, by EM.

    Dempster, Laird and Rubin (1977), *Maximum likelihood from incomplete data via the EM
    algorithm*, sec. 4.3; started from k-means.
    """
    from sklearn.mixture import GaussianMixture

    runs = lloyd(X, seed_centers(X, k, BISECTIONS, rng))
    mixture = GaussianMixture(
        k,
        means_init=runs.centers[runs.best()].astype(np.float64),
        reg_covar=regularization,
        tol=1e-3,
        max_iter=60,
        random_state=int(rng.integers(2**31)),
    )
    with warnings.catch_warnings():
        # A mixture that still moves after the last step is as good as one that stopped before.
        warnings.simplefilter("ignore")
        return mixture.fit(X.astype(np.float64))


def fit_bisecting(task: Task) -> Clustering:
    """Fit bisecting k-means; each row goes to the nearest of the centers found."""
    return _by_centers(task, bisecting_partitions, ROWS["bisecting"])


def fit_ward(task: Task) -> Clustering:
    """Fit Ward's tree; each row goes to the nearest of the centers found."""
    return _by_centers(task, ward_partitions, ROWS["ward"])


def fit_gmm(task: Task) -> Clustering:
    """Fit a Gaussian mixture; each row goes to its likeliest component."""
    points, rng, k = _sampled(task, ROWS["gmm"])
    if k == 1:
        return clustering_of(task.X, np.zeros(len(task.X), dtype=np.intp))
    mixture = fit_mixture(points, k, rng, task.parameters["regularization"])
    factors = np.asarray(mixture.precisions_cholesky_, dtype=np.float64)
    log_root = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    scorer = {
        # scikit-learn's factor U is upper triangular with U Uᵀ the precision: (x - m) U.
        "precision": factors,
        "offset": -2 * (np.log(mixture.weights_) + log_root),
    }
    centers = np.asarray(mixture.means_, dtype=np.float64)
    labels = assign_points(task.X, centers, scorer)
    kept, compact = np.unique(labels, return_inverse=True)
    scorer = {name: values[kept] for name, values in scorer.items()}
    return Clustering(compact, centers[kept], clustering_of(task.X, compact).inertia, scorer)


def _by_centers(
    task: Task,
    divide: Callable[[Matrix, Sequence[int], np.random.Generator], list[Partition]],
    rows: int,
) -> Clustering:
    """Divide a sample and place all rows by the nearest center."""
    points, rng, k = _sampled(task, rows)
    centers = divide(points, [k], rng)[0].centers
    labels = assign_points(task.X, centers, {})
    kept, compact = np.unique(labels, return_inverse=True)
    inertia = float(((task.X - centers[labels]) ** 2).sum())
    return Clustering(compact, centers[kept], inertia)


def _sampled(task: Task, rows: int) -> tuple[Matrix, np.random.Generator, int]:
    """Return a sample that the order of the rows does not change, and a k it can have."""
    order, distinct = canonical_order(task.X)
    rng = np.random.default_rng(task.seed)
    taken = sample_positions(len(task.X), rows, rng)
    points = in_order(task.X, taken if order is None else order[taken])
    return points, rng, max(1, min(task.k, distinct))
