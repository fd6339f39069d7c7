"""Find the header of a table: its line, the lines above it and the column names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.errors import ReadError
from segmentation.table.header.header_evidence import (
    Record,
    header_votes,
    looks_like_header,
    rows_below,
)
from segmentation.table.header.multi_row_header import header_rows, merged_names
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.limits import Limits

#: Prefixes of comment lines.
_COMMENTS = ("#", "//", "%", ";", "--", "!", "*")

#: Minimum share of columns that a header fills.
_HEADER_FILL = 0.6


@dataclass(frozen=True, slots=True)
class Layout:
    """The position of the header and the rows of a table.

    Attributes
    ----------
    header_line, first_line : int
        Lines of the header (the first if there are several, 0 if there is none) and of the first
        row.
    names : tuple of str
        The header's cells as written; empty strings if there is no header.
    issues : tuple of Issue
        Assumptions to report.
    """

    header_line: int
    first_line: int
    names: tuple[str, ...]
    issues: tuple[Issue, ...]


def find_header(
    rows: Sequence[tuple[str, ...]],
    first_line: int,
    limits: Limits,
    *,
    header_line: int | None = None,
) -> Layout:
    """Return the layout of a worksheet, found from its first rows.

    Parameters
    ----------
    rows : sequence of tuple of str
        Cells as text.
    first_line : int
        Line number of the first of these rows.
    limits : Limits
        Maximum number of columns.
    header_line : int or None
        The user's choice; 0 means no header.

    """
    last = _last_filled(rows)
    records = [
        Record(line, row[:last])
        for line, row in enumerate(rows, first_line)
        if any(cell.strip() for cell in row)
    ]
    return find_layout(records, limits, header_line)


def find_layout(records: list[Record], limits: Limits, header_line: int | None) -> Layout:
    """Return the layout of a file, found from its first records.

    Parameters
    ----------
    records : list of Record
        Records of the sample, without blank lines.
    limits : Limits
        Maximum number of columns.
    header_line : int or None
        The user's choice; 0 means no header.

    Raises
    ------
    ReadError
        There is only one column, no row, or no record on the chosen line.
    """
    above, header, data = _split(records, header_line)
    names = _names(header, data)
    issues = _issues(above, header)
    if len(names) > limits.columns:
        used = _last_filled([names, *(record.fields[: len(names)] for record in data)])
        if used < len(names):
            issues.append(empty_columns(len(names) - used))
        names = names[:used]
    limits.check_columns(len(names))
    if len(names) < 2:
        raise one_column_error()
    if not data:
        raise ReadError(
            "The file has a header, but no rows under it. Export it again with the customers.",
            kind="no_rows",
        )
    first = header[0].line if header else 0
    return Layout(first, data[0].line, names, tuple(issues))


def _issues(above: list[Record], header: list[Record]) -> list[Issue]:
    """Return issues for lines not read as rows: lines above the table, multi-row headers."""
    issues = []
    if not header:
        issues.append(
            Issue(
                kind="no_header",
                column=None,
                count=1,
                suggestion=(
                    "The first row looks like data, so columns were named by their position."
                ),
            )
        )
    if above:
        place = "header" if header else "first row"
        lines = f"1 line stands above the {place} and was"
        if len(above) > 1:
            lines = f"{len(above):,} lines stand above the {place} and were"
        issues.append(
            Issue(
                kind="lines_above",
                column=None,
                count=len(above),
                lines=tuple(record.line for record in above),
                examples=tuple(" ".join(filter(None, r.fields))[:60].strip() for r in above[:5]),
                suggestion=f"{lines} not read as rows.",
            )
        )
    if len(header) > 1:
        issues.append(
            Issue(
                kind="header_rows",
                column=None,
                count=len(header),
                lines=tuple(record.line for record in header),
                suggestion=(
                    f"The names stand in {len(header)} lines, {header[0].line} to "
                    f"{header[-1].line}, and were put together. Choose the header line if that "
                    "is wrong."
                ),
            )
        )
    return issues


def one_column_error() -> ReadError:
    """Return the error for a file with only one column or an unknown delimiter."""
    return ReadError(
        "The file has only one column, or its columns are separated by a character that was "
        "not recognized. Segments need at least two columns.",
        kind="one_column",
    )


#: Records above the header, in the header (empty if there is none), and of the data.
_Parts = tuple[list[Record], list[Record], list[Record]]


def _split(records: list[Record], header_line: int | None) -> _Parts:
    """Split records into those above the header, the header, and the data."""
    if header_line is not None:
        return _split_at(records, header_line)
    filled = [record for record in records if record.filled]
    if not filled:
        raise ReadError("The file is empty: its cells hold nothing.", kind="empty")
    width = Counter(len(record.fields) for record in filled).most_common(1)[0][0]
    full = max(2, math.ceil(_HEADER_FILL * width))
    start = next((i for i, record in enumerate(records) if record.filled >= full), 0)
    start = _below_narrow_lines(records, start, width)
    start = _after_comments(records, start, width)
    start = _sparse_header(records, start, width)
    if not looks_like_header(records[start].fields, rows_below(records, start, width)):
        return records[:start], [], records[start:]
    first, last = header_rows(records, start, width)
    return records[:first], records[first : last + 1], records[last + 1 :]


def _below_narrow_lines(records: list[Record], start: int, width: int) -> int:
    """Return the position of the header below lines of prose that happen to hold delimiters."""
    place = start
    while place < len(records) and len(records[place].fields) < width:
        place += 1
    if place == start or place >= len(records):
        return start
    rows = rows_below(records, place, width)
    return place if rows and header_votes(records[place].fields, rows) > 0 else start


def _sparse_header(records: list[Record], start: int, width: int) -> int:
    """Return the position above the first full record if that is a header with missing names."""
    above = start - 1
    if above < 0 or len(records[above].fields) != width or records[above].filled < 2:
        return start
    if looks_like_header(records[start].fields, rows_below(records, start, width)):
        return start
    rows = rows_below(records, above, width)
    return above if header_votes(records[above].fields, rows) > 0 else start


def _after_comments(records: list[Record], start: int, width: int) -> int:
    """Return the position of a header below comment lines, if there is one."""
    below = start
    while below < len(records) and records[below].fields[0].startswith(_COMMENTS):
        below += 1
    rows = [record.fields for record in records[below + 1 :]]
    if below == start or not rows or len(records[below].fields) < width:
        return start
    return below if header_votes(records[below].fields, rows[:100]) > 0 else start


def _split_at(records: list[Record], header_line: int) -> _Parts:
    if header_line == 0:
        return [], [], records
    for i, record in enumerate(records):
        if record.line == header_line:
            return records[:i], [record], records[i + 1 :]
    raise ReadError(
        f"Line {header_line} cannot be the header: it is blank, inside a quoted cell, or beyond "
        "the beginning of the file.",
        kind="damaged",
    )


def _names(header: list[Record], data: list[Record]) -> tuple[str, ...]:
    """Return a name for each column; rows longer than the header show that one is missing."""
    widths = Counter(len(record.fields) for record in data)
    usual = widths.most_common(1)[0][0] if widths else 0
    if not header:
        return ("",) * usual
    names = merged_names(header)
    if usual <= len(names) or widths[len(names)]:
        return names
    extra = [record.fields[len(names) :] for record in data if len(record.fields) == usual]
    if usual == len(names) + 1 and any(any(map(str.strip, fields)) for fields in extra):
        return ("", *names)  # the first column holds row names and has no header
    return (*names, *[""] * (usual - len(names)))


def empty_columns(count: int) -> Issue:
    """Return the issue for omitted columns that have neither a name nor values."""
    return Issue(
        kind="empty_column",
        column=None,
        count=count,
        suggestion="Columns without a name and without values were left out.",
    )


def _last_filled(rows: Sequence[tuple[str, ...]]) -> int:
    """Return the number of columns up to the last non-empty one."""
    return max((i for row in rows for i, cell in enumerate(row, 1) if cell.strip()), default=0)
