"""Data like the data, but without groups: what the same search makes of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.selection.modes import has_one_peak, has_several_modes

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

#: Half the range of a uniform variable with standard deviation 1.
_HALF_RANGE = 3**0.5


@dataclass(frozen=True, eq=False)
class Nulls:
    """Two kinds of data without groups, both made from the data.

    Attributes
    ----------
    X : ndarray of float32, shape (m, p)
    blocks : tuple of slice
        Features that belong to one column and move together.
    several : tuple of int
        Features of continuous columns with more than one mode.
    shaped : tuple of int
        Features with one mode, whose shape the elliptical null keeps.
    root : ndarray of float64, shape (p, p)
        R with R Rᵀ the covariance.
    """

    X: Matrix
    blocks: tuple[slice, ...]
    several: tuple[int, ...]
    shaped: tuple[int, ...]
    root: Floats

    @classmethod
    def of(cls, X: Matrix, blocks: Sequence[slice] | None = None) -> Nulls:
        """Prepare the nulls of points.

        Parameters
        ----------
        X : ndarray of float32, shape (m, p)
        blocks : sequence of slice, optional
            Each feature by itself by default.
        """
        parts = tuple(blocks or (slice(j, j + 1) for j in range(X.shape[1])))
        several = tuple(j for j, column in enumerate(X.T) if has_several_modes(column))
        alone = [part.start for part in parts if part.stop - part.start == 1]
        shaped = tuple(j for j in alone if j not in several and has_one_peak(X[:, j]))
        centered = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
        values, vectors = np.linalg.eigh(centered.T @ centered / max(len(X) - 1, 1))
        return cls(X, parts, several, shaped, vectors * np.sqrt(np.maximum(values, 0)))

    def independent(self, rng: np.random.Generator) -> Matrix:
        """Draw each column by itself: its values stay, what they have in common goes.

        A continuous column with several modes is drawn evenly over a range instead: of all
        densities with one mode it is the one that k-means divides best (Tibshirani, Walther and
        Hastie 2001, *Estimating the number of clusters via the gap statistic*, theorem 1).
        Permuting such a column would carry its groups into the null, and a table whose groups
        show in one column would be said to have none.
        """
        result = np.empty_like(self.X)
        for block in self.blocks:
            rows = rng.permutation(len(self.X))
            result[:, block] = self.X[rows, block]
        for j in self.several:
            half = _HALF_RANGE * float(self.X[:, j].std(dtype=np.float64))
            result[:, j] = rng.uniform(-half, half, len(self.X))
        result -= result.mean(axis=0)
        return result

    def elliptical(self, rng: np.random.Generator) -> Matrix:
        """Draw one elliptical cloud with the data's covariance.

        Liu, Hayes, Nobel and Marron (2008), *Statistical significance of clustering for
        high-dimension, low-sample size data*, sec. 2, the null of SigClust: k-means cuts a long
        cloud in two with a fine silhouette, and its halves are no segments.

        Columns that have one mode keep their shape: the values of the Gaussian draw are replaced
        by the data's of the same rank (a Gaussian copula), so that skewness, heavy tails and
        rounding alone do not count as groups either.
        """
        cloud = (rng.standard_normal(self.X.shape) @ self.root.T).astype(np.float32)
        for j in self.shaped:
            cloud[np.argsort(cloud[:, j]), j] = np.sort(self.X[:, j])
        result: Matrix = cloud - cloud.mean(axis=0)
        return result
