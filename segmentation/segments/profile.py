"""Profiles: what a group of customers looks like, in the table's own units."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.cells import day, level_codes, number, read_column
from segmentation.segments.segment import LevelProfile, NumericProfile, Profile
from segmentation.table.columns import Column, Role, Use

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

NUMERIC_ROLES = frozenset({Role.NUMERIC, Role.DATE})
LEVEL_ROLES = frozenset({Role.ORDINAL, Role.NOMINAL, Role.BINARY})
# More levels than this are not read by anybody; the most frequent ones stay.
MAX_PROFILED_LEVELS = 50
# "Percent of everybody's mean" says nothing where that mean is next to nothing: below this many
# standard deviations hardly one customer in 400 has anything at all.
LEAST_MEAN = 0.05


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


def measure(frame: pd.DataFrame, columns: Sequence[Column]) -> Measured:
    """Read the basis and descriptor columns of a table.

    Parameters
    ----------
    frame
        (n, …) rows.
    columns
        Descriptions; ignored columns and roles without a profile are left out.
    """
    used = [column for column in columns if column.use is not Use.IGNORED]
    return Measured(
        size=len(frame),
        numeric=tuple(_read_numeric(frame[c.name], c) for c in used if c.role in NUMERIC_ROLES),
        levels=tuple(_read_levels(frame[c.name], c) for c in used if c.role in LEVEL_ROLES),
    )


def _read_numeric(series: pd.Series, column: Column) -> NumericValues:
    if column.role is not Role.DATE:
        return NumericValues(column, read_column(series, number), np.nan)
    days = read_column(series, day)
    known = days[~np.isnan(days)]
    newest = float(known.max()) if len(known) else np.nan
    return NumericValues(column, newest - days, newest)


def _read_levels(series: pd.Series, column: Column) -> LevelValues:
    meaning = level_codes({name: float(i) for i, name in enumerate(column.levels)})
    raw = read_column(series, meaning)
    known = ~np.isnan(raw)
    codes = np.where(known, raw, -1).astype(np.intp)
    if column.role is not Role.NOMINAL:
        return LevelValues(column, column.levels, codes, known)
    counts = np.bincount(codes[codes >= 0], minlength=len(column.levels)).tolist()
    # Equally frequent levels stand by name, so that the order of the rows decides nothing.
    order = sorted(range(len(counts)), key=lambda i: (-counts[i], column.levels[i]))
    kept = order[:MAX_PROFILED_LEVELS]
    position = np.full(len(counts) + 1, -1, dtype=np.intp)  # the last entry is for code −1
    position[kept] = np.arange(len(kept))
    return LevelValues(column, tuple(column.levels[i] for i in kept), position[codes], known)


def profiles(measured: Measured, labels: Integers, k: int) -> tuple[Profile, tuple[Profile, ...]]:
    """Profile everybody and each segment.

    Parameters
    ----------
    measured
        The columns of n customers.
    labels
        (n,) segment positions 0 to k − 1; −1 belongs to everybody only.
    k
        Number of segments.

    Returns
    -------
    everybody : Profile
    segments : tuple of k Profile
    """
    order = np.argsort(labels.astype(np.int16), kind="stable")  # 16 bits sort in linear time
    ends = np.searchsorted(labels[order], np.arange(k + 1))
    members = [order[ends[i] : ends[i + 1]] for i in range(k)]
    numeric = {v.column.name: _numeric_profiles(v.data, members) for v in measured.numeric}
    levels = {v.column.name: _level_profiles(v, labels, k) for v in measured.levels}
    sizes = [measured.size, *(len(rows) for rows in members)]
    built = [
        Profile(
            size=size,
            share=size / max(measured.size, 1),
            numeric={name: values[i] for name, values in numeric.items()},
            levels={name: values[i] for name, values in levels.items()},
        )
        for i, size in enumerate(sizes)
    ]
    return built[0], tuple(built[1:])


def _numeric_profiles(values: Floats, members: list[Integers]) -> list[NumericProfile]:
    overall = _Overall.of(values[~np.isnan(values)])
    groups = [values, *(values[rows] for rows in members)]
    return [_numeric_profile(group, overall) for group in groups]


@dataclass(frozen=True, slots=True)
class _Overall:
    """What everybody's values are compared by: mean, deviation, and what index 100 stands for."""

    mean: float
    deviation: float
    hundred: float | None

    @classmethod
    def of(cls, known: Floats) -> _Overall:
        if len(known) == 0:
            return cls(math.nan, math.nan, None)
        mean, deviation = float(known.mean()), float(known.std())
        comparable = known.min() >= 0 and mean > LEAST_MEAN * deviation
        return cls(mean, deviation, mean if comparable else None)


def _numeric_profile(values: Floats, overall: _Overall) -> NumericProfile:
    known = values[~np.isnan(values)]
    if len(known) == 0:
        nan = math.nan
        return NumericProfile(nan, nan, nan, nan, nan, nan, index=None, z=0.0)
    mean = float(known.mean())
    low, q1, median, q3, high = (float(q) for q in np.percentile(known, [0, 25, 50, 75, 100]))
    return NumericProfile(
        mean=mean,
        median=median,
        q1=q1,
        q3=q3,
        minimum=low,
        maximum=high,
        index=None if overall.hundred is None else 100 * mean / overall.hundred,
        z=(mean - overall.mean) / overall.deviation if overall.deviation > 0 else 0.0,
    )


def _level_profiles(
    values: LevelValues, labels: Integers, k: int
) -> list[tuple[LevelProfile, ...]]:
    counts = level_counts(values, labels, k)
    known = np.bincount(labels[values.known] + 1, minlength=k + 1)[1:]
    overall = _overall_counts(values) / max(int(values.known.sum()), 1)
    shares = counts / np.maximum(known, 1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        lifts = np.where(overall > 0, shares / overall, 1.0)
    ones = np.where(overall > 0, 1.0, 0.0)
    rows = [(overall, ones), *zip(shares, lifts, strict=True)]
    return [
        tuple(
            LevelProfile(level, float(share), float(lift))
            for level, share, lift in zip(values.levels, row_shares, row_lifts, strict=True)
        )
        for row_shares, row_lifts in rows
    ]


def _overall_counts(values: LevelValues) -> Floats:
    counted = np.bincount(values.codes + 1, minlength=len(values.levels) + 1)
    return counted[1:].astype(np.float64)


def level_counts(values: LevelValues, labels: Integers, k: int) -> Floats:
    """Count the levels of a column in each segment.

    Returns
    -------
    ndarray of shape (k, L), float64
        L is ``len(values.levels)``; rows without value or segment are left out.
    """
    width = len(values.levels)
    inside = (labels >= 0) & (values.codes >= 0)
    cells = labels[inside] * width + values.codes[inside]
    return np.bincount(cells, minlength=k * width).reshape(k, width).astype(np.float64)


def revenue_shares(values: Floats, labels: Integers, k: int) -> tuple[float | None, ...]:
    """Share of a monetary column's total that each segment brings.

    Parameters
    ----------
    values
        (n,) amounts, NaN where missing.
    labels
        (n,) segment positions, −1 for none.

    Returns
    -------
    tuple of k floats, or of ``None`` where amounts are negative or add up to nothing.

    Examples
    --------
    >>> revenue_shares(np.array([1.0, 2.0, 1.0]), np.array([0, 1, 1]), 2)
    (0.25, 0.75)
    """
    amounts = np.nan_to_num(values)
    total = float(amounts.sum())
    if total <= 0 or amounts.min() < 0:
        return (None,) * k
    return tuple(float(amounts[labels == i].sum()) / total for i in range(k))
