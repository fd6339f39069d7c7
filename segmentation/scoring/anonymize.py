"""What a model tells of single customers, and the same model without it.

A model that stays with its customers may know them. One that leaves them (a file, a shared model)
tells of groups alone:

* no sketch of who was in which segment, and no examples by row;
* no level that fewer than `FEWEST` customers have: to this model it is a level never seen;
* no lowest and highest values: both move outward to the next round number;
* quartiles with three digits at most, none at all of a segment of fewer than `FEWEST`.

Centers, shares and means stay: scoring needs them, and they are sums over a segment. The newest
date stays as well: it says how old the data are.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from segmentation.cluster.encoding.column_encoding import NUMBER_KINDS, EncodedColumn
from segmentation.cluster.encoding.column_statistics import FEWEST
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.scoring.answers import ModelColumn
from segmentation.scoring.form_columns import start_value
from segmentation.segments.refit_identity import Members
from segmentation.segments.segment import NumericProfile, Profile, Segment

if TYPE_CHECKING:
    from segmentation.scoring.segment_model import SegmentModel

#: Whole numbers with so few steps are points of a scale: the last one says nothing of anybody.
SCALE_STEPS = 10
#: Quartiles keep so many digits, and more only where the range of the column needs them.
DIGITS = 3

Columns = dict[str, ModelColumn]


def without_customers(model: SegmentModel) -> SegmentModel:
    """Return the model without what it tells of single customers.

    All customers get the same segment from it, but those with a level that was left out.
    """
    if model.anonymous:
        return model
    columns = {column.name: column for column in model.columns}
    encoded = tuple(_encoded(one, columns[one.name]) for one in model.encoder.columns)
    encoder = Encoder(encoded, model.encoder.mode)
    return replace(
        model,
        anonymous=True,
        members=Members.none(),
        everybody=_profile(model.everybody, columns),
        segments=tuple(_segment(segment, columns) for segment in model.segments),
        columns=tuple(_column(column) for column in model.columns),
        encoder=encoder,
        projection=replace(model.projection, feature_names=encoder.feature_names),
    )


def outward(low: float, high: float, decimals: int) -> tuple[float, float]:
    """Return a range with round ends beyond those of the customers.

    Examples
    --------
    >>> outward(12.34, 987654.32, 2), outward(18.0, 70.0, 0), outward(1.0, 5.0, 0)
    ((0.0, 990000.0), (17.0, 71.0), (1.0, 5.0))
    """
    span = high - low
    if not span > 0 or (decimals == 0 and span <= SCALE_STEPS):
        return low, high
    places = min(decimals, _places(span / 10))
    unit = 10.0**-places
    below = float(np.round(math.ceil(low / unit - 1) * unit, places))
    above = float(np.round(math.floor(high / unit + 1) * unit, places))
    # Amounts that are never negative stay so, and that there are none of them is no secret.
    return (max(below, 0.0) if low >= 0 else below), (min(above, 0.0) if high <= 0 else above)


def rounded(value: float, span: float) -> float:
    """Round a value of a column whose values span so much.

    Examples
    --------
    >>> rounded(523.17, 2975.0), rounded(54321.0, 180000.0), rounded(1987.0, 60.0)
    (523.0, 54300.0, 1987.0)
    """
    if value == 0 or not span > 0:
        return value
    places = max(DIGITS - 1 + _places(abs(value)), _places(span / 20))
    return float(np.round(value, places))


def _places(value: float) -> int:
    """Return the decimals of a number's first digit, negative before the point."""
    return -math.floor(math.log10(value))


def _column(column: ModelColumn) -> ModelColumn:
    levels = tuple(level for level in column.levels if level not in column.few)
    default = column.default
    if column.minimum is None or column.maximum is None or column.median is None:
        default = default if default in levels else next(iter(levels), None)
        return replace(column, levels=levels, few=(), default=default)
    low, high = outward(column.minimum, column.maximum, column.decimals)
    median = rounded(column.median, column.maximum - column.minimum)
    if column.newest is not None:
        default = str(date.fromisoformat(column.newest) - timedelta(days=round(median)))
    elif default is not None:
        default = start_value(median, column.decimals)
    return replace(column, minimum=low, maximum=high, median=median, default=default)


def _encoded(encoded: EncodedColumn, column: ModelColumn) -> EncodedColumn:
    if encoded.kind in NUMBER_KINDS:
        low, high = outward(encoded.minimum, encoded.maximum, column.decimals)
        return replace(encoded, minimum=low, maximum=high)
    if encoded.kind == "days":
        _, oldest = outward(0.0, encoded.maximum - encoded.minimum, 0)
        return replace(encoded, minimum=math.floor(encoded.maximum - oldest))
    names = {level: f"(rare {i})" for i, level in enumerate(encoded.few, 1)}
    features = {f"{encoded.name} = {old}": f"{encoded.name} = {new}" for old, new in names.items()}
    return replace(
        encoded,
        levels=tuple(names.get(level, level) for level in encoded.levels),
        others=tuple(level for level in encoded.others if level not in names),
        features=tuple(features.get(name, name) for name in encoded.features),
        few=(),
    )


def _segment(segment: Segment, columns: Columns) -> Segment:
    few = [level.casefold() for column in columns.values() for level in column.few]

    def tells(text: str) -> bool:
        return any(level in text.casefold() for level in few)

    return replace(
        segment,
        profile=_profile(segment.profile, columns),
        typical=(),
        borderline=(),
        traits=tuple(text for text in segment.traits if not tells(text)),
        rules=tuple(rule for rule in segment.rules if not tells(rule.text)),
        actions=tuple(action for action in segment.actions if not tells(action.because)),
    )


def _profile(profile: Profile, columns: Columns) -> Profile:
    few = profile.size < FEWEST
    return replace(
        profile,
        numeric={
            name: NOTHING if few else _numbers(own, columns[name])
            for name, own in profile.numeric.items()
        },
        levels={
            name: tuple(one for one in own if one.level not in columns[name].few)
            for name, own in profile.levels.items()
        },
    )


NOTHING = NumericProfile(*(math.nan,) * 6, None, 0.0)


def _numbers(own: NumericProfile, column: ModelColumn) -> NumericProfile:
    if column.minimum is None or column.maximum is None or math.isnan(own.minimum):
        return own
    span = column.maximum - column.minimum
    low, high = outward(own.minimum, own.maximum, column.decimals)
    return replace(
        own,
        median=rounded(own.median, span),
        q1=rounded(own.q1, span),
        q3=rounded(own.q3, span),
        minimum=low,
        maximum=high,
    )
