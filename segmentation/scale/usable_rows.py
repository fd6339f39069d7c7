"""Typed rows of a part, without duplicates and rows with too many missing values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.encoder import MAX_MISSING_SHARE
from segmentation.scale.column_plan import ColumnPlan, type_part
from segmentation.scale.partitions.part import Part
from segmentation.scale.row_hashes import Places
from segmentation.table.schema.text_rows import SetAside


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a part.

    Attributes
    ----------
    frame, lines, places
        Typed rows, and their positions in the whole data set and in the part.
    bad
        Number of cells per column that do not fit its type, over all rows.
    set_aside
        Unusable rows.
    """

    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    places: Places
    bad: dict[str, int]
    set_aside: list[SetAside]


def kept_rows(
    part: Part,
    plans: Sequence[ColumnPlan],
    drop: Places,
    data: Any,
    bases: Sequence[str] = (),
) -> Iterator[Rows]:
    """Yield the rows of a part that are in use.

    Parameters
    ----------
    part, plans, data
        See `Part.batches`.
    drop
        Positions of duplicate rows to skip.
    bases
        Columns of which a row needs at least half; empty if all rows count.
    """
    done = 0
    for batch in part.batches(plans, data):
        typed = type_part(batch.columns, plans, batch.rows)
        frame, lines = typed.frame, batch.lines
        kept = np.ones(batch.rows, dtype=bool)
        if len(drop):
            here = drop[(drop >= done) & (drop < done + batch.rows)]
            kept[here - done] = False
        if bases:
            gaps = sum(frame[name].isna().to_numpy().astype(np.int32) for name in bases)
            kept &= np.asarray(gaps) <= MAX_MISSING_SHARE * len(bases)
        places = np.arange(done, done + batch.rows, dtype=np.int32)
        if not kept.all():
            frame, lines = frame[kept].reset_index(drop=True), lines[kept]
            places = places[kept]
        done += batch.rows
        yield Rows(frame, lines, places, typed.bad, batch.set_aside)
