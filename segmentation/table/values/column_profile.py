"""A typed column with counts of its distinct values, the basis of role detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import MAX_LEVELS, Role
from segmentation.table.values.currency import currency_of_texts
from segmentation.table.values.typed_column import Kind, Typed

#: In columns with these roles, numbers are codes and are written without a point.
_WHOLE_ROLES = frozenset({Role.BINARY, Role.NOMINAL, Role.ORDINAL, Role.IDENTIFIER})


@dataclass(frozen=True, eq=False)
class Profiled:
    """A typed column with its distinct values, most frequent first.

    Attributes
    ----------
    name : str
        The column's name.
    series : Series
        The typed values.
    kind : Kind
        The kind of its cells.
    levels : list of str
        Distinct values as text, most frequent first; at most `MAX_LEVELS` + 1.
    distinct, missing : int
        Numbers of distinct values and of missing values.
    currency : str
        Currency written with its amounts; empty if none.
    """

    name: str
    series: pd.Series
    kind: Kind
    levels: list[str]
    distinct: int
    missing: int
    currency: str = ""

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return len(self.series) - self.missing


def profile_column(name: str, series: pd.Series, kind: Kind) -> Profiled:
    """Return the profile of a typed column.

    Parameters
    ----------
    name : str
        The column's name.
    series : Series
        Typed values.
    kind : Kind
        Their kind.
    """
    counts = series.value_counts()
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    return Profiled(name, series, kind, levels, len(counts), int(series.isna().sum()))


def profile_typed(name: str, typed: Typed) -> Profiled:
    """Return the profile of a column typed from text.

    Parameters
    ----------
    name : str
        The column's name.
    typed : Typed
        The typed column; counting its distinct texts is much cheaper than counting rows.
    """
    values = pd.Series(typed.distinct)
    counts = pd.Series(typed.text.counts()).groupby(values, sort=False).sum()
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    missing = len(typed.series) - int(counts.sum())
    currency = currency_of_texts(typed.text.texts) if typed.kind is Kind.NUMBER else ""
    return Profiled(name, typed.series, typed.kind, levels, len(counts), missing, currency)


def settled(series: pd.Series, role: Role) -> pd.Series:
    """Return a column in the type its role requires: levels are words or whole numbers.

    Examples
    --------
    >>> settled(pd.Series([1.0, 0.0]), Role.BINARY).dtype
    Int64Dtype()
    """
    if role not in _WHOLE_ROLES or series.dtype.kind != "f":
        return series
    present = series.dropna()
    whole = bool((present == present.round()).all() and (present.abs() < 2.0**53).all())
    return series.astype("Int64") if whole else series


def level_codes(values: pd.Series, levels: Sequence[str]) -> np.ndarray:
    """Return the position of each value among the levels, for any column type.

    Parameters
    ----------
    values : Series, shape (n,)
        Words, numbers or truth values.
    levels : sequence of str
        Levels as formatted by `level_text`.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN if a value is missing or not a level.

    Examples
    --------
    >>> level_codes(pd.Series([2.0, 1.0, None, 3.0]), ["1", "2"]).tolist()
    [1.0, 0.0, nan, nan]
    """
    places = {level: float(i) for i, level in enumerate(levels)}
    codes, distinct = pd.factorize(values)
    positions = [places.get(level_text(value), np.nan) for value in distinct]
    return np.asarray([*positions, np.nan])[codes]


def level_text(value: object) -> str:
    """Return a value formatted as a level: whole numbers without a point.

    Examples
    --------
    >>> level_text(2.0), level_text("Gold"), level_text(True)
    ('2', 'Gold', 'True')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, np.bool_):
        return str(bool(value))
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M") if value.time().hour else f"{value:%Y-%m-%d}"
    return str(value)
