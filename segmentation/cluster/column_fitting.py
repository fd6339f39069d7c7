"""Learn how one column is encoded: its kind from its role and values, and its numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.cells import Floats, level, number
from segmentation.cluster.column_encoding import MISSING, NUMBER_KINDS, OTHER, EncodedColumn
from segmentation.errors import DataError
from segmentation.table.columns import MAX_LEVELS, Column, Role

MODES = ("auto", "label")

#: Moment skewness above which a non-negative column is taken as a matter of ratios, not of
#: differences (METHOD of the portal; an exponential distribution has skewness 2).
LOG_SKEW = 1.5

#: Levels with a smaller share of the rows join "other".
RARE_LEVEL_SHARE = 0.01


def fit_column(series: pd.Series[Any], column: Column, mode: str, weight: float) -> EncodedColumn:
    """Learn the encoding of one column.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        The training cells.
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
    kind, why = _kind(series, column, mode)
    blank = EncodedColumn(
        column.name, column.role, kind, (column.name,), (0.0,), 1.0, (), (), False,
        math.nan, weight, math.nan, math.nan, 0, why,
    )  # fmt: skip
    if kind in {"number", "days"}:
        return _fit_scalar(series, blank, automatic=mode == "auto" and kind == "number")
    if kind == "label":
        return _fit_label(series, blank)
    if kind == "one_hot":
        return _fit_one_hot(series, blank)
    return _fit_scalar(series, replace(blank, levels=_levels(series, column)), automatic=False)


def _kind(series: pd.Series[Any], column: Column, mode: str) -> tuple[str, str]:
    """Choose the kind of encoding, with its reason."""
    numeric = pd.api.types.is_numeric_dtype(series.dtype)
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


def _fit_scalar(series: pd.Series[Any], column: EncodedColumn, *, automatic: bool) -> EncodedColumn:
    """Learn range, median, center and scale of a column with one feature."""
    raw = column.read(series)
    seen = raw[np.isfinite(raw) & ((raw >= 0) | (column.kind in {"number", "days"}))]
    if len(seen) == 0:
        return replace(column, reason="No value at all: it separates nobody.")
    column = replace(column, minimum=float(seen.min()), maximum=float(seen.max()), filled=len(seen))
    if automatic and column.minimum >= 0 and _skewness(seen) > LOG_SKEW:
        column = replace(
            column,
            kind="log",
            reason=f"Most values are small and a few very large (skewness "
            f"{_skewness(seen):.1f}): the logarithm of 1 + value, standardized",
        )
    # Of codes the lower of two middle ones, since the mean of two levels is no level.
    codes = column.kind not in {*NUMBER_KINDS, "days"}
    fill = float(np.quantile(seen, 0.5, method="lower" if codes else "linear"))
    column = replace(column, fill=fill)
    values = column.values(raw)
    # In units of the largest value: squares of amounts near the end of the range overflow.
    largest = max(float(np.abs(values).max()), 1e-300)
    center = largest * float((values / largest).mean())
    return _scaled(column, (center,), largest * float((values / largest).std()), values)


def _fit_label(series: pd.Series[Any], column: EncodedColumn) -> EncodedColumn:
    """Learn alphabetical codes, missing cells being a level of their own."""
    names = [level(value) for value in pd.unique(series)]
    levels = sorted({name for name in names if name is not None})
    missing = None in names
    if missing:
        # First, as in the classic recipe, where the text of a missing value is sorted as well.
        levels = [MISSING, *levels]
    column = replace(column, levels=tuple(levels), fill=0.0 if missing else math.nan)
    raw = column.read(series)
    codes = np.where(np.isnan(raw), column.fill, raw)
    column = replace(column, filled=int(np.isfinite(raw).sum()), has_missing=missing)
    if not missing:
        column = replace(column, fill=float(np.quantile(codes, 0.5, method="lower")))
    return _scaled(column, (float(codes.mean()),), float(codes.std()), codes)


def _fit_one_hot(series: pd.Series[Any], column: EncodedColumn) -> EncodedColumn:
    """Learn levels, shares and the whole variance of a column without order."""
    counts = _level_counts(series, column.name)
    n = len(series)
    frequent = [name for name, count in counts.items() if count >= RARE_LEVEL_SHARE * n]
    rare = [name for name in counts if name not in set(frequent)]
    missing = n - sum(counts.values())
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
        has_missing=missing > 0,
        fill=float(len(names) - 1) if missing else math.nan,
        filled=n - missing,
        reason=column.reason + (f"; {len(rare)} rare levels joined as {OTHER!r}." if rare else "."),
    )


def _scaled(
    column: EncodedColumn, center: tuple[float, ...], spread: float, values: Floats
) -> EncodedColumn:
    """Fill in center and scale; a column without spread keeps scale 1 and separates nobody."""
    # Rounding alone gives a constant column a tiny spread.
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return replace(
            column, center=center, reason="The same value in every row: it separates nobody."
        )
    return replace(column, center=center, scale=spread, reason=column.reason + ".")


def _levels(series: pd.Series[Any], column: Column) -> tuple[str, ...]:
    """Return the levels in order: the given ones, else by number or alphabet."""
    if column.levels:
        return column.levels
    names = _level_counts(series, column.name)
    if all(not math.isnan(number(name)) for name in names):
        return tuple(sorted(names, key=number))
    return tuple(sorted(names))


def _level_counts(series: pd.Series[Any], name: str) -> dict[str, int]:
    """Count the rows of each level, most frequent first, then by alphabet."""
    codes, values = pd.factorize(series, use_na_sentinel=True)
    counts: npt.NDArray[np.int64] = np.bincount(codes[codes >= 0], minlength=len(values))
    total: dict[str, int] = {}
    for value, count in zip(values, counts.tolist(), strict=True):
        text = level(value)
        if text is not None:
            total[text] = total.get(text, 0) + count
    if len(total) > MAX_LEVELS:
        raise DataError(
            f"The column {name!r} has {len(total)} different texts, more than the {MAX_LEVELS} "
            f"a category may have: leave it out, or group its values first."
        )
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _skewness(values: Floats) -> float:
    """Return the moment coefficient of skewness, m₃ / m₂^{3/2}; 0 without spread."""
    centered = values / max(float(np.abs(values).max()), 1e-300)
    centered = centered - centered.mean()
    variance = float((centered**2).mean())
    if variance <= 1e-30:
        return 0.0
    return float((centered**3).mean()) / float(variance**1.5)
