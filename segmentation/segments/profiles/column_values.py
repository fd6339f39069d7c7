"""The used columns of a table as arrays, read once for everything that explains segments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.cell_values import day, level_codes, number, read_column
from segmentation.cluster.encoding.column_statistics import by_frequency
from segmentation.table.schema.columns import Column, Role, Use

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

NUMERIC_ROLES = frozenset({Role.NUMERIC, Role.DATE})
LEVEL_ROLES = frozenset({Role.ORDINAL, Role.NOMINAL, Role.BINARY})
# More levels than this are not read by anybody; the most frequent ones stay.
MAX_PROFILED_LEVELS = 50


@dataclass(frozen=True, eq=False)
class NumericValues:
    """A numeric or date column as float64, NaN where missing.

    Attributes
    ----------
    column
        The column's description.
    data
        (n,) in original units; dates as days before ``newest``.
    newest
        Newest day since 1970-01-01 of a date column, NaN otherwise.
    """

    column: Column
    data: Floats
    newest: float


@dataclass(frozen=True, eq=False)
class LevelValues:
    """A categorical column as codes into ``levels``; −1 for missing and rarer levels.

    ``known`` marks the rows with any value, so that shares are of known values.
    """

    column: Column
    levels: tuple[str, ...]
    codes: Integers
    known: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measured:
    """The used columns of a table as arrays, read once for everything that explains them."""

    size: int
    numeric: tuple[NumericValues, ...]
    levels: tuple[LevelValues, ...]

    def only(self, names: Collection[str]) -> Measured:
        """Return the columns of those names."""
        return Measured(
            self.size,
            tuple(v for v in self.numeric if v.column.name in names),
            tuple(v for v in self.levels if v.column.name in names),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """Descriptions of all measured columns."""
        return (*(v.column for v in self.numeric), *(v.column for v in self.levels))


@dataclass(frozen=True)
class Yardsticks:
    """What all rows together decide about how one row is read.

    Attributes
    ----------
    newest
        Newest day since 1970-01-01 of each date column.
    levels
        The levels of each nominal column, most frequent first.
    """

    newest: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def measure(
    frame: pd.DataFrame, columns: Sequence[Column], yardsticks: Yardsticks | None = None
) -> Measured:
    """Read the basis and descriptor columns of a table.

    Parameters
    ----------
    frame
        (n, …) rows.
    columns
        Descriptions; ignored columns and roles without a profile are left out.
    yardsticks
        Of the table that these rows are a part of; found in the rows by default.
    """
    used = [column for column in columns if column.use is not Use.IGNORED]
    given = yardsticks or Yardsticks()
    return Measured(
        size=len(frame),
        numeric=tuple(
            _read_numeric(frame[c.name], c, given.newest.get(c.name))
            for c in used
            if c.role in NUMERIC_ROLES
        ),
        levels=tuple(
            _read_levels(frame[c.name], c, given.levels.get(c.name))
            for c in used
            if c.role in LEVEL_ROLES
        ),
    )


def _read_numeric(series: pd.Series, column: Column, newest: float | None) -> NumericValues:
    if column.role is not Role.DATE:
        return NumericValues(column, read_column(series, number), np.nan)
    days = read_column(series, day)
    if newest is None:
        known = days[~np.isnan(days)]
        newest = float(known.max()) if len(known) else np.nan
    return NumericValues(column, newest - days, newest)


def _read_levels(series: pd.Series, column: Column, kept: tuple[str, ...] | None) -> LevelValues:
    meaning = level_codes({name: float(i) for i, name in enumerate(column.levels)})
    raw = read_column(series, meaning)
    known = ~np.isnan(raw)
    codes = np.where(known, raw, -1).astype(np.intp)
    if column.role is not Role.NOMINAL:
        return LevelValues(column, column.levels, codes, known)
    if kept is None:
        counts = np.bincount(codes[codes >= 0], minlength=len(column.levels)).tolist()
        kept = most_frequent(dict(zip(column.levels, counts, strict=True)))
    position = np.full(len(column.levels) + 1, -1, dtype=np.intp)  # the last one is for code −1
    position[[column.levels.index(level) for level in kept]] = np.arange(len(kept))
    return LevelValues(column, kept, position[codes], known)


def most_frequent(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the levels that are profiled, most frequent first."""
    # Equally frequent levels stand by name, so that the order of the rows decides nothing.
    return tuple(by_frequency(counts))[:MAX_PROFILED_LEVELS]
