"""Distances between all pairs of points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def distance_matrix(X: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the Euclidean distances between points.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)

    Returns
    -------
    ndarray of float32, shape (m, m)
        Memory 4 m² bytes.
    """
    centered = X - X.mean(axis=0)
    norms = np.einsum("ij,ij->i", centered, centered)
    squared = centered @ centered.T
    squared *= -2
    squared += norms
    squared += norms[:, np.newaxis]
    np.maximum(squared, 0, out=squared)
    np.fill_diagonal(squared, 0)
    np.sqrt(squared, out=squared)
    result: npt.NDArray[np.float32] = squared
    return result
