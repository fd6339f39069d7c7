"""Learn how one column is encoded: its kind from its role and values, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from segmentation.cluster.encoding.cell_values import Floats, day, number, read_column
from segmentation.cluster.encoding.column_encoding import MISSING, OTHER, EncodedColumn
from segmentation.cluster.encoding.column_statistics import (
    SMALL_TABLE,
    ColumnStatistics,
    NumberStatistics,
    NumberTally,
    check_levels,
    few_levels,
    level_counts,
)
from segmentation.cluster.encoding.moments import Moments
from segmentation.table.schema.columns import Column, Role

MODES = ("auto", "label")

#: Moment skewness above which a non-negative column is taken as a matter of ratios, not of
#: differences (METHOD of the portal; an exponential distribution has skewness 2).
LOG_SKEW = 1.5

#: Digits of what stands in for missing numbers.
FILL_DIGITS = 4

#: Levels with a smaller share of the rows join "other".
RARE_LEVEL_SHARE = 0.01


def column_statistics(
    series: pd.Series[Any], column: Column, mode: str, *, as_part: bool = False
) -> ColumnStatistics:
    """Read from a whole column what its encoding is learned from, maybe as from one part."""
    numeric = pd.api.types.is_numeric_dtype(series.dtype)
    kind = encoding_kind(column, mode, numeric=numeric)[0]
    if kind in {"number", "days"}:
        raw = read_column(series, day if kind == "days" else number)
        numbers = NumberTally.of(raw).statistics() if as_part else NumberStatistics.of(raw)
        return ColumnStatistics(len(series), numeric, numbers=numbers)
    return ColumnStatistics(len(series), numeric, counts=level_counts(series))


def fit_column(
    statistics: ColumnStatistics, column: Column, mode: str, weight: float
) -> EncodedColumn:
    """Learn the encoding of one column.

    Parameters
    ----------
    statistics : ColumnStatistics
        Of the training cells.
    column : Column
        Its role, and its levels where they have an order.
    mode : {"auto", "label"}
    weight : float
        Above 0; multiplies the column's variance.

    Raises
    ------
    DataError
        A column of text has more than `MAX_LEVELS` different values.
    """
    kind, why = encoding_kind(column, mode, numeric=statistics.numeric)
    blank = EncodedColumn(
        column.name, column.role, kind, (column.name,), (0.0,), 1.0, (), (), False,
        math.nan, weight, math.nan, math.nan, 0, why,
    )  # fmt: skip
    if kind in {"number", "days"}:
        assert statistics.numbers is not None, "numbers are read where they are encoded"
        automatic = mode == "auto" and kind == "number"
        return _fit_number(statistics.numbers, statistics.rows, blank, automatic=automatic)
    assert statistics.counts is not None, "levels are counted where they are encoded"
    missing = statistics.rows - sum(statistics.counts.values())
    if kind == "label":
        return _fit_label(statistics.counts, missing, blank)
    check_levels(column.name, statistics.counts)
    if kind == "one_hot":
        return _fit_one_hot(statistics.counts, missing, blank)
    levels = column.levels or _levels(statistics.counts)
    return _fit_codes(statistics.counts, missing, replace(blank, levels=levels))


def encoding_kind(column: Column, mode: str, *, numeric: bool) -> tuple[str, str]:
    """Choose the kind of encoding, with its reason."""
    if column.role is Role.NUMERIC or (
        numeric and column.role not in {Role.ORDINAL, Role.NOMINAL, Role.BINARY}
    ):
        return "number", "Standardized, so that its unit does not matter"
    if column.role is Role.DATE:
        return "days", "Days before the newest date, standardized"
    if mode == "label":
        return "label", "Codes in alphabetical order, standardized, as in the classic recipe"
    if column.role is Role.ORDINAL:
        return "rank", "Ranks in their order, standardized"
    if column.role is Role.BINARY:
        return "binary", "0 or 1, standardized"
    return "one_hot", "One feature for each level, which together weigh as much as one column"


def _fit_number(
    numbers: NumberStatistics, rows: int, column: EncodedColumn, *, automatic: bool
) -> EncodedColumn:
    """Learn range, median, center and scale of a column of numbers or days."""
    seen = numbers.seen
    if seen.count == 0:
        return replace(column, reason="No value at all: it separates nobody.")
    fill = numbers.median
    if column.kind == "number" and seen.count >= SMALL_TABLE:
        # A model's file holds it: it shall be nobody's own value to the cent.
        fill = float(f"{fill:.{FILL_DIGITS}g}")
    column = replace(
        column,
        minimum=numbers.minimum,
        maximum=numbers.maximum,
        filled=seen.count,
        fill=fill,
    )
    missing = rows - seen.count
    skewness = seen.skewness
    if automatic and numbers.minimum >= 0 and skewness > LOG_SKEW:
        column = replace(
            column,
            kind="log",
            reason=f"Most values are small and a few very large (skewness "
            f"{skewness:.1f}): the logarithm of 1 + value, standardized",
        )
        return _scaled(column, numbers.logs.with_repeated(math.log1p(column.fill), missing))
    complete = seen.with_repeated(column.fill, missing)
    column = _scaled(column, complete)
    if column.kind != "days":
        return column
    return replace(column, center=(column.maximum - complete.center,))


def _fit_codes(counts: Mapping[str, int], missing: int, column: EncodedColumn) -> EncodedColumn:
    """Learn range, median, center and scale of a column whose levels have an order."""
    codes, times = _coded(counts, column)
    known = codes >= 0
    if not known.any():
        return replace(column, reason="No value at all: it separates nobody.")
    fill = _lower_median(codes[known], times[known])
    column = replace(
        column,
        minimum=float(codes[known].min()),
        maximum=float(codes[known].max()),
        filled=int(times[known].sum()),
        fill=fill,
    )
    codes = np.where(known, codes, fill)
    return _scaled(column, Moments.of(codes, times).with_repeated(fill, missing))


def _fit_label(counts: Mapping[str, int], missing: int, column: EncodedColumn) -> EncodedColumn:
    """Learn alphabetical codes, missing cells being a level of their own."""
    levels = sorted(counts)
    if missing:
        # First, as in the classic recipe, where the text of a missing value is sorted as well.
        levels = [MISSING, *levels]
    column = replace(column, levels=tuple(levels), fill=0.0 if missing else math.nan)
    codes, times = _coded(counts, column)
    column = replace(
        column, filled=int(times.sum()), has_missing=missing > 0, few=few_levels(counts)
    )
    if not missing and len(codes):
        column = replace(column, fill=_lower_median(codes, times))
    return _scaled(column, Moments.of(codes, times).with_repeated(0.0, missing))


def _coded(counts: Mapping[str, int], column: EncodedColumn) -> tuple[Floats, Floats]:
    """Return the code of each level that occurs, and how often it does."""
    codes = np.array([column.meaning(name) for name in counts], dtype=np.float64)
    return codes, np.array(list(counts.values()), dtype=np.float64)


def _lower_median(codes: Floats, times: Floats) -> float:
    """Return the lower of two middle codes, since the mean of two levels is no level."""
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(times[order])
    return float(codes[order][np.searchsorted(ends, (ends[-1] - 1) // 2, side="right")])


def _fit_one_hot(counts: Mapping[str, int], missing: int, column: EncodedColumn) -> EncodedColumn:
    """Learn levels, shares and the whole variance of a column without order."""
    n = missing + sum(counts.values())
    frequent = [name for name, count in counts.items() if count >= RARE_LEVEL_SHARE * n]
    rare = [name for name in counts if name not in set(frequent)]
    names = [*frequent, *([OTHER] if rare else []), *([MISSING] if missing else [])]
    size = [
        *(counts[name] for name in frequent),
        *([sum(counts[name] for name in rare)] if rare else []),
        *([missing] if missing else []),
    ]
    share = np.array(size, dtype=np.float64) / max(n, 1)
    spread = math.sqrt(float((share * (1 - share)).sum()))
    return replace(
        column,
        features=tuple(f"{column.name} = {name}" for name in names),
        center=tuple(share.tolist()),
        scale=spread if spread > 0 else 1.0,
        levels=tuple(frequent),
        others=tuple(rare),
        few=few_levels(counts),
        has_missing=missing > 0,
        fill=float(len(names) - 1) if missing else math.nan,
        filled=n - missing,
        reason=column.reason + (f"; {len(rare)} rare levels joined as {OTHER!r}." if rare else "."),
    )


def _scaled(column: EncodedColumn, moments: Moments) -> EncodedColumn:
    """Fill in center and scale; a column without spread keeps scale 1 and separates nobody."""
    center, spread = (moments.center,), moments.deviation
    # Rounding alone gives a constant column a tiny spread.
    if spread <= 1e-12 * max(1.0, moments.unit):
        return replace(
            column, center=center, reason="The same value in every row: it separates nobody."
        )
    return replace(column, center=center, scale=spread, reason=column.reason + ".")


def _levels(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the levels in order: by number, else by alphabet."""
    if all(not math.isnan(number(name)) for name in counts):
        return tuple(sorted(counts, key=number))
    return tuple(sorted(counts))
