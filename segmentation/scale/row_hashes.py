"""Find exact duplicates of rows across all parts by 64-bit hashes.

Among a billion rows, the chance that two different ones share a hash is 3 %; one would then be
taken for a duplicate. Ranges of hashes are compared separately, so that no process needs them
all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.cluster.row_sample import Hashes, repeats

#: Positions of rows within their part, among the rows in use.
Places = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Copies:
    """Rows of a part that equal an earlier row of the data set.

    Attributes
    ----------
    places
        Their positions, ascending.
    numbers
        Number of earlier rows that equal each.
    """

    places: Places
    numbers: Places

    @classmethod
    def joined(cls, some: Sequence[Copies]) -> Copies:
        """Return the duplicates of a part, combined from all ranges."""
        places = np.concatenate([_NO_PLACES, *(one.places for one in some)])
        numbers = np.concatenate([_NO_PLACES, *(one.numbers for one in some)])
        rising = np.argsort(places)
        return cls(places[rising], numbers[rising])

    def numbers_at(self, places: Places) -> Places:
        """Return the number of earlier equal rows for the rows at some positions."""
        numbers = np.zeros(len(places), dtype=np.int32)
        if len(self.places):
            found = np.minimum(np.searchsorted(self.places, places), len(self.places) - 1)
            equal = self.places[found] == places
            numbers[equal] = self.numbers[found[equal]]
        return numbers


_NO_PLACES = np.zeros(0, dtype=np.int32)

#: The value for a part without duplicates.
NO_COPIES = Copies(_NO_PLACES, _NO_PLACES)

#: Number of hashes compared in one process.
RANGE = 4_000_000


def ranges_for(rows: int) -> int:
    """Return the number of hash ranges for a number of rows."""
    return max(1, math.ceil(rows / RANGE))


def by_range(scanned: tuple[Any, Hashes], ranges: int) -> list[tuple[Hashes, Places]]:
    """Return the hashes of a part's rows with their positions, split into ranges."""
    hashes = scanned[1]
    places = np.arange(len(hashes), dtype=np.int32)
    if ranges == 1:
        return [(hashes, places)]
    width = np.uint64(2**64 // ranges + 1)
    of_rows = (hashes // width).astype(np.int16)
    order = np.argsort(of_rows, kind="stable")  # 16 bits sort in linear time
    ends = np.searchsorted(of_rows[order], np.arange(ranges + 1))
    return [
        (hashes[order[a:b]], places[order[a:b]])
        for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    ]


def copies_among(parts: Sequence[tuple[Hashes, Places]]) -> dict[int, Copies]:
    """Return the rows whose hash occurred in an earlier row, by part."""
    later, numbers = repeats(np.concatenate([one for one, _ in parts]))
    ends = np.cumsum([0, *(len(one) for one, _ in parts)])
    of_parts = np.searchsorted(ends, later, side="right") - 1
    return {
        part: Copies(
            parts[part][1][later[of_parts == part] - ends[part]],
            numbers[of_parts == part].astype(np.int32),
        )
        for part in np.unique(of_parts).tolist()
    }
