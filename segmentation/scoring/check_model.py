"""What a model must be before anything is asked of it: within bounds, and of one piece.

The types of single values are checked before (`segmentation.scoring.typed_json`). Whatever passes
here can be scored with and shown without a fault, whoever wrote the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.dbscan import BALLS
from segmentation.cluster.encoding.column_encoding import LEVEL_KINDS, NUMBER_KINDS, EncodedColumn
from segmentation.cluster.encoding.column_fitting import MODES
from segmentation.cluster.projection import AXES
from segmentation.cluster.selection.evidence import GRADES, LARGEST_K
from segmentation.errors import ModelFileError
from segmentation.scoring.answers import ModelColumn
from segmentation.segments.naming.segment_names import LONGEST
from segmentation.segments.profiles.summaries import MAX_DECIMALS
from segmentation.segments.refit_identity import SKETCH, Members
from segmentation.segments.segment import Profile, Segment
from segmentation.table.header.column_names import LONGEST_NAME
from segmentation.table.schema.columns import Role, Use
from segmentation.table.schema.limits import Limits

if TYPE_CHECKING:
    from segmentation.scoring.segment_model import SegmentModel

MAX_COLUMNS = Limits().columns  # as many as a table may have
# Principal components of more features than these take minutes and gigabytes.
MAX_FEATURES = 5_000
# A cell may hold 32,767 characters; a level is read on a chart.
LONGEST_LEVEL = 1_000
SEGMENT_ID = re.compile(r"s[1-9]\d{0,5}")
MAX_COLOR = 10_000
# Squares of encoded values and their quotients stay far from the largest float64.
MOST, LEAST = 1e30, 1e-30
# Values of customers, whose differences and roundings stay finite as well.
FARTHEST_VALUE = 1e300
# Days since 1970 that a timestamp in nanoseconds can hold.
FARTHEST_DAY = 100_000
SHORT = 60  # a meaning, a currency, a date
KINDS = NUMBER_KINDS | LEVEL_KINDS | {"days"}


def check_model(model: SegmentModel) -> None:
    """Refuse a model that is larger than models are, or whose parts do not belong together.

    Raises
    ------
    ModelFileError
        With the first fault that is found.
    """
    for fault in _too_large(model):
        raise ModelFileError(f"The model is too large: {fault}.")
    for fault in _faults(model):
        raise ModelFileError(f"The model file is damaged: {fault}.")


def _too_large(model: SegmentModel) -> Iterator[str]:
    counts = {
        "segments": (len(model.segments), LARGEST_K),
        "columns": (len(model.columns), MAX_COLUMNS),
        "features": (len(model.encoder.feature_names), MAX_FEATURES),
    }
    for what, (count, most) in counts.items():
        if count > most:
            yield f"it has {count:,} {what}, and at most {most:,} are taken"
    for column in model.columns:
        if len(column.name) > LONGEST_NAME:
            yield f"the name of a column has more than {LONGEST_NAME} characters"
    for level in _levels(model):
        if len(level) > LONGEST_LEVEL:
            yield f"a level of a column has more than {LONGEST_LEVEL:,} characters"


def _levels(model: SegmentModel) -> Iterator[str]:
    for encoded in model.encoder.columns:
        yield from (*encoded.levels, *encoded.others)
    for column in model.columns:
        yield from column.levels


def _faults(model: SegmentModel) -> Iterator[str]:
    k, p = len(model.segments), len(model.encoder.feature_names)
    names = [column.name for column in model.columns]
    if not (_differ(names) and _differ(model.bases) and set(names).issuperset(model.bases)):
        yield "its columns do not belong together"
    if model.encoder.mode not in MODES or not model.bases:
        yield "its encoding is none that exists"
    for encoded in model.encoder.columns:
        if not _encodes(encoded):
            yield "the encoding of a column does not fit together"
    for column in model.columns:
        if not _describes(column):
            yield "the description of a column does not fit together"
    yield from _segment_faults(model)
    yield from _story_faults(model, set(names))
    yield from _array_faults(model, k, p)
    if model.projection.feature_names != model.encoder.feature_names:
        yield "its map does not belong to its columns"


def _segment_faults(model: SegmentModel) -> Iterator[str]:
    ids = [segment.id for segment in model.segments]
    if not (ids and _differ(ids) and _differ(segment.name for segment in model.segments)):
        yield "its segments do not belong together"
    for segment in model.segments:
        if not _is_segment(segment):
            yield "a segment is none that exists"
    for profile in (model.everybody, *(segment.profile for segment in model.segments)):
        if not _profiles(profile, model.columns):
            yield "the profile of a segment does not fit its columns"


def _story_faults(model: SegmentModel, names: set[str]) -> Iterator[str]:
    if model.verdict.grade not in GRADES or not 0 <= model.n_used <= model.n_rows:
        yield "its verdict and its parts do not belong together"
    if not {one.column for one in model.importance} <= names:
        yield "its importance tells of columns that it does not have"
    ids = {segment.id for segment in model.segments}
    if not all(line.segment_id in ids for line in model.lineage):
        yield "its lineage tells of segments that it does not have"


def _array_faults(model: SegmentModel, k: int, p: int) -> Iterator[str]:
    boundaries, projection = model.boundaries, model.projection
    arrays = [
        boundaries.centers, boundaries.reach, boundaries.spread, *boundaries.scorer.values(),
        projection.mean, projection.components, projection.explained_variance_ratio,
    ]  # fmt: skip
    if not all(array.dtype == np.float64 and _within(array, MOST) for array in arrays):
        yield "an array holds values that are not numbers"
    elif not (
        boundaries.fit_together(k, p)
        and projection.mean.shape == (p,)
        and projection.components.shape == (AXES, p)
        and projection.explained_variance_ratio.shape == (AXES,)
    ):
        yield "its parts do not belong together"
    elif (
        boundaries.spread.min(initial=1.0) < LEAST
        or boundaries.scorer.get("radius", boundaries.spread).min(initial=1.0) < LEAST
        or len(boundaries.scorer.get("points", ())) > BALLS * k
    ):
        yield "the borders of its segments are none"
    if not _sketches(model.members, k):
        yield "its sketch of customers is none"


def _differ(names: Iterable[str]) -> bool:
    known = list(names)
    return len(known) == len(set(known))


def _within(values: npt.NDArray[Any] | float, most: float) -> bool:
    """Say whether all are finite and no larger; NaN is not. Nothing is copied."""
    found = np.asarray(values)
    return bool(-most <= found.min(initial=0.0) and found.max(initial=0.0) <= most)


def _encodes(column: EncodedColumn) -> bool:
    """Say whether what was learned about a column can be used."""
    one_hot = column.kind == "one_hot"
    features = len(column.features)
    # Rare levels share a feature, whether or not their names are known.
    shared = features - len(column.levels) - column.has_missing
    return (
        column.kind in KINDS
        and _differ(column.levels)
        and (bool(column.others) <= shared <= 1 if one_hot else features == 1)
        and features == len(column.center)
        and _within(np.array(column.center), FARTHEST_VALUE)
        and LEAST <= column.weight <= MOST
        and (LEAST if one_hot else 1 / FARTHEST_VALUE) <= column.scale <= FARTHEST_VALUE
        and _ranges(column.minimum, column.maximum, column.kind)
        and _fills(column)
    )


def _fills(column: EncodedColumn) -> bool:
    """Say whether what stands in for a missing cell is a value of the column."""
    if math.isnan(column.fill):
        return True
    if column.kind not in LEVEL_KINDS:
        return _within(column.fill, FARTHEST_DAY if column.kind == "days" else FARTHEST_VALUE)
    codes = len(column.features) if column.kind == "one_hot" else len(column.levels)
    return column.fill in range(codes)


def _ranges(low: float, high: float, kind: str) -> bool:
    """Say whether a range is one, or unknown at both ends."""
    if math.isnan(low) or math.isnan(high):
        return math.isnan(low) and math.isnan(high)
    most = FARTHEST_DAY if kind == "days" else FARTHEST_VALUE
    return low <= high and _within(low, most) and _within(high, most)


def _describes(column: ModelColumn) -> bool:
    """Say whether a form can ask for a column."""
    numbers = [column.minimum, column.maximum, column.median]
    known = [value for value in numbers if value is not None]
    in_range = len(known) in {0, 3} and all(_within(value, FARTHEST_VALUE) for value in known)
    return (
        column.role in set(Role)
        and column.use in set(Use)
        and 0 <= column.decimals <= MAX_DECIMALS
        and _differ(column.levels)
        and in_range
        and sorted(known[:2]) == known[:2]
        and max(len(column.meaning or ""), len(column.currency)) <= SHORT
        and (column.newest is None or _is_day(column.newest))
        and _starts(column)
    )


def _starts(column: ModelColumn) -> bool:
    """Say whether the field of a column can start with its default."""
    start = column.default
    if start is None:
        return True
    if not column.is_numeric:
        return start in column.levels
    if column.role == Role.DATE and column.newest is not None:
        return isinstance(start, str) and _is_day(start)
    return not isinstance(start, str) and _within(start, FARTHEST_VALUE)


def _is_day(text: str) -> bool:
    try:
        return abs((date.fromisoformat(text) - date(1970, 1, 1)).days) <= FARTHEST_DAY
    except ValueError:
        return False


def _is_segment(segment: Segment) -> bool:
    shares = (segment.share, segment.revenue_share, segment.stability)
    return (
        SEGMENT_ID.fullmatch(segment.id) is not None
        and 1 <= len(segment.name) <= LONGEST
        and 0 <= segment.color < MAX_COLOR
        and segment.size >= 0
        and all(share is None or 0 <= share <= 1 for share in shares)
        and min((*segment.typical, *segment.borderline), default=0) >= 0
    )


def _profiles(profile: Profile, columns: Iterable[ModelColumn]) -> bool:
    """Say whether a profile tells of the columns of the model, and of these alone."""
    numeric = {column.name for column in columns if column.is_numeric}
    levels = {column.name: column.levels for column in columns if not column.is_numeric}
    return (
        profile.size >= 0
        and 0 <= profile.share <= 1
        and set(profile.numeric) == numeric
        and {name: tuple(one.level for one in own) for name, own in profile.levels.items()}
        == levels
    )


def _sketches(members: Members, k: int) -> bool:
    return (
        members.hashes.shape == members.labels.shape
        and members.hashes.ndim == 1
        and len(members.hashes) <= SKETCH
        and (members.hashes.dtype.str, members.labels.dtype.str) == ("<u8", "<i8")
        and members.labels.min(initial=0) >= -1
        and members.labels.max(initial=0) < k
    )
