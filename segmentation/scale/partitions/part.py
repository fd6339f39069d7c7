"""Parts of a data set: each fits one process and is read independently in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from segmentation.scale.column_plan import ColumnPlan
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.text_rows import SetAside

#: Maximum bytes of typed cells in a batch, and maximum rows.
BATCH_BYTES = 32 * 1024 * 1024
BATCH_ROWS = 131_072


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a part, as stored in the file.

    Attributes
    ----------
    columns
        Cells by name in use: text, or a series with a meaningful dtype.
    rows
        Number of rows.
    lines
        Unique positions among the lines or rows of all files, shape (rows,).
    set_aside
        Unusable rows.
    """

    columns: dict[str, DistinctText | pd.Series]
    rows: int
    lines: np.ndarray
    set_aside: list[SetAside] = field(default_factory=list)


class Part(Protocol):
    """One part of a data set: a small description that is sent to the process reading it."""

    @property
    def file(self) -> str:
        """Name of the part's file."""

    def batches(self, plans: Sequence[ColumnPlan], data: Any) -> Iterator[Batch]:
        """Yield the planned columns in batches; ``data`` is the part's data if in memory."""


def batch_rows(columns: int) -> int:
    """Return the number of rows per batch for a number of columns.

    Examples
    --------
    >>> batch_rows(11), batch_rows(500)
    (131072, 8388)
    """
    return max(1_000, min(BATCH_ROWS, BATCH_BYTES // (8 * max(columns, 1))))
