"""The header of a table: which line it is, what stands above it, and the names it gives."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.errors import ReadError
from segmentation.table.limits import Limits

#: A header fills at least this share of the columns.
_HEADER_FILL = 0.6
#: What looks like a number or a date, whatever its decimal mark; strict reading comes later.
NUMBER = re.compile(
    r"^\s*[-+(]?\s*[$€£¥]?\s*[-+]?[\d.,  ']*\d[\d.,  ']*(?:[eE][-+]?\d+)?\s*[%€$£)]?\s*$"
)
_DATE = re.compile(r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?$")


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the sample: its fields and the line it begins on (the first being 1)."""

    line: int
    fields: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many fields are not empty."""
        return sum(bool(field.strip()) for field in self.fields)


def find_header(
    rows: Sequence[tuple[str, ...]],
    first_line: int,
    limits: Limits,
    *,
    header_line: int | None = None,
) -> tuple[int, int, tuple[str, ...]]:
    """Find the header of a worksheet from its first rows.

    Parameters
    ----------
    rows : sequence of tuple of str
        Cells as text.
    first_line : int
        The line of the first of these rows.
    limits : Limits
        Bound of columns.
    header_line : int or None
        The user's choice; 0 says that there is no header.

    Returns
    -------
    header_line, first_line : int
        Lines of the header (0 where there is none) and of the first row.
    names : tuple of str
        The header's cells as written.
    """
    last = max((i for row in rows for i, cell in enumerate(row, 1) if cell.strip()), default=0)
    records = [
        Record(line, row[:last])
        for line, row in enumerate(rows, first_line)
        if any(cell.strip() for cell in row)
    ]
    return find_layout(records, limits, header_line)


def find_layout(
    records: list[Record], limits: Limits, header_line: int | None
) -> tuple[int, int, tuple[str, ...]]:
    """Find the header among the first records of a file.

    Parameters
    ----------
    records : list of Record
        Records of the sample; blank lines are none.
    limits : Limits
        Bound of columns.
    header_line : int or None
        The user's choice; 0 says that there is no header.

    Returns
    -------
    tuple
        As `find_header`.

    Raises
    ------
    ReadError
        There is one column, no row, or no record on the chosen line.
    """
    header, data = _split(records, header_line)
    names = _names(header, data)
    limits.check_columns(len(names))
    if len(names) < 2:
        raise one_column_error()
    if not data:
        raise ReadError(
            "The file has a header, but no rows under it. Export it again with the customers.",
            kind="no_rows",
        )
    return (header.line if header else 0), data[0].line, names


def one_column_error() -> ReadError:
    """Return the error for a file that has one column or an unknown delimiter."""
    return ReadError(
        "The file has only one column, or its columns are separated by a character that was "
        "not recognized. Segments need at least two columns.",
        kind="one_column",
    )


def _split(records: list[Record], header_line: int | None) -> tuple[Record | None, list[Record]]:
    """Split records into the header, if there is one, and the rows."""
    if header_line is not None:
        return _split_at(records, header_line)
    filled = [record for record in records if record.filled]
    if not filled:
        raise ReadError("The file is empty: its cells hold nothing.", kind="empty")
    width = Counter(len(record.fields) for record in filled).most_common(1)[0][0]
    full = max(2, math.ceil(_HEADER_FILL * width))
    start = next((i for i, record in enumerate(records) if record.filled >= full), 0)
    start = _after_comments(records, start, width)
    header, data = records[start], records[start + 1 :]
    rows = [record.fields for record in data if len(record.fields) >= width][:100]
    if looks_like_header(header.fields, rows):
        return header, data
    return None, records[start:]


def _after_comments(records: list[Record], start: int, width: int) -> int:
    """Return where the header is below lines that begin with "#", if there is one."""
    below = start
    while below < len(records) and records[below].fields[0].startswith("#"):
        below += 1
    rows = [record.fields for record in records[below + 1 :]]
    if below == start or not rows or len(records[below].fields) < width:
        return start
    return below if _votes(records[below].fields, rows[:100]) > 0 else start


def _split_at(records: list[Record], header_line: int) -> tuple[Record | None, list[Record]]:
    if header_line == 0:
        return None, records
    for i, record in enumerate(records):
        if record.line == header_line:
            return record, records[i + 1 :]
    raise ReadError(
        f"Line {header_line} cannot be the header: it is blank, inside a quoted cell, or beyond "
        "the beginning of the file.",
        kind="damaged",
    )


def looks_like_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first record names the columns.

    A column of numbers under a word speaks for a header, a number above numbers and a word that
    is repeated below speak against it.

    Examples
    --------
    >>> looks_like_header(["id", "city"], [["1", "Rome"], ["2", "Oslo"]])
    True
    >>> looks_like_header(["1", "Rome"], [["2", "Rome"], ["3", "Oslo"]])
    False
    """
    votes = _votes(first, rows)
    if votes == 0:
        named = [name.strip() for name in first if name.strip()]
        return not any(_is_value(name) for name in named)
    return votes > 0


def _votes(first: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Count what speaks for a header, less what speaks against it."""
    if _counts_years(first):
        return len(first)
    rows = [row for row in rows if tuple(row) != tuple(first)]
    votes = 0
    for j, name in enumerate(first):
        below = [row[j].strip() for row in rows if j < len(row) and row[j].strip()]
        votes += _vote(name.strip(), below)
    return votes


def _counts_years(first: Sequence[str]) -> bool:
    """Tell whether a record is a word and then years in equal steps: names, although numbers."""
    years = [int(name) for name in first if re.fullmatch(r"(?:19|20)\d\d", name.strip())]
    steps = {later - earlier for earlier, later in itertools.pairwise(years)}
    return len(years) >= 3 and len(years) == len(first) - 1 and len(steps) == 1 and steps != {0}


def _vote(name: str, below: list[str]) -> int:
    if not name or not below:
        return 0
    values = sum(_is_value(cell) for cell in below) / len(below)
    if values >= 0.8:
        return -1 if _is_value(name) else 1
    if name in below:
        return -1
    return -1 if _is_value(name) and values > 0 else 0


def _is_value(cell: str) -> bool:
    return bool(NUMBER.match(cell) or _DATE.match(cell))


def _names(header: Record | None, data: list[Record]) -> tuple[str, ...]:
    """Return a name for each column; rows longer than the header say that one is missing."""
    widths = Counter(len(record.fields) for record in data)
    usual = widths.most_common(1)[0][0] if widths else 0
    if header is None:
        return ("",) * usual
    names = header.fields
    if usual <= len(names) or widths[len(names)]:
        return names
    extra = [record.fields[len(names) :] for record in data if len(record.fields) == usual]
    if usual == len(names) + 1 and any(any(map(str.strip, fields)) for fields in extra):
        return ("", *names)  # row names without a heading of their own stand first
    return (*names, *[""] * (usual - len(names)))
