"""Hashes of cells, rows and positions: 64 bits, the same wherever and however often computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]

#: Multipliers and shifts of SplitMix64's finalizer (Steele, Lea and Flood 2014, *Fast splittable
#: pseudorandom number generators*).
_ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = np.uint64(31)

#: Stands for a cell without a value.
_MISSING = np.uint64(0x9E3779B97F4A7C15)

#: Hashes that a sketch of the distinct values keeps: below that it is exact, beyond it is off by
#: 3 % or so.
_KEPT = 1_024


def mixed(bits: Hashes) -> Hashes:
    """Return well mixed bits; different ones stay different."""
    result = bits.copy()
    for shift, multiplier in _ROUNDS:
        result ^= result >> np.uint64(shift)
        result *= np.uint64(multiplier)
    result ^= result >> _LAST_SHIFT
    return result


def value_hashes(values: object) -> Hashes:
    """Hash distinct values: texts, numbers or times."""
    plain = np.asarray(values)
    if plain.dtype.kind == "M":
        return mixed(plain.astype("datetime64[us]").view(np.uint64))
    if plain.dtype.kind in "iuf":
        # Adding zero turns the negative zero into the positive one.
        return mixed((plain.astype(np.float64) + 0.0).view(np.uint64))
    words = plain.astype(object)
    return np.asarray(pd.util.hash_array(words, categorize=False), dtype=np.uint64)


def row_hashes(cells: list[tuple[npt.NDArray[np.intp], Hashes]], rows: int) -> Hashes:
    """Hash rows from codes into the hashes of each column's distinct values."""
    result = np.zeros(rows, dtype=np.uint64)
    for codes, hashes in cells:
        result ^= np.append(hashes, _MISSING)[codes]
        result = mixed(result)
    return result


def position_keys(lines: npt.NDArray[np.int64], seed: int) -> Hashes:
    """Return a random number for each position: the smallest make a uniform sample."""
    start = mixed(np.array([seed], dtype=np.uint64))[0]
    return mixed(lines.astype(np.uint64) ^ start)


@dataclass(frozen=True, eq=False)
class Distinct:
    """How many different values a column has: the smallest hashes of them.

    Bar-Yossef et al. (2002), *Counting distinct elements in a data stream*, algorithm 1.
    """

    hashes: Hashes

    @classmethod
    def of(cls, hashes: Hashes) -> Distinct:
        """Keep the smallest of the hashes of different values."""
        if len(hashes) > _KEPT:
            hashes = np.partition(hashes, _KEPT)[:_KEPT]
        return cls(np.unique(hashes))

    def merged(self, other: Distinct) -> Distinct:
        """Return the sketch of both parts together."""
        return Distinct(np.union1d(self.hashes, other.hashes)[:_KEPT])

    @property
    def exact(self) -> bool:
        """Whether all hashes are there."""
        return len(self.hashes) < _KEPT

    @property
    def count(self) -> int:
        """The number of different values, estimated beyond `_KEPT`."""
        if self.exact:
            return len(self.hashes)
        return round((_KEPT - 1) * 2.0**64 / float(self.hashes[-1]))
