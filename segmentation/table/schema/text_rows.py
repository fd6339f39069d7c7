"""Output of a reader: columns of text, line numbers and the rows set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import DistinctText


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is not used: its line, its cells as written and the reason."""

    line: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True, eq=False)
class Records:
    """The rows of a file as columns of text.

    Attributes
    ----------
    columns : list of DistinctText
        One per column; empty cells are empty strings.
    lines : ndarray of int64, shape (n,)
        The line on which each row begins.
    set_aside : list of SetAside
        Rows with too few or too many cells.
    short_lines : list of int
        Lines of short rows that were padded with missing cells.
    """

    columns: list[DistinctText]
    lines: np.ndarray
    set_aside: list[SetAside] = field(default_factory=list)
    short_lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Raw:
    """The output of a reader of any format.

    Attributes
    ----------
    written : tuple of str
        The header as written; empty strings for missing names.
    records : Records
        Rows as text.
    choices : dict
        Detected or chosen: format, encoding, delimiter, header_line, sheet.
    issues : tuple of Issue
        Issues found by the reader.
    decimal : str or None
        The decimal mark, if already known.
    """

    written: tuple[str, ...]
    records: Records
    choices: dict[str, Any]
    issues: tuple[Issue, ...] = ()
    decimal: str | None = None
