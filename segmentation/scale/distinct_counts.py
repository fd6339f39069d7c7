"""How many different values a column has, from hashes that merge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.cluster.row_sample import Hashes

#: Hashes that a sketch of the distinct values keeps: below that it is exact, beyond it is off by
#: 3 % or so.
_KEPT = 1_024


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
