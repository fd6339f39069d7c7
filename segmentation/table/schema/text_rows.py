"""What a reader hands over: columns of text, the line of each row, and the rows set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import DistinctText


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is not used: where it begins, its cells as written, and why."""

    line: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True, eq=False)
class Records:
    """The rows of a file as columns of text.

    Attributes
    ----------
    columns : list of DistinctText
        One a column; empty cells are empty texts.
    lines : ndarray of int64, shape (n,)
        The line on which each row begins.
    set_aside : list of SetAside
        Rows with too few or too many cells.
    short_lines : list of int
        Lines of rows that lacked some cells and were filled up with missing ones.
    """

    columns: list[DistinctText]
    lines: np.ndarray
    set_aside: list[SetAside] = field(default_factory=list)
    short_lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Raw:
    """What a reader of any format hands over.

    Attributes
    ----------
    written : tuple of str
        The header as written; empty strings where names are missing.
    records : Records
        Rows as text.
    choices : dict
        What was found or chosen: format, encoding, delimiter, header_line, sheet.
    issues : tuple of Issue
        What the reader met.
    decimal : str or None
        The decimal mark if it is settled already.
    """

    written: tuple[str, ...]
    records: Records
    choices: dict[str, Any]
    issues: tuple[Issue, ...] = ()
    decimal: str | None = None
