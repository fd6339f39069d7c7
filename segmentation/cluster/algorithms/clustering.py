"""What every algorithm returns, whatever it does inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Task:
    """What an algorithm is asked to do.

    Attributes
    ----------
    X : ndarray of float32, shape (n, p)
    k : int
        Number of segments; ignored where the algorithm finds it.
    seed : int
    parameters : mapping of str to float
        A value for each of the algorithm's parameters.
    n_jobs : int or None
        Threads, where they help; never changes the result.
    """

    X: npt.NDArray[np.float32]
    k: int
    seed: int = 42
    parameters: Mapping[str, float] = field(default_factory=dict)
    n_jobs: int | None = None


@dataclass(frozen=True, eq=False)
class Clustering:
    """Segments of n points.

    Attributes
    ----------
    labels : ndarray of int, shape (n,)
        0..k-1, and -1 for points in no segment (noise).
    centers : ndarray of float64, shape (k, p)
        The mean point of each segment.
    inertia : float
        Sum of squared distances of the points in segments to their centers.
    scorer : dict of str to ndarray
        What scoring new points needs beyond the centers; empty where the nearest center decides.
    """

    labels: npt.NDArray[np.intp]
    centers: npt.NDArray[np.float64]
    inertia: float
    scorer: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centers)


def clustering_of(
    X: npt.NDArray[np.float32],
    labels: npt.NDArray[np.intp],
    scorer: Mapping[str, npt.NDArray[np.float64]] | None = None,
) -> Clustering:
    """Make a clustering from labels: centers are the means of the segments.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
    labels : ndarray of int, shape (n,)
        0..k-1 without gaps, and -1 for noise.
    scorer : mapping, optional
    """
    k = int(labels.max(initial=-1)) + 1
    held = labels >= 0
    points, index = X[held].astype(np.float64), labels[held]
    size = np.bincount(index, minlength=k)
    centers = np.empty((k, X.shape[1]))
    for j in range(X.shape[1]):
        centers[:, j] = np.bincount(index, points[:, j], minlength=k) / np.maximum(size, 1)
    inertia = float(((points - centers[index]) ** 2).sum())
    return Clustering(labels, centers, inertia, dict(scorer or {}))
