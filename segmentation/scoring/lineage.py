"""Ids, colors and names that a refit keeps from an earlier model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.refit_identity import Identity, Members, overlap, shared_labels, trace
from segmentation.segments.segment import Lineage, Segment

Integers = npt.NDArray[np.intp]


def identities(
    previous: SegmentModel | None,
    frame: pd.DataFrame,
    labels: Integers,
    members: Members,
    k: int,
) -> tuple[tuple[Lineage, ...], list[Identity]]:
    """Give every segment an id and a color, kept where it continues an earlier one.

    Parameters
    ----------
    previous
        The earlier model, if any.
    frame, labels
        (n, …) rows and (n,) positions of their new segments.
    members
        Sketch of the new segments.
    k
        Number of new segments.

    Returns
    -------
    lineage
        One a segment, empty without an earlier model.
    identities
        One a segment.
    """
    if previous is None:
        return (), [Identity(f"s{i + 1}", i) for i in range(k)]
    counts = _shared_counts(previous, frame, labels, members, k)
    found = trace(counts, [segment.id for segment in previous.segments])
    old = {segment.id: segment for segment in previous.segments}
    highest = max((int(i[1:]) for i in old if i[1:].isdigit()), default=0)
    kept = {old[one.segment_id].color for one in found if one.segment_id}
    free = (color for color in range(2 * k + len(old)) if color not in kept)
    lineage, result = [], []
    for one in found:
        if one.segment_id:
            segment = old[one.segment_id]
            result.append(_continued(segment))
            lineage.append(one)
            continue
        highest += 1
        result.append(Identity(f"s{highest}", next(free)))
        lineage.append(Lineage(f"s{highest}", one.status, one.previous, one.jaccard))
    return tuple(lineage), result


def _continued(old: Segment) -> Identity:
    return Identity(old.id, old.color, old.name, old.archetype, old.named_by_user)


def _shared_counts(
    previous: SegmentModel, frame: pd.DataFrame, labels: Integers, members: Members, k: int
) -> npt.NDArray[np.float64]:
    """Count who is in which old and which new segment.

    By the customers that both tables share; where they share too few, by the segments that
    the earlier model's centers give to the customers of the new table.
    """
    n_old = len(previous.segments)
    shared = shared_labels(previous.members, members)
    if shared is not None:
        return overlap(shared[0], shared[1], n_old, k)
    try:
        ids = previous.assign(frame)["segment_id"]
    except DataError:  # another kind of table: nothing continues
        return np.zeros((n_old + 1, k + 1))
    old = pd.Index([segment.id for segment in previous.segments]).get_indexer(pd.Index(ids))
    return overlap(old, labels, n_old, k)
