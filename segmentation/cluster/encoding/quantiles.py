"""Quantiles of data that nobody holds at once, from counts that merge.

Numbers are counted in buckets of equal relative width: the leading bits of a float64 are its
exponent and the first digits of its mantissa, so that cutting the rest off is the bucket, in the
manner of a histogram with relative error (Masson, Rim and Lee 2019, *DDSketch: a fast and
fully-mergeable quantile sketch with relative-error guarantees*, sec. 2). Counts of parts add up
to exactly the counts of the whole, whatever the parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.intp]

#: Digits of the mantissa that are kept, in bits.
_BITS = 10
_CUT = np.int64(52 - _BITS)

#: Quantiles differ from the exact ones by at most this share of their value: half a bucket,
#: and another half where values are rounded to the decimals that the data have.
QUANTILE_ERROR = 2.0**-_BITS

#: Decimals up to which values count as written with so many; more than that is no grid.
_MOST_DECIMALS = 2


@dataclass(frozen=True, eq=False)
class Counted:
    """Numbers counted by bucket, in one or more groups.

    Attributes
    ----------
    codes : ndarray of int32, shape (c,)
        The buckets that hold anything, in the order of their values.
    counts : ndarray of int64, shape (groups, c)
    low, high : ndarray of float64, shape (groups,)
        The exact smallest and largest number of each group; NaN of an empty one.
    decimals : int
        Decimals with which all numbers can be written, 0 to 2; 3 where that is not enough.
    """

    codes: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]
    low: Floats
    high: Floats
    decimals: int = 0

    @classmethod
    def of(cls, values: Floats, groups: Groups | None = None, width: int = 1) -> Counted:
        """Count numbers without gaps.

        Parameters
        ----------
        values : ndarray, shape (n,)
        groups : ndarray of int, shape (n,), optional
            The group of each, 0 to ``width`` - 1; all in one by default.
        width : int
            Number of groups.
        """
        low, high = np.full(width, np.nan), np.full(width, np.nan)
        if len(values) == 0:
            nothing = np.zeros((width, 0), dtype=np.int64)
            return cls(np.zeros(0, dtype=np.int32), nothing, low, high)
        buckets = _bucket(values)
        first = int(buckets.min())
        held = np.bincount(buckets - first)
        used = np.flatnonzero(held)
        if groups is None:
            counts, low[0], high[0] = held[used][np.newaxis], values.min(), values.max()
        else:
            place = np.zeros(len(held), dtype=np.intp)
            place[used] = np.arange(len(used))
            cells = groups * len(used) + place[buckets - first]
            counts = np.bincount(cells, minlength=width * len(used)).reshape(width, len(used))
            np.fmin.at(low, groups, values)
            np.fmax.at(high, groups, values)
        codes = (used + first).astype(np.int32)
        return cls(codes, counts.astype(np.int64), low, high, _decimals(values))

    def merged(self, other: Counted) -> Counted:
        """Return the counts of both lots together."""
        codes = np.union1d(self.codes, other.codes)
        counts = np.zeros((len(self.counts), len(codes)), dtype=np.int64)
        for one in (self, other):
            counts[:, np.searchsorted(codes, one.codes)] += one.counts
        return Counted(
            codes, counts, np.fmin(self.low, other.low), np.fmax(self.high, other.high),
            max(self.decimals, other.decimals),
        )  # fmt: skip

    def together(self) -> Counted:
        """Return all groups as one."""
        return Counted(
            self.codes, self.counts.sum(axis=0, keepdims=True),
            np.fmin.reduce(self.low, keepdims=True), np.fmax.reduce(self.high, keepdims=True),
            self.decimals,
        )  # fmt: skip

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many numbers each group has, shape (groups,)."""
        sizes: npt.NDArray[np.int64] = self.counts.sum(axis=1)
        return sizes

    def quantiles(self, shares: Sequence[float], group: int = 0) -> Floats:
        """Return quantiles as `numpy.quantile` does, within `QUANTILE_ERROR` of the value.

        Parameters
        ----------
        shares : sequence of float
            0 to 1; those at 0 and 1 are exact.
        group : int

        Returns
        -------
        ndarray of float64, one for each share; NaN of an empty group
        """
        ends = np.cumsum(self.counts[group])
        if len(ends) == 0 or ends[-1] == 0:
            return np.full(len(shares), np.nan)
        ranks = (ends[-1] - 1) * np.asarray(shares, dtype=np.float64)
        values = np.clip(self._values(), self.low[group], self.high[group])
        below, above = np.floor(ranks), np.ceil(ranks)
        lower, upper = (
            values[np.searchsorted(ends, rank, side="right")] for rank in (below, above)
        )
        found: Floats = lower + (upper - lower) * (ranks - below)
        found[ranks == 0] = self.low[group]
        found[ranks == ends[-1] - 1] = self.high[group]
        return found

    def position(self, value: float) -> float:
        """Return the share of all numbers below a value; those in its bucket count half."""
        counts = self.counts.sum(axis=0)
        bucket = int(_bucket(np.array([value]))[0])
        below = counts[self.codes < bucket].sum() + counts[self.codes <= bucket].sum()
        return float(below) / (2 * max(int(counts.sum()), 1))

    def _values(self) -> Floats:
        """Return a number for each bucket: its middle, or the one on the data's grid."""
        size = np.abs(self.codes.astype(np.int64))
        edges = (size << _CUT).view(np.float64), ((size + 1) << _CUT).view(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            middle = edges[0] + (edges[1] - edges[0]) / 2
        middle = np.where(np.isfinite(middle), middle, edges[0])
        middle[size == 0] = 0.0
        if self.decimals <= _MOST_DECIMALS:
            middle = np.round(middle, self.decimals)
        return np.where(self.codes < 0, -middle, middle)


def _bucket(values: Floats) -> npt.NDArray[np.int32]:
    size = (np.abs(values).view(np.int64) >> _CUT).astype(np.int32)
    return np.where(values < 0, -size, size)


def _decimals(values: Floats) -> int:
    """Count the decimals that all values can be written with, looking at few first."""
    for decimals in range(_MOST_DECIMALS + 1):
        if all(np.array_equal(some, np.round(some, decimals)) for some in (values[:1_000], values)):
            return decimals
    return _MOST_DECIMALS + 1
