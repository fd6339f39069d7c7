"""What the encoding of a column is learned from: few numbers, which parts of a table add up to.

A small table is read at once: `NumberStatistics.of` and `level_counts`, with the exact median. Of
a large one each part is counted for itself (`NumberTally`), the parts are merged, and the median
comes from a histogram within `QUANTILE_ERROR`; a large table in memory is the case of one part,
so that it is encoded like the same rows in many.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.cell_values import Floats, level
from segmentation.cluster.encoding.moments import Moments
from segmentation.cluster.encoding.quantiles import Counted
from segmentation.errors import DataError
from segmentation.table.schema.columns import MAX_LEVELS

#: A group of fewer customers tells of single ones. Official statistics take 3 to 10 (A. Hundepool
#: et al., "Statistical Disclosure Control", Wiley 2012, section 5.2).
FEWEST = 5
SMALL_TABLE = 20 * FEWEST


@dataclass(frozen=True, slots=True)
class NumberStatistics:
    """Of a column of numbers or days.

    Attributes
    ----------
    seen : Moments
        Of the cells that hold a number.
    logs : Moments
        Of the logarithms of 1 + number; of nothing where some are negative.
    minimum, maximum, median : float
        NaN without any number.
    """

    seen: Moments
    logs: Moments
    minimum: float
    maximum: float
    median: float

    @classmethod
    def of(cls, raw: Floats) -> NumberStatistics:
        """Read a whole column, NaN where missing; the median is exact."""
        seen = raw[np.isfinite(raw)]
        if len(seen) == 0:
            return cls(Moments(), Moments(), math.nan, math.nan, math.nan)
        moments, logs = _powers(seen)
        middle = float(np.quantile(seen, 0.5))
        return cls(moments, logs, float(seen.min()), float(seen.max()), middle)


@dataclass(frozen=True, slots=True)
class NumberTally:
    """A part of a column of numbers or days, to be merged with others.

    Attributes
    ----------
    seen, logs : Moments
        See `NumberStatistics`.
    counted : Counted
    """

    seen: Moments
    logs: Moments
    counted: Counted

    @classmethod
    def of(cls, raw: Floats) -> NumberTally:
        """Count a part, NaN where missing."""
        seen = raw[np.isfinite(raw)]
        return cls(*_powers(seen), Counted.of(seen))

    def merged(self, other: NumberTally) -> NumberTally:
        """Return the tally of both parts together."""
        counted = self.counted.merged(other.counted)
        logs = self.logs.merged(other.logs) if not counted.low[0] < 0 else Moments()
        return NumberTally(self.seen.merged(other.seen), logs, counted)

    def statistics(self) -> NumberStatistics:
        """Return what was learned from all parts."""
        low, middle, high = self.counted.quantiles((0.0, 0.5, 1.0)).tolist()
        return NumberStatistics(self.seen.settled(), self.logs.settled(), low, high, middle)


def _powers(seen: Floats) -> tuple[Moments, Moments]:
    """Return the moments of numbers, and of their logarithms where there are any."""
    positive = len(seen) > 0 and float(seen.min()) >= 0
    return Moments.of(seen), Moments.of(np.log1p(seen)) if positive else Moments()


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What is known about a column before it is encoded.

    Attributes
    ----------
    rows : int
        Cells, missing ones included.
    numeric : bool
        Whether the column's type is a number.
    numbers : NumberStatistics or None
        Where it may be encoded as a number or as days.
    counts : mapping of str to int, or None
        The rows of each level, most frequent first, where it may be encoded by levels.
    """

    rows: int
    numeric: bool
    numbers: NumberStatistics | None = None
    counts: Mapping[str, int] | None = None


def level_counts(series: pd.Series[Any]) -> dict[str, int]:
    """Count the rows of each level, most frequent first, then by alphabet."""
    codes, values = pd.factorize(series, use_na_sentinel=True)
    counts: npt.NDArray[np.int64] = np.bincount(codes[codes >= 0], minlength=len(values))
    total: dict[str, int] = {}
    for value, count in zip(values, counts.tolist(), strict=True):
        text = level(value)
        if text is not None:
            total[text] = total.get(text, 0) + count
    return by_frequency(total)


def by_frequency(counts: Mapping[str, int]) -> dict[str, int]:
    """Return levels and their rows, most frequent first, then by alphabet.

    Examples
    --------
    >>> by_frequency({"b": 1, "a": 1, "c": 2})
    {'c': 2, 'a': 1, 'b': 1}
    """
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def few_levels(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the levels that fewer than `FEWEST` customers have.

    A table of fewer than `SMALL_TABLE` rows has none: there every level is rare.

    Examples
    --------
    >>> few_levels({"Paris": 400, "Lyon": 12, "Nice": 1})
    ('Nice',)
    """
    if sum(counts.values()) < SMALL_TABLE:
        return ()
    return tuple(name for name, count in counts.items() if count < FEWEST)


def check_levels(name: str, counts: Mapping[str, int]) -> None:
    """Refuse a category with more levels than anybody can read.

    Raises
    ------
    DataError
        There are more than `MAX_LEVELS`.
    """
    if len(counts) > MAX_LEVELS:
        raise DataError(
            f"The column {name!r} has {len(counts)} different texts, more than the {MAX_LEVELS} "
            f"a category may have: leave it out, or group its values first."
        )
