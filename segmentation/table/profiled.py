"""A typed column with its distinct values counted, which is what roles are found from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segmentation.table.columns import MAX_LEVELS
from segmentation.table.typing_text import Kind, Typed


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
        What the cells are.
    levels : list of str
        Distinct values as text, most frequent first; at most `MAX_LEVELS` + 1 of them.
    distinct, missing : int
        Numbers of distinct values and of rows without one.
    """

    name: str
    series: pd.Series
    kind: Kind
    levels: list[str]
    distinct: int
    missing: int

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return len(self.series) - self.missing


def profile_column(name: str, series: pd.Series, kind: Kind) -> Profiled:
    """Count a typed column's distinct values.

    Parameters
    ----------
    name : str
        The column's name.
    series : Series
        Typed values.
    kind : Kind
        What they are.
    """
    counts = series.value_counts()
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    return Profiled(name, series, kind, levels, len(counts), int(series.isna().sum()))


def profile_typed(name: str, typed: Typed) -> Profiled:
    """Count the distinct values of a column that was typed from text.

    Parameters
    ----------
    name : str
        The column's name.
    typed : Typed
        What typing found; counting its distinct values is much cheaper than its rows.
    """
    values = pd.Series(typed.distinct)
    counts = pd.Series(typed.text.counts()).groupby(values, sort=False).sum()
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    missing = len(typed.series) - int(counts.sum())
    return Profiled(name, typed.series, typed.kind, levels, len(counts), missing)


def level_text(value: object) -> str:
    """Write a value the way a level is written: whole numbers without a point.

    Examples
    --------
    >>> level_text(2.0), level_text("Gold"), level_text(True)
    ('2', 'Gold', 'True')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M") if value.time().hour else f"{value:%Y-%m-%d}"
    return str(value)
