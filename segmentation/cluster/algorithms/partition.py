"""Divisions of a sample into segments, and k-means' divisions for several k at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.lloyd import lloyd, seed_centers
from segmentation.cluster.parallel import results_of

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

#: Starts of k-means for each k; the seeds are shared by all k.
STARTS = 10


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


#: From a sample, several k and a random generator to a partition for each k.
Divide = Callable[[Matrix, Sequence[int], np.random.Generator], list[Partition]]


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
    return list(results_of([partial(_best_of, X, seeds[:, :k]) for k in ks]))


def _best_of(X: Matrix, seeds: Matrix) -> Partition:
    runs = lloyd(X, seeds)
    return partition_of(X, runs.labels[runs.best()], seeds.shape[1])
