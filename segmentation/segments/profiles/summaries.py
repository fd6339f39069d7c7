"""What is counted of each column in each segment: all that profiles and explanations need.

A table in memory is summed up at once, with exact quantiles (`summarize`); where no process
holds all rows, parts are tallied and merged (`tallies`). Whatever comes
after sees the same numbers in the same shape. Group 0 is everybody, group i + 1 is segment i.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from segmentation.cluster.encoding.moments import Moments
from segmentation.segments.profiles.column_values import LevelValues, Measured, NumericValues
from segmentation.table.schema.columns import Column

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

#: The quantiles of a summary.
QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)

MAX_DECIMALS = 2
# Rows looked at for the number of decimals.
LOOKED_AT = 1_000


@dataclass(frozen=True, eq=False)
class NumericSummary:
    """A numeric or date column.

    Attributes
    ----------
    column, newest
        See `NumericValues`.
    moments
        k + 1 moments of the known values.
    quartiles
        (k + 1, 5): minimum, quartiles and maximum; NaN in groups without a value.
    positions
        (k,): where each segment's median lies among everybody's values, 0 to 1; half of those
        with the same value count as below, so that 0.5 is the middle.
    decimals
        How many the values need, at most `MAX_DECIMALS`.
    """

    column: Column
    newest: float
    moments: tuple[Moments, ...]
    quartiles: Floats
    positions: Floats
    decimals: int


@dataclass(frozen=True, eq=False)
class LevelSummary:
    """A categorical column.

    Attributes
    ----------
    column, levels
        See `LevelValues`; L levels.
    counts
        (k + 1, L) rows of each level.
    known
        (k + 1,) rows with any value.
    """

    column: Column
    levels: tuple[str, ...]
    counts: Floats
    known: Floats


@dataclass(frozen=True, eq=False)
class Summaries:
    """All used columns of a table. ``sizes`` has k + 1 entries, everybody's first."""

    sizes: npt.NDArray[np.int64]
    numeric: tuple[NumericSummary, ...]
    levels: tuple[LevelSummary, ...]

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.sizes) - 1

    @property
    def columns(self) -> tuple[Column, ...]:
        """Descriptions of all columns."""
        return (*(v.column for v in self.numeric), *(v.column for v in self.levels))

    def amounts(self, monetary: str | None) -> NumericSummary | None:
        """Return the column of that name, if it is numeric."""
        return next((v for v in self.numeric if v.column.name == monetary), None)

    def reordered(self, order: Integers) -> Summaries:
        """Return the same segments in another order: new position i is old ``order[i]``."""
        groups = np.concatenate(([0], np.asarray(order) + 1))
        return Summaries(
            self.sizes[groups],
            tuple(
                replace(
                    v,
                    moments=tuple(v.moments[i] for i in groups),
                    quartiles=v.quartiles[groups],
                    positions=v.positions[order],
                )
                for v in self.numeric
            ),
            tuple(replace(v, counts=v.counts[groups], known=v.known[groups]) for v in self.levels),
        )


def summarize(measured: Measured, labels: Integers, k: int) -> Summaries:
    """Sum up the columns of a table in memory.

    Parameters
    ----------
    measured
        The columns of n customers.
    labels
        (n,) segment positions 0 to k − 1; −1 belongs to everybody only.
    k
        Number of segments.
    """
    order = np.argsort(labels.astype(np.int16), kind="stable")  # 16 bits sort in linear time
    ends = np.searchsorted(labels[order], np.arange(k + 1))
    members = [order[ends[i] : ends[i + 1]] for i in range(k)]
    return Summaries(
        np.array([measured.size, *(len(rows) for rows in members)], dtype=np.int64),
        tuple(_numeric(v, members) for v in measured.numeric),
        tuple(_levels(v, labels, k) for v in measured.levels),
    )


def _numeric(values: NumericValues, members: list[Integers]) -> NumericSummary:
    data = values.data
    groups = [known[~np.isnan(known)] for known in (data, *(data[rows] for rows in members))]
    nothing = np.full(len(QUARTILES), np.nan)
    quartiles = np.array([np.quantile(g, QUARTILES) if len(g) else nothing for g in groups])
    everybody = groups[0]
    middles = quartiles[1:, 2]
    below = [np.count_nonzero(everybody < m) + np.count_nonzero(everybody <= m) for m in middles]
    return NumericSummary(
        values.column,
        values.newest,
        tuple(Moments.of(group) for group in groups),
        quartiles,
        np.array(below, dtype=np.float64) / (2 * max(len(everybody), 1)),
        decimals_of(everybody),
    )


def _levels(values: LevelValues, labels: Integers, k: int) -> LevelSummary:
    width = len(values.levels)
    everybody = np.bincount(values.codes + 1, minlength=width + 1)[1:]
    known = np.bincount(labels[values.known] + 1, minlength=k + 1)[1:]
    return LevelSummary(
        values.column,
        values.levels,
        np.vstack([everybody, level_counts(values, labels, k)]).astype(np.float64),
        np.array([np.count_nonzero(values.known), *known], dtype=np.float64),
    )


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


def decimals_of(known: Floats) -> int:
    """Count the decimals that values need, at most `MAX_DECIMALS`.

    Examples
    --------
    >>> [decimals_of(np.array(v)) for v in ([1.0, 2.0], [4.5, 4.0], [1 / 3])]
    [0, 1, 2]
    """
    step = max(1, len(known) // LOOKED_AT)
    some = known[::step]
    for decimals in range(MAX_DECIMALS):
        if np.allclose(some, np.round(some, decimals), rtol=0, atol=1e-9):
            return decimals
    return MAX_DECIMALS
