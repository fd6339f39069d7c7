"""One meaning for each cell: a number, a day or a level, read alike from tables and records.

A table of a million rows and a single record from a form must give exactly the same numbers.
So the meaning of a value is one plain function (`number`, `day`, `level`), and the readers of
whole columns only make it fast: numeric types are taken as they are, anything else is reduced
to its different values first.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

#: Code of a level that was never seen in training.
UNKNOWN = -1.0

_DAY = 86_400.0


def is_missing(value: object) -> bool:
    """Say whether a cell holds nothing: None, NaN, NaT, NA or blank text.

    Examples
    --------
    >>> is_missing(float("nan")), is_missing("  "), is_missing(0)
    (True, True, False)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float | np.floating) and math.isnan(value)


def number(value: object) -> float:
    """Return the number in a cell; NaN when it is missing, infinite or not a number.

    Examples
    --------
    >>> number("12.5"), number(True), number("a dozen"), number(float("inf"))
    (12.5, 1.0, nan, nan)
    """
    if is_missing(value):
        return math.nan
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
    return result if math.isfinite(result) else math.nan


def day(value: object) -> float:
    """Return a date as days since 1970-01-01, with fractions; NaN when it is not a date.

    Examples
    --------
    >>> day("1970-01-03"), day(None)
    (2.0, nan)
    """
    if is_missing(value) or isinstance(value, bool | int | float | np.number):
        return math.nan
    try:
        stamp = pd.Timestamp(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
    if pd.isna(stamp):
        return math.nan
    return float(stamp.replace(tzinfo=dt.UTC).timestamp() / _DAY)


def level(value: object) -> str | None:
    """Return the name of a level, whole numbers without ".0"; None when it is missing.

    Examples
    --------
    >>> level(" Gold "), level(3.0), level(None)
    ('Gold', '3', None)
    """
    if is_missing(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def level_codes(levels: Mapping[str, float]) -> Callable[[object], float]:
    """Return the function that gives a cell's code: NaN missing, `UNKNOWN` never seen.

    A level that differs only in upper and lower case counts as the same one.
    """
    folded = {name.casefold(): code for name, code in reversed(list(levels.items()))}

    def code(value: object) -> float:
        name = level(value)
        if name is None:
            return math.nan
        if name in levels:
            return levels[name]
        return folded.get(name.casefold(), UNKNOWN)

    return code


def read_column(series: pd.Series[Any], meaning: Callable[[object], float]) -> Floats:
    """Apply the meaning of a cell to a whole column.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
    meaning : callable
        `number`, `day` or what `level_codes` returned.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where there is no value. Cost: O(n) plus one call for each different value.
    """
    quick = _quick(series, meaning)
    if quick is not None:
        return quick
    codes, values = pd.factorize(series, use_na_sentinel=True)
    meanings = np.array([meaning(value) for value in values] + [math.nan], dtype=np.float64)
    result: Floats = meanings[codes]  # code −1, a missing cell, picks the NaN at the end
    return result


def _quick(series: pd.Series[Any], meaning: Callable[[object], float]) -> Floats | None:
    """Read columns whose type says what they hold, without looking at single cells."""
    if meaning is number and pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        values[~np.isfinite(values)] = np.nan
        return values
    if meaning is day and isinstance(series.dtype, np.dtype) and series.dtype.kind == "M":
        stamps = series.to_numpy().astype("datetime64[us]")
        days = stamps.astype(np.int64) / (_DAY * 1e6)
        days[np.isnat(stamps)] = np.nan
        return days
    return None
