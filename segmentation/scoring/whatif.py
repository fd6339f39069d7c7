"""What would move a customer to another segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.cell_values import day, level, number
from segmentation.cluster.encoding.column_encoding import LEVEL_KINDS, EncodedColumn
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.scoring.answers import Change, ModelColumn, Value
from segmentation.scoring.assign import is_usable
from segmentation.scoring.boundaries import Boundaries, Surroundings, place
from segmentation.segments.segment import Segment

Floats = npt.NDArray[np.float64]

# Values tried between the smallest and the largest of training: the border of a number is
# found to within a 512th of its range, then rounded outwards to the decimals people use.
STEPS = 512


def smallest_changes(
    record: Mapping[str, Any],
    encoder: Encoder,
    boundaries: Boundaries,
    segments: Sequence[Segment],
    columns: Sequence[ModelColumn],
) -> tuple[Change, ...]:
    """Find for each column the smallest change that alone leads to another segment.

    Parameters
    ----------
    record
        One customer.
    encoder, boundaries, segments, columns
        Parts of the model.

    Returns
    -------
    tuple of Change
        At most one a column; columns that cannot move the customer alone within what training
        saw are left out, and all for a customer with too much missing to have a segment.
        Least effort first, measured by the distance moved in the model's standardized space.
    """
    if not is_usable(record, encoder):
        return ()
    start = encoder.transform_record(record)
    home = int(place(start, boundaries).nearest[0])
    around = Surroundings.of(start[0], boundaries)
    by_name = {column.name: column for column in columns}
    found: list[tuple[float, str, Change]] = []
    for encoded, block in zip(encoder.columns, encoder.blocks, strict=True):
        column, current = by_name[encoded.name], record.get(encoded.name)
        raw = _candidates(encoded, column, current)
        steps = encoded.points(raw).astype(np.float32).astype(np.float64) - start[0, block]
        nearest = _elsewhere(around.nearness(steps, block), home, around)
        effort = np.where(nearest < 0, np.inf, np.einsum("ij,ij->i", steps, steps))
        best = int(effort.argmin()) if len(effort) else 0
        if len(effort) and np.isfinite(effort[best]):
            segment = segments[int(nearest[best])]
            needed = _written(encoded, column, float(raw[best]))
            change = Change(encoded.name, _current(current), needed, segment.id, segment.name)
            found.append((float(effort[best]), encoded.name, change))
    return tuple(change for _, _, change in sorted(found, key=lambda item: item[:2]))


def _elsewhere(measures: Floats, home: int, around: Surroundings) -> npt.NDArray[np.intp]:
    """Return the segment that each change surely leads to, −1 where it stays or is not sure."""
    nearest = measures.argmin(axis=0)
    least = measures.min(axis=0, initial=np.inf)
    left = nearest != home
    if home >= 0:
        left &= measures[home] - least > around.slack
    if "points" in around.boundaries.scorer:
        left &= least < 1 - around.slack
    return np.where(left, nearest, -1)


def _candidates(encoded: EncodedColumn, column: ModelColumn, current: Any) -> Floats:
    """Return the raw numbers to try, as the encoder reads them."""
    if encoded.kind in LEVEL_KINDS:
        own = level(current)
        return np.array([code for code, name in enumerate(encoded.levels) if name != own], float)
    if not encoded.minimum < encoded.maximum:
        return np.empty(0)
    grid = np.linspace(encoded.minimum, encoded.maximum, STEPS + 1)
    if encoded.kind == "days":
        grid = np.unique(np.round(grid))
        return np.asarray(grid[grid != np.round(day(current))])
    rounded = np.unique(np.round(grid, column.decimals))
    inside = rounded[(rounded >= encoded.minimum) & (rounded <= encoded.maximum)]
    return np.asarray(inside[inside != number(current)])


def _written(encoded: EncodedColumn, column: ModelColumn, raw: float) -> Value:
    """Write a raw number as people do."""
    if encoded.kind in LEVEL_KINDS:
        return encoded.levels[int(raw)]
    if encoded.kind == "days":
        return f"{pd.Timestamp(raw, unit='D'):%Y-%m-%d}"
    return int(raw) if column.decimals == 0 else raw


def _current(value: Any) -> Value:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, np.generic):
        plain: Value = value.item()
        return plain
    return str(value)
