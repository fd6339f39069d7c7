"""Profiles as one table, for those who go on computing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from segmentation.segments.segment import Profile, Segment

EVERYBODY = "Everybody"
COLUMNS = (
    "segment_id", "segment", "column", "level", "mean", "median", "q1", "q3", "minimum",
    "maximum", "index", "z", "share", "lift",
)  # fmt: skip


def profile_table(segments: Sequence[Segment], everybody: Profile) -> pd.DataFrame:
    """Lay out all profiles in long form.

    Parameters
    ----------
    segments, everybody
        Of a model.

    Returns
    -------
    DataFrame
        One row for each group and number, and for each group and level; everybody comes last,
        with an empty ``segment_id``. Measures that do not apply are missing.
    """
    rows: list[dict[str, Any]] = []
    for segment in segments:
        rows.extend(_rows(segment.id, segment.name, segment.profile))
    rows.extend(_rows("", EVERYBODY, everybody))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(segment_id: str, name: str, profile: Profile) -> Iterator[dict[str, Any]]:
    group = {"segment_id": segment_id, "segment": name}
    for column, numbers in profile.numeric.items():
        measures = {field: getattr(numbers, field) for field in COLUMNS[4:12]}
        yield {**group, "column": column, **measures}
    for column, levels in profile.levels.items():
        for one in levels:
            measures = {"level": one.level, "share": one.share, "lift": one.lift}
            yield {**group, "column": column, **measures}
