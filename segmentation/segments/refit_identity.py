"""Identity across refits: which new segment continues which old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.segments.segment import Lineage

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]

KEPT_ABOVE = 0.5  # METHOD: id, name and color are kept above this Jaccard similarity
MOSTLY = 0.5  # a segment came from another if more than this share of it did
SKETCH = 4_096  # members kept; the Jaccard of a segment of a tenth is known to ± 0.03
FEWEST_SHARED = 30  # shared customers below this say nothing about overlap
# Any fixed key: the same customer must have the same hash in every model.
HASH_KEY = "segment-members!"


@dataclass(frozen=True)
class Identity:
    """Id and color of a segment, and what it was called if it continues an earlier one.

    Attributes
    ----------
    id, color
        To be kept.
    name, archetype, named_by_user
        Of the segment that it continues; no name where it is new.
    """

    id: str
    color: int
    name: str | None = None
    archetype: str | None = None
    named_by_user: bool = False


@dataclass(frozen=True, eq=False)
class Members:
    """A uniform sample of who was in which segment, without saying who.

    The ids with the smallest hashes form the same sample whatever table they come from: a
    bottom-k sketch [1]_. It is small, and holds hashes in place of ids.

    Attributes
    ----------
    hashes
        (m,) uint64, ascending, m at most `SKETCH`.
    labels
        (m,) int64: segment positions, −1 for none.

    References
    ----------
    .. [1] A. Z. Broder, "On the resemblance and containment of documents", Proceedings of
       Compression and Complexity of Sequences (1997) 21–29.
    """

    hashes: npt.NDArray[np.uint64]
    labels: npt.NDArray[np.int64]

    @classmethod
    def none(cls) -> Members:
        """Return the sketch of nobody."""
        return cls(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))

    @classmethod
    def sketch(cls, ids: pd.Series | None, labels: Labels) -> Members:
        """Keep the smallest hashes of the ids; nothing where there is no id column."""
        if ids is None:
            return cls.none()
        return cls(_hashes(ids), labels.astype(np.int64)).smallest()

    def merged(self, other: Members) -> Members:
        """Return the sketch of the customers of both."""
        hashes = np.concatenate([self.hashes, other.hashes])
        return Members(hashes, np.concatenate([self.labels, other.labels])).smallest()

    def reordered(self, order: npt.NDArray[np.intp]) -> Members:
        """Return the same customers, segment ``order[i]`` now being called i."""
        return Members(self.hashes, np.argsort(order)[self.labels])

    def smallest(self) -> Members:
        """Keep as many as a sketch holds."""
        smallest = np.argsort(self.hashes, kind="stable")[:SKETCH]
        return Members(self.hashes[smallest], self.labels[smallest])


def _hashes(ids: pd.Series) -> npt.NDArray[np.uint64]:
    words = ids.astype("str").to_numpy(dtype=object, na_value="")
    return np.asarray(
        pd.util.hash_array(words, hash_key=HASH_KEY, categorize=False), dtype=np.uint64
    )


def shared_labels(
    old: Members, new: Members
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Labels of the customers that two sketches share; ``None`` where they are too few.

    Both hold the customers with the smallest hashes, so that those they share are a uniform
    sample of the customers whom the two tables share.
    """
    if min(len(old.hashes), len(new.hashes)) < FEWEST_SHARED:
        return None
    _, first, second = np.intersect1d(old.hashes, new.hashes, return_indices=True)
    if len(first) < FEWEST_SHARED:
        return None
    return old.labels[first], new.labels[second]


def overlap(old: Labels, new: Labels, n_old: int, n_new: int) -> Floats:
    """Count the customers that each old and each new segment share.

    Parameters
    ----------
    old, new
        (n,) labels of the same customers; −1 for none.

    Returns
    -------
    ndarray of shape (n_old + 1, n_new + 1)
        The last row and column count customers in no segment.
    """
    rows = np.where(old < 0, n_old, old)
    columns = np.where(new < 0, n_new, new)
    width = n_new + 1
    counts = np.bincount(rows * width + columns, minlength=(n_old + 1) * width)
    return counts.reshape(n_old + 1, width).astype(np.float64)


def trace(counts: Floats, old_ids: Sequence[str]) -> tuple[Lineage, ...]:
    """Say for each new segment where it comes from.

    Pairs are chosen to make the sum of their Jaccard similarities largest (the assignment
    problem, H. W. Kuhn, "The Hungarian method", Naval Research Logistics Quarterly 2 (1955)
    83–97). A pair above `KEPT_ABOVE` is the same segment. Any other new segment is "merged" if
    it took in most of two or more old ones, "split" if most of it came from one old segment,
    else "new".

    Parameters
    ----------
    counts
        (n_old + 1, n_new + 1) from `overlap`.
    old_ids
        Ids of the old segments, n_old.

    Returns
    -------
    tuple of n_new Lineage
        Only matched ones have their final id; the others' is empty.
    """
    from scipy.optimize import linear_sum_assignment

    shared = counts[:-1, :-1]
    old_sizes, new_sizes = counts[:-1].sum(axis=1), counts[:, :-1].sum(axis=0)
    union = old_sizes[:, None] + new_sizes[None, :] - shared
    jaccard = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    rows, columns = linear_sum_assignment(-jaccard)
    partner = dict(zip(columns.tolist(), rows.tolist(), strict=True))
    found = []
    for j in range(shared.shape[1]):
        i = partner.get(j, -1)
        if i >= 0 and jaccard[i, j] > KEPT_ABOVE:
            found.append(Lineage(old_ids[i], "matched", (old_ids[i],), float(jaccard[i, j])))
        else:
            found.append(_unmatched(counts, jaccard[:, j], j, old_ids))
    return tuple(found)


def _unmatched(counts: Floats, jaccard: Floats, j: int, ids: Sequence[str]) -> Lineage:
    taken = counts[:-1, j]
    swallowed = np.flatnonzero(taken > MOSTLY * np.maximum(counts[:-1].sum(axis=1), 1))
    if len(swallowed) >= 2:
        first = sorted(swallowed.tolist(), key=lambda i: (-taken[i], i))
        return Lineage("", "merged", tuple(ids[i] for i in first), float(jaccard[first[0]]))
    origin = int(taken.argmax())
    if taken[origin] > MOSTLY * max(float(counts[:, j].sum()), 1):
        return Lineage("", "split", (ids[origin],), float(jaccard[origin]))
    return Lineage("", "new", (), float(jaccard.max(initial=0.0)))
