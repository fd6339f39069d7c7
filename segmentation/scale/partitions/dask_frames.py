"""Parts made from the partitions of a Dask DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.partitions.part import Batch, batch_rows


@dataclass(frozen=True, slots=True)
class FramePart:
    """One partition; ``first`` is the number of rows before it."""

    number: int
    first: int

    @property
    def file(self) -> str:
        """Name used in messages."""
        return f"partition {self.number}"

    def batches(self, plans: Sequence[ColumnPlan], data: Any) -> Iterator[Batch]:
        """Yield the planned columns of the partition ``data`` in batches of rows."""
        step = batch_rows(len(plans))
        data = data.set_axis([str(name) for name in data.columns], axis=1)
        for start in range(0, len(data), step):
            rows = data.iloc[start : start + step].reset_index(drop=True)
            lines = np.arange(start, start + len(rows), dtype=np.int64) + self.first
            columns: dict[str, Any] = {plan.name: rows[plan.written] for plan in plans}
            yield Batch(columns, len(rows), lines)


def lengths_of(frame: Any) -> list[int]:
    """Return the number of rows of each partition."""
    counted: list[int] = frame.map_partitions(len).compute().tolist()
    return counted


def head_of(frame: Any, rows: int) -> pd.DataFrame:
    """Return some rows of the first non-empty partitions."""
    for number in range(frame.npartitions):
        head: pd.DataFrame = frame.partitions[number].head(rows, compute=True)
        if len(head):
            return head
    return pd.DataFrame(frame.head(0))
