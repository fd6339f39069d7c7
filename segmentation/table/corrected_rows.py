"""Rejected rows that a user has corrected; each replaces the row on its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from segmentation.errors import ParameterError, ReadError
from segmentation.table.files.file_type import open_content
from segmentation.table.files.readers import READERS, Choices
from segmentation.table.header.column_names import clean_names
from segmentation.table.quality.cleaning import reject_names
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Raw, Records

_DEFAULT_LIMITS = Limits()
_MOST_LINES = 100

Rows = dict[int, dict[str, str]]


def read_mended(
    data: bytes, *, name: str = "", limits: Limits = _DEFAULT_LIMITS
) -> dict[int, dict[str, str]]:
    r"""Return rejected rows that a user has corrected.

    Parameters
    ----------
    data : bytes
        A file with the columns of `Table.rejects`: those of the table, then the line and,
        optionally, the reason.
    name : str
        Name of the file.
    limits : Limits
        Maximum sizes.

    Returns
    -------
    dict
        Line → column name → cell as written.

    Raises
    ------
    ReadError, ParameterError
        The file cannot be read or does not hold rejected rows.

    Examples
    --------
    >>> read_mended(b"id,spend,line,reason\n7,3.5,8,The row has 1 cell instead of 2.\n")
    {8: {'id': '7', 'spend': '3.5'}}
    """
    content = open_content(data, name, limits)
    raw = READERS[content.format](content, Choices(), limits)
    names = list(clean_names(raw.written)[0])
    place = _line_column(names)
    if raw.records.set_aside:
        bad = raw.records.set_aside[0]
        raise ReadError(
            f"Line {bad.line:,} of the mended rows cannot be read. {bad.reason} Mend it and "
            "upload the file again.",
            kind="mended",
        )
    every = np.arange(len(raw.records.lines))
    cells = [column.trimmed().cells(every) for column in raw.records.columns]
    found: Rows = {}
    for row in every.tolist():
        line = _line(cells[place][row])
        if line in found:
            raise ParameterError(
                f"Two mended rows stand for line {line:,} of the file. Leave the column "
                f"“{names[place]}” as it was downloaded."
            )
        found[line] = {names[i]: cells[i][row] for i in range(place)}
    return found


def _line_column(names: Sequence[str]) -> int:
    """Return the position of the line column: the last one, or the one before the reasons."""
    for place in (len(names) - 2, len(names) - 1):
        if place > 0 and names[place] == reject_names(names[:place])[0]:
            return place
    raise ParameterError(
        "These are no rows that were set aside: the column “line” is missing at the end. Mend "
        "the cells in the file that was downloaded, and leave its columns as they are."
    )


def _line(cell: str) -> int:
    digits = cell.removesuffix(".0")
    if not digits.isdecimal() or len(digits) > 12:
        raise ParameterError(
            f"“{cell[:40]}” is no line number. Leave the column with the lines as it was "
            "downloaded: it says which row of the file each one stands for."
        )
    return int(digits)


def with_mended_rows(raw: Raw, mended: Mapping[int, Mapping[str, str]]) -> Raw:
    """Return the reader's output with corrected rows in place of those on their lines.

    Parameters
    ----------
    raw : Raw
        Output of the reader.
    mended : mapping
        Line → column name → cell.

    Raises
    ------
    ParameterError
        A row names a column that the file does not have.
    """
    if not mended:
        return raw
    names = clean_names(raw.written)[0]
    unknown = sorted({name for row in mended.values() for name in row} - set(names))
    if unknown:
        raise ParameterError(
            f"The mended rows have a column “{unknown[0]}”, which the file does not have. Leave "
            "the columns as they were downloaded."
        )
    records = raw.records
    there = {*records.lines.tolist(), *(row.line for row in records.set_aside)}
    lines = sorted(line for line in mended if line in there)
    left = [line for line in mended if line not in there]
    issues = [
        *raw.issues,
        *_issue("mended_rows", lines, "{} mended and read again."),
        *_issue("unknown_lines", left, "{} left out, since the file has no row on these lines."),
    ]
    rows = [[mended[line].get(name, "") for name in names] for line in lines]
    return replace(raw, records=_replaced(records, lines, rows), issues=tuple(issues))


def _issue(kind: str, lines: list[int], sentence: str) -> list[Issue]:
    if not lines:
        return []
    were = "1 row was" if len(lines) == 1 else f"{len(lines):,} rows were"
    return [Issue(kind, None, len(lines), tuple(lines[:_MOST_LINES]), (), sentence.format(were))]


def _replaced(records: Records, lines: list[int], rows: list[list[str]]) -> Records:
    """Return the records with the rows on some lines replaced, in file order."""
    kept = ~np.isin(records.lines, lines)
    every = np.concatenate([records.lines[kept], np.array(lines, dtype=np.int64)])
    order = np.argsort(every, kind="stable")
    columns = [
        _extended(column.take(kept), [row[i] for row in rows]).take(order)
        for i, column in enumerate(records.columns)
    ]
    return Records(
        columns,
        every[order],
        [row for row in records.set_aside if row.line not in lines],
        [line for line in records.short_lines if line not in lines],
    )


def _extended(column: DistinctText, texts: list[str]) -> DistinctText:
    """Return a column with cells appended."""
    longer = pa.concat_arrays([column.texts, pa.array(texts, pa.string())])
    new = np.arange(len(column.texts), len(longer), dtype=np.int32)
    return DistinctText(longer, np.concatenate([column.codes, new])).mapped(longer)
