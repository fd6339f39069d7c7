"""Exact copies of rows, wherever they stand: found by 64-bit hashes, range by range.

Two different rows among a billion share a hash with a chance of 3 %; such a row would be taken
for a copy. Each range of hashes is compared by itself, so that no process sees them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.scale.hashing import Hashes

#: Positions of rows in use in their part.
Places = npt.NDArray[np.int32]

#: Hashes that are compared in one process.
RANGE = 4_000_000


def ranges_for(rows: int) -> int:
    """Return into how many ranges the hashes of so many rows are cut."""
    return max(1, math.ceil(rows / RANGE))


def by_range(scanned: tuple[Any, Hashes], ranges: int) -> list[tuple[Hashes, Places]]:
    """Cut the hashes of a part's rows, with their places, into ranges."""
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


def copies_among(parts: Sequence[tuple[Hashes, Places]]) -> dict[int, Places]:
    """Return for each part the places of its rows whose hash an earlier row has."""
    hashes = np.concatenate([one for one, _ in parts])
    order = np.argsort(hashes, kind="stable")
    again = hashes[order[1:]] == hashes[order[:-1]]
    later = np.sort(order[1:][again])
    ends = np.cumsum([0, *(len(one) for one, _ in parts)])
    of_parts = np.searchsorted(ends, later, side="right") - 1
    return {
        part: parts[part][1][later[of_parts == part] - ends[part]]
        for part in np.unique(of_parts).tolist()
    }
