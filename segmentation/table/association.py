"""Association between any two columns, whatever their types, from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import Column, Role
from segmentation.table.values.column_profile import level_codes

_NUMBER_ROLES = frozenset({Role.NUMERIC, Role.DATE})
_CATEGORY_ROLES = frozenset({Role.NOMINAL})


def association(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the strength of association of every pair of columns.

    Numeric columns (also dates as time, ordinal ranks, binary 0/1) are compared by absolute
    Pearson correlation, a category and a numeric column by the correlation ratio η, and two
    categories by Cramér's V with the bias correction of Bergsma (2013, equations 6 to 8). Each
    pair uses the rows that have both values.

    Parameters
    ----------
    frame : DataFrame, shape (n, p)
        One row per customer.
    columns : sequence of Column
        The columns to compare; only numeric, ordinal, binary, nominal and date columns are used.

    Returns
    -------
    DataFrame, shape (q, q)
        Symmetric, in [0, 1], with ones on the diagonal; 0 for pairs that cannot be measured.

    References
    ----------
    Bergsma, W. (2013). A bias-correction for Cramér's V and Tschuprow's T. Journal of the Korean
    Statistical Society 42(3), 323–328.

    Examples
    --------
    >>> from segmentation import Table
    >>> table = Table.from_frame(pd.DataFrame({"a": [1, 2, 3, 5], "b": [2.5, 4, 6, 10]}))
    >>> float(association(table.frame, table.columns).loc["a", "b"].round(3))
    0.998
    """
    measured = {c.name: _measure(frame[c.name], c) for c in columns if _is_comparable(c)}
    names = list(measured)
    result = np.eye(len(names))
    for i, first in enumerate(names):
        for j in range(i):
            strength = _strength(measured[first], measured[names[j]])
            result[i, j] = result[j, i] = min(max(strength, 0.0), 1.0)
    return pd.DataFrame(result, index=names, columns=names)


def _is_comparable(column: Column) -> bool:
    return column.role in _NUMBER_ROLES | _CATEGORY_ROLES | {Role.ORDINAL, Role.BINARY}


def _measure(values: pd.Series, column: Column) -> tuple[bool, np.ndarray]:
    """Return whether a column is categorical, and its codes or numbers (−1 or NaN if missing)."""
    if column.role is Role.NUMERIC:
        return False, values.astype("float64").to_numpy()
    if column.role is Role.DATE:
        seconds = values.astype("datetime64[s]").to_numpy()
        numbers = seconds.astype("int64").astype(float)
        return False, np.where(np.isnat(seconds), np.nan, numbers)
    if column.role is Role.NOMINAL:
        return True, pd.factorize(values)[0]
    return False, level_codes(values, column.levels)


def _strength(first: tuple[bool, np.ndarray], second: tuple[bool, np.ndarray]) -> float:
    if first[0] and second[0]:
        return cramers_v(first[1], second[1])
    if first[0]:
        return correlation_ratio(first[1], second[1])
    if second[0]:
        return correlation_ratio(second[1], first[1])
    return absolute_correlation(first[1], second[1])


def absolute_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the absolute Pearson correlation over rows that have both values.

    Parameters
    ----------
    a, b : ndarray of float, shape (n,)
        NaN where missing.

    Returns
    -------
    float
        In [0, 1]; 0 if either is constant.

    Examples
    --------
    >>> absolute_correlation(np.array([1.0, 2, 3]), np.array([3.0, 2, 1]))
    1.0
    """
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 2:
        return 0.0
    x, y = _centered(a[both]), _centered(b[both])
    spread = np.sqrt(_dot(x, x) * _dot(y, y))
    return float(min(abs(_dot(x, y)) / spread, 1.0)) if spread > 0 else 0.0


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    """Return the dot product without BLAS, whose threads only slow this down."""
    return float(np.einsum("i,i->", a, b))


def _centered(values: np.ndarray) -> np.ndarray:
    """Center values and scale them to a maximum of 1, so that squares do not overflow."""
    largest = np.abs(values).max()
    scaled = values / largest if largest > 0 else values
    centered = scaled - scaled.mean()
    noise = np.finfo(float).eps * len(values)
    return np.where(np.abs(centered) < noise, 0.0, centered)


def correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float:
    """Return η: the square root of the share of variance between categories.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Category of each row, −1 where missing.
    values : ndarray of float, shape (n,)
        NaN where missing.

    Returns
    -------
    float
        In [0, 1]; 0 if the values are constant.

    Examples
    --------
    >>> correlation_ratio(np.array([0, 0, 1, 1]), np.array([1.0, 1, 2, 2]))
    1.0
    """
    both = (codes >= 0) & np.isfinite(values)
    if both.sum() < 2:
        return 0.0
    groups, x = codes[both], _centered(values[both])
    total = _dot(x, x)
    if total <= 0:
        return 0.0
    sizes = np.bincount(groups)
    sums = np.bincount(groups, weights=x)
    between = float((sums[sizes > 0] ** 2 / sizes[sizes > 0]).sum())
    return float(np.sqrt(min(between / total, 1.0)))


def cramers_v(a: np.ndarray, b: np.ndarray) -> float:
    """Return Cramér's V with Bergsma's bias correction.

    Parameters
    ----------
    a, b : ndarray of int, shape (n,)
        Category of each row, −1 where missing.

    Returns
    -------
    float
        In [0, 1]; 0 if either has only one category.

    Examples
    --------
    >>> codes = np.array([0, 1] * 50)
    >>> round(cramers_v(codes, codes), 6)
    1.0
    """
    both = (a >= 0) & (b >= 0)
    n = int(both.sum())
    if n < 2:
        return 0.0
    rows, first = np.unique(a[both], return_inverse=True)
    columns, second = np.unique(b[both], return_inverse=True)
    r, c = len(rows), len(columns)
    counts = np.bincount(first * c + second, minlength=r * c).reshape(r, c)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi2 = float(((counts - expected) ** 2 / expected).sum()) / n
    phi2_corrected = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    r_corrected = r - (r - 1) ** 2 / (n - 1)
    c_corrected = c - (c - 1) ** 2 / (n - 1)
    smaller = min(r_corrected, c_corrected) - 1
    return float(np.sqrt(min(phi2_corrected / smaller, 1.0))) if smaller > 0 else 0.0
