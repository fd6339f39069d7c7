"""Which segment a point belongs to, from arrays alone and to the last bit alike in any batch.

Three kinds of scorer (`Clustering.scorer`), told apart by their arrays:

* none: the nearest center decides (k-means, bisecting k-means, Ward);
* ``precision`` (k, p, p), ``offset`` (k,): the likeliest Gaussian decides (mixture);
* ``points`` (m, p), ``owner`` (m,), ``radius`` (m,): the nearest ball that holds the point
  decides, and a point in no ball is noise (DBSCAN, HDBSCAN).

Sums run over features in a fixed order: a matrix product rounds differently with the number of
rows, and a customer on a border would change sides with the batch.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating]
Labels = npt.NDArray[np.intp]

NOISE = -1

#: Rows taken at once.
_CHUNK = 8_192


def assign_points(X: Points, centers: Floats, scorer: Mapping[str, Floats]) -> Labels:
    """Return the segment of each point.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    centers : ndarray of float64, shape (k, p)
    scorer : mapping of str to ndarray

    Returns
    -------
    ndarray of int, shape (n,)
        0..k-1, or `NOISE`.
    """
    parts = [
        _assign(X[start : start + _CHUNK].astype(np.float64), centers, scorer)
        for start in range(0, len(X), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)


def _assign(X: Floats, centers: Floats, scorer: Mapping[str, Floats]) -> Labels:
    if "precision" in scorer:
        return _likeliest(X, centers, scorer["precision"], scorer["offset"])
    if "points" in scorer:
        return _in_balls(X, scorer["points"], scorer["owner"], scorer["radius"])
    nearest: Labels = squared_distances(X, centers).argmin(axis=0)
    return nearest


def squared_distances(X: Floats, centers: Floats) -> Floats:
    """Return squared distances, shape (k, n), each depending on its own row alone."""
    result = np.zeros((len(centers), len(X)))
    for column, places in zip(X.T, centers.T, strict=True):
        result += (column - places[:, np.newaxis]) ** 2
    return result


def mixture_distances(X: Floats, centers: Floats, precision: Floats, offset: Floats) -> Floats:
    """Return minus twice the log density of each weighted component, less a constant; (k, n).

    Parameters
    ----------
    precision : ndarray, shape (k, p, p)
        Upper triangular U with U Uᵀ the inverse covariance, so that (x - m)ᵀ U Uᵀ (x - m) is a
        sum of p squares.
    offset : ndarray, shape (k,)
        -2 (log weight + log det U).
    """
    result = np.empty((len(centers), len(X)))
    for j, triangle in enumerate(precision):
        result[j] = offset[j]
        for column in whitened(X - centers[j], triangle).T:
            result[j] += column**2
    return result


def whitened(away: Floats, triangle: Floats) -> Floats:
    """Return ``away @ triangle``, shape (n, p), each row depending on itself alone.

    Row by row of the triangle, so that the sums run in a fixed order and Python only counts to p.
    """
    mixed = np.zeros(away.shape)
    for row in range(len(triangle)):
        mixed[:, row:] += away[:, row, np.newaxis] * triangle[row, row:]
    return mixed


def _likeliest(X: Floats, centers: Floats, precision: Floats, offset: Floats) -> Labels:
    likeliest: Labels = mixture_distances(X, centers, precision, offset).argmin(axis=0)
    return likeliest


def _in_balls(X: Floats, points: Floats, owner: Floats, radius: Floats) -> Labels:
    """Return the owner of the ball in which each point lies deepest, `NOISE` outside of all."""
    depth = np.sqrt(squared_distances(X, points)) / radius[:, np.newaxis]
    nearest = depth.argmin(axis=0)
    inside = depth[nearest, np.arange(len(X))] <= 1
    return np.where(inside, owner[nearest].astype(np.intp), NOISE)
