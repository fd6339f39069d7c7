"""Estimate the number of distinct values of a column from mergeable hash sketches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.cluster.row_sample import Hashes

#: Number of hashes kept in a sketch: up to this many distinct values the count is exact, beyond
#: it has an error of about 3 %.
_KEPT = 1_024


@dataclass(frozen=True, eq=False)
class Distinct:
    """A sketch of a column's distinct values: their smallest hashes.

    Bar-Yossef et al. (2002), *Counting distinct elements in a data stream*, algorithm 1.
    """

    hashes: Hashes

    @classmethod
    def of(cls, hashes: Hashes) -> Distinct:
        """Return the sketch of some hashes: the smallest distinct ones."""
        if len(hashes) > _KEPT:
            hashes = np.partition(hashes, _KEPT)[:_KEPT]
        return cls(np.unique(hashes))

    def merged(self, other: Distinct) -> Distinct:
        """Return the sketch of both parts combined."""
        return Distinct(np.union1d(self.hashes, other.hashes)[:_KEPT])

    @property
    def exact(self) -> bool:
        """Whether the sketch holds all hashes."""
        return len(self.hashes) < _KEPT

    @property
    def count(self) -> int:
        """Number of distinct values, estimated beyond `_KEPT`."""
        if self.exact:
            return len(self.hashes)
        return round((_KEPT - 1) * 2.0**64 / float(self.hashes[-1]))
