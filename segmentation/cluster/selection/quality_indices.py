"""Indices of cluster quality, each by its paper.

All take labels 0..k-1 of one partition. Points labeled -1 (noise) have to be left out before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]

#: Two-sided 95 % point of the normal distribution.
_Z95 = 1.959964


def silhouettes(distances: npt.NDArray[np.float32], partitions: Sequence[Labels]) -> list[Floats]:
    """Return the silhouette of each point in each of several partitions.

    Rousseeuw (1987), *Silhouettes: a graphical aid*, eq. (2): s(i) = (b(i) - a(i)) /
    max(a(i), b(i)), with a(i) the mean distance to the other points of its own segment and b(i)
    the least mean distance to another segment; 0 for a point alone in its segment.

    Parameters
    ----------
    distances : ndarray of float32, shape (m, m)
    partitions : sequence of ndarray of int, shape (m,)
        All of them share one matrix product.

    Returns
    -------
    list of ndarray of float64, shape (m,)
    """
    counts = [int(labels.max()) + 1 for labels in partitions]
    member = np.zeros((len(distances), sum(counts)), dtype=np.float32)
    starts = np.cumsum([0, *counts]).tolist()
    rows = np.arange(len(distances))
    for labels, start in zip(partitions, starts, strict=False):
        member[rows, start + labels.astype(np.intp)] = 1
    sums = distances @ member
    return [
        _silhouettes(sums[:, start : start + k].astype(np.float64), labels.astype(np.intp), k)
        for labels, start, k in zip(partitions, starts, counts, strict=False)
    ]


def _silhouettes(sums: Floats, labels: npt.NDArray[np.intp], k: int) -> Floats:
    """Return silhouettes from the sums of distances to each segment, shape (m, k)."""
    size = np.bincount(labels, minlength=k)
    rows = np.arange(len(labels))
    own = sums[rows, labels] / np.maximum(size[labels] - 1, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        others = np.where(size > 0, sums / size, np.inf)
    others[rows, labels] = np.inf
    other = others.min(axis=1)
    larger = np.maximum(own, other)
    alone = (size[labels] == 1) | ~np.isfinite(other) | (larger == 0)
    result: Floats = np.where(alone, 0.0, (other - own) / np.where(alone, 1.0, larger))
    return result


def mean_interval(values: Floats) -> tuple[float, float, float]:
    """Return a mean and its 95 % interval by the central limit theorem: (mean, low, high)."""
    mean = float(values.mean())
    half = _Z95 * float(values.std()) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def calinski_harabasz(within: float, total: float, n: int, k: int) -> float:
    """Return the variance ratio criterion.

    Caliński and Harabasz (1974), *A dendrite method for cluster analysis*, eq. (3): VRC =
    (BGSS / (k - 1)) / (WGSS / (n - k)). Higher is better.

    Parameters
    ----------
    within, total : float
        Sums of squared distances to the segments' centers (inertia) and to the mean.
    n, k : int

    Examples
    --------
    >>> calinski_harabasz(within=2.0, total=10.0, n=6, k=2)
    16.0
    """
    if within <= 0:
        return math.inf if total > 0 else 0.0
    return (total - within) / max(k - 1, 1) / (within / max(n - k, 1))


def davies_bouldin(X: npt.NDArray[np.float32], labels: Labels, centers: Floats) -> float:
    """Return the mean over segments of their worst similarity.

    Davies and Bouldin (1979), *A cluster separation measure*, eqs. (5) and (6) with p = 2,
    q = 1: R_ij = (S_i + S_j) / M_ij, S the mean distance to the center, M the distance of the
    centers. Lower is better.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    labels : ndarray of int, shape (n,)
    centers : ndarray, shape (k, p)
    """
    k = len(centers)
    labels = labels.astype(np.intp)
    away = np.linalg.norm(X - centers[labels], axis=1)
    size = np.bincount(labels, minlength=k)
    spread = np.bincount(labels, weights=away, minlength=k) / np.maximum(size, 1)
    gaps = np.linalg.norm(centers[:, np.newaxis] - centers, axis=2)
    np.fill_diagonal(gaps, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):  # centers of equal rows may coincide
        similarity = (spread[:, np.newaxis] + spread) / gaps
    return float(np.nan_to_num(similarity.max(axis=1), posinf=np.inf).mean())


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Return the agreement of two partitions, 1 for equal ones and 0 as expected by chance.

    Hubert and Arabie (1985), *Comparing partitions*, eq. (5).

    Examples
    --------
    >>> import numpy as np
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    rows, columns = int(first.max()) + 1, int(second.max()) + 1
    joint = first.astype(np.intp) * columns + second
    table = np.bincount(joint, minlength=rows * columns).reshape(rows, columns).astype(float)
    both = float((table * (table - 1)).sum()) / 2
    a = table.sum(axis=1)
    b = table.sum(axis=0)
    in_first, in_second = float((a * (a - 1)).sum()) / 2, float((b * (b - 1)).sum()) / 2
    pairs = len(first) * (len(first) - 1) / 2
    expected = in_first * in_second / pairs if pairs else 0.0
    largest = (in_first + in_second) / 2
    return 1.0 if largest == expected else (both - expected) / (largest - expected)
