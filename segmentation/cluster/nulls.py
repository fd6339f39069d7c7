"""Data like the data, but without groups: what k-means makes of nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


def permuted(X: Matrix, blocks: Sequence[slice], rng: np.random.Generator) -> Matrix:
    """Permute each column by itself: its values stay, what they have in common goes.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)
    blocks : sequence of slice
        Features that belong to one column and move together.

    Returns
    -------
    ndarray of float32, shape (m, p)
    """
    result = np.empty_like(X)
    for block in blocks:
        result[:, block] = X[rng.permutation(len(X)), block]
    return result


def gaussian_cloud(X: Matrix, rng: np.random.Generator) -> Matrix:
    """Draw one elliptical Gaussian cloud with the data's own covariance.

    Liu, Hayes, Nobel and Marron (2008), *Statistical significance of clustering for
    high-dimension, low-sample size data*, sec. 2: the null of SigClust.

    Parameters
    ----------
    X : ndarray of float32, shape (m, p)

    Returns
    -------
    ndarray of float32, shape (m, p)
    """
    m = len(X)
    centered = X - X.mean(axis=0)
    covariance = (centered.T @ centered).astype(np.float64) / max(m - 1, 1)
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)
    cloud: Matrix = rng.standard_normal((m, X.shape[1]), dtype=np.float32) @ root.T
    return cloud
