"""Principal components: the flat picture of the design matrix, and what its axes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Axes kept: two for the map, a third for the turning one.
AXES = 3

#: Rows taken at once, so that float64 copies stay small.
_CHUNK = 65_536


@dataclass(frozen=True, eq=False)
class Projection:
    """The first three principal components.

    Attributes
    ----------
    mean : ndarray of float64, shape (p,)
    components : ndarray of float64, shape (3, p)
        Unit length, orthogonal; rows of zeros where the data has fewer dimensions.
    explained_variance_ratio : ndarray of float64, shape (3,)
        Shares of the whole variance, falling.
    feature_names : tuple of str, length p

    References
    ----------
    Jolliffe, I. T. (2002). *Principal Component Analysis*, 2nd ed., eq. (1.1.1): the components
    are the eigenvectors of the covariance matrix with the largest eigenvalues.

    Examples
    --------
    >>> import numpy as np
    >>> flat = Projection.fit(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), ("age", "spend"))
    >>> flat.explained_variance_ratio.round(3).tolist()
    [1.0, 0.0, 0.0]
    >>> flat.axis_title(0)
    'PC1 · age, spend (100 %)'
    """

    mean: Floats
    components: Floats
    explained_variance_ratio: Floats
    feature_names: tuple[str, ...] = ()

    @classmethod
    def fit(cls, X: npt.NDArray[np.floating], feature_names: Sequence[str] = ()) -> Projection:
        """Find the components of points.

        Parameters
        ----------
        X : ndarray, shape (n, p), n ≥ 1
        feature_names : sequence of str, length p, optional

        Notes
        -----
        Cost O(n p²) in float64. A component's sign is arbitrary in theory; here its entry of
        largest size is positive, so that the same data always gives the same picture.
        """
        n, p = X.shape
        mean = X.mean(axis=0, dtype=np.float64)
        scatter = np.zeros((p, p))
        for start in range(0, n, _CHUNK):
            part = X[start : start + _CHUNK].astype(np.float64) - mean
            scatter += part.T @ part
        values, vectors = np.linalg.eigh(scatter)
        values = np.maximum(values[::-1], 0.0)
        kept = min(AXES, p)
        components = np.zeros((AXES, p))
        components[:kept] = vectors[:, ::-1].T[:kept]
        ratio = np.zeros(AXES)
        total = float(values.sum())
        if total > 0:
            ratio[:kept] = values[:kept] / total
        components[ratio <= np.finfo(np.float32).eps] = 0.0
        return cls(mean, _with_fixed_sign(components), ratio, tuple(feature_names))

    def transform(self, X: npt.NDArray[np.floating]) -> Floats:
        """Return the coordinates of points.

        Parameters
        ----------
        X : ndarray, shape (n, p)

        Returns
        -------
        ndarray of float64, shape (n, 3)
            A row's coordinates depend on that row alone, to the last bit.
        """
        result = np.zeros((len(X), AXES))
        # Column by column: a matrix product rounds differently with the number of rows.
        for j in range(X.shape[1]):
            column = X[:, j].astype(np.float64) - self.mean[j]
            for axis in range(AXES):
                result[:, axis] += column * self.components[axis, j]
        return result

    def axis_title(self, axis: int, features: int = 2) -> str:
        """Name an axis by the features that weigh most in it and its share of the variance.

        Parameters
        ----------
        axis : {0, 1, 2}
        features : int
            How many features to name at most.
        """
        weight = np.abs(self.components[axis])
        share = f"({100 * self.explained_variance_ratio[axis]:.0f} %)"
        leading = np.argsort(-weight, kind="stable")[:features]
        # A feature with less than half the leading weight does not describe the axis.
        names = [
            self.feature_names[j]
            for j in leading.tolist()
            if self.feature_names and weight[j] > 0.5 * weight.max()
        ]
        return f"PC{axis + 1} · {', '.join(names)} {share}" if names else f"PC{axis + 1} {share}"


def _with_fixed_sign(components: Floats) -> Floats:
    """Turn each component so that its entry of largest size is positive."""
    rows = np.arange(len(components))
    # Rounding may decide between entries of equal size: the first one within it counts.
    size = np.abs(components)
    leading = np.argmax(size >= size.max(axis=1, keepdims=True) * (1 - 1e-6), axis=1)
    sign = np.sign(components[rows, leading])
    return np.asarray(components * np.where(sign == 0, 1.0, sign)[:, np.newaxis])
