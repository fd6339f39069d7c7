"""Parts of a data set: small enough for one process, read by themselves, in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from segmentation.scale.column_plan import ColumnPlan
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.text_rows import SetAside

#: Bytes of typed cells that one batch may take, and the most rows of it.
BATCH_BYTES = 32 * 1024 * 1024
BATCH_ROWS = 131_072


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a part, as they stand in the file.

    Attributes
    ----------
    columns
        Cells by name in use: text, or a series whose type says what it holds.
    rows
        How many there are.
    lines
        (rows,) their positions among the lines or rows of all files, which never repeat.
    set_aside
        Rows that cannot be used.
    """

    columns: dict[str, DistinctText | pd.Series]
    rows: int
    lines: np.ndarray
    set_aside: list[SetAside] = field(default_factory=list)


class Part(Protocol):
    """One part; small, and sent to whoever shall read it."""

    @property
    def file(self) -> str:
        """Name of the file that the part belongs to."""

    def batches(self, plans: Sequence[ColumnPlan], data: Any) -> Iterator[Batch]:
        """Read the planned columns; ``data`` is the part itself where it is in memory."""


def batch_rows(columns: int) -> int:
    """Return how many rows of so many columns are read at once.

    Examples
    --------
    >>> batch_rows(11), batch_rows(500)
    (131072, 8388)
    """
    return max(1_000, min(BATCH_ROWS, BATCH_BYTES // (8 * max(columns, 1))))
