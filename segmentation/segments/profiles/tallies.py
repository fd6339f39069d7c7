"""Summaries of segments from parts of a table: counted part by part, then merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.cluster.encoding.moments import Moments
from segmentation.cluster.encoding.quantiles import Counted
from segmentation.segments.profiles.column_values import LevelValues, Measured, NumericValues
from segmentation.segments.profiles.summaries import (
    MAX_DECIMALS,
    QUARTILES,
    LevelSummary,
    NumericSummary,
    Summaries,
    level_counts,
)
from segmentation.table.schema.columns import Column

Integers = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class NumericTally:
    """A numeric column of some rows: k moments and k histograms."""

    column: Column
    newest: float
    moments: tuple[Moments, ...]
    counted: Counted

    @classmethod
    def of(cls, values: NumericValues, labels: Integers, k: int) -> NumericTally:
        """Count the values in each segment."""
        known = ~np.isnan(values.data)
        data, groups = values.data[known], labels[known]
        order = np.argsort(groups.astype(np.int16), kind="stable")
        ends = np.searchsorted(groups[order], np.arange(k + 1))
        ordered = data[order]
        moments = tuple(Moments.of(ordered[ends[i] : ends[i + 1]]) for i in range(k))
        return cls(values.column, values.newest, moments, Counted.of(data, groups, k))

    def merged(self, other: NumericTally) -> NumericTally:
        """Return the tally of both parts together."""
        moments = tuple(a.merged(b) for a, b in zip(self.moments, other.moments, strict=True))
        return NumericTally(self.column, self.newest, moments, self.counted.merged(other.counted))

    def summary(self) -> NumericSummary:
        """Return what is known when all parts are in."""
        everybody = Moments()
        for moments in self.moments:
            everybody = everybody.merged(moments)
        whole = self.counted.together()
        own = [self.counted.quantiles(QUARTILES, i) for i in range(len(self.moments))]
        return NumericSummary(
            self.column,
            self.newest,
            (everybody, *self.moments),
            np.array([whole.quantiles(QUARTILES), *own]),
            np.array([0.0 if np.isnan(q[2]) else whole.position(q[2]) for q in own]),
            min(self.counted.decimals, MAX_DECIMALS),
        )


@dataclass(frozen=True, eq=False)
class LevelTally:
    """A categorical column of some rows: k × L rows of each level, and k with any value."""

    column: Column
    levels: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    known: npt.NDArray[np.float64]

    @classmethod
    def of(cls, values: LevelValues, labels: Integers, k: int) -> LevelTally:
        """Count the levels in each segment."""
        known = np.bincount(labels[values.known], minlength=k).astype(np.float64)
        return cls(values.column, values.levels, level_counts(values, labels, k), known)

    def merged(self, other: LevelTally) -> LevelTally:
        """Return the tally of both parts together."""
        return LevelTally(
            self.column, self.levels, self.counts + other.counts, self.known + other.known
        )

    def summary(self) -> LevelSummary:
        """Return what is known when all parts are in."""
        return LevelSummary(
            self.column,
            self.levels,
            np.vstack([self.counts.sum(axis=0), self.counts]),
            np.concatenate([[self.known.sum()], self.known]),
        )


@dataclass(frozen=True, eq=False)
class Tallies:
    """All used columns of some rows, every one of which is in a segment."""

    sizes: npt.NDArray[np.int64]
    numeric: tuple[NumericTally, ...]
    levels: tuple[LevelTally, ...]

    @classmethod
    def of(cls, measured: Measured, labels: Integers, k: int) -> Tallies:
        """Count some rows; labels are 0 to k − 1."""
        return cls(
            np.bincount(labels, minlength=k).astype(np.int64),
            tuple(NumericTally.of(v, labels, k) for v in measured.numeric),
            tuple(LevelTally.of(v, labels, k) for v in measured.levels),
        )

    def merged(self, other: Tallies) -> Tallies:
        """Return the tallies of both parts together."""
        return Tallies(
            self.sizes + other.sizes,
            tuple(a.merged(b) for a, b in zip(self.numeric, other.numeric, strict=True)),
            tuple(a.merged(b) for a, b in zip(self.levels, other.levels, strict=True)),
        )

    def summaries(self) -> Summaries:
        """Return what is known when all parts are in; quantiles keep `QUANTILE_ERROR`."""
        return Summaries(
            np.concatenate([[self.sizes.sum()], self.sizes]),
            tuple(one.summary() for one in self.numeric),
            tuple(one.summary() for one in self.levels),
        )
