"""What would move a customer to another segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.cells import day, level, number
from segmentation.cluster.column_encoding import LEVEL_KINDS, EncodedColumn
from segmentation.cluster.encoding import Encoder
from segmentation.scoring.answers import Change, ModelColumn, Value
from segmentation.scoring.assign import is_usable
from segmentation.scoring.boundaries import Boundaries, place
from segmentation.segments.segment import Segment

Floats = npt.NDArray[np.float64]

# Values tried between the smallest and the largest of training: the border of a number is
# found to within a 512th of its range, then rounded outwards to the decimals people use.
STEPS = 512


@dataclass(frozen=True)
class _Try:
    """Values of one column to try, as people write them and as the encoder reads them."""

    encoded: EncodedColumn
    choices: tuple[Value, ...]
    raw: Floats


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
    by_name = {column.name: column for column in columns}
    found: list[tuple[float, str, Change]] = []
    for encoded, block in zip(encoder.columns, encoder.blocks, strict=True):
        tried = _candidates(encoded, by_name[encoded.name], record.get(encoded.name))
        if not tried.choices:
            continue
        points = np.repeat(start, len(tried.choices), axis=0)
        points[:, block] = encoded.points(tried.raw)
        nearest = place(points, boundaries).nearest
        steps = (points[:, block] - start[:, block]).astype(np.float64)
        effort = np.einsum("ij,ij->i", steps, steps)
        effort[(nearest == home) | (nearest < 0)] = np.inf
        best = int(effort.argmin())
        if np.isfinite(effort[best]):
            segment = segments[int(nearest[best])]
            current = _current(record.get(encoded.name))
            change = Change(encoded.name, current, tried.choices[best], segment.id, segment.name)
            found.append((float(effort[best]), encoded.name, change))
    return tuple(change for _, _, change in sorted(found, key=lambda item: item[:2]))


def _candidates(encoded: EncodedColumn, column: ModelColumn, current: Any) -> _Try:
    if encoded.kind in LEVEL_KINDS:
        own = level(current)
        values: tuple[Value, ...] = tuple(name for name in encoded.levels if name != own)
        return _Try(encoded, values, np.array([encoded.read_value(v) for v in values]))
    if encoded.kind == "days":
        return _dates(encoded, day(current))
    return _numbers(encoded, column, number(current))


def _numbers(encoded: EncodedColumn, column: ModelColumn, current: float) -> _Try:
    if not encoded.minimum < encoded.maximum:
        return _Try(encoded, (), np.empty(0))
    grid = np.linspace(encoded.minimum, encoded.maximum, STEPS + 1)
    rounded = np.unique(np.round(grid, column.decimals))
    inside = rounded[(rounded >= encoded.minimum) & (rounded <= encoded.maximum)]
    raw = inside[inside != current]
    values = tuple(int(v) if column.decimals == 0 else float(v) for v in raw.tolist())
    return _Try(encoded, values, raw)


def _dates(encoded: EncodedColumn, current: float) -> _Try:
    days = np.unique(np.round(np.linspace(encoded.minimum, encoded.maximum, STEPS + 1)))
    raw = days[days != np.round(current)] if np.isfinite(current) else days
    values = tuple(f"{pd.Timestamp(d, unit='D'):%Y-%m-%d}" for d in raw.tolist())
    return _Try(encoded, values, raw)


def _current(value: Any) -> Value:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, np.generic):
        plain: Value = value.item()
        return plain
    return str(value)
