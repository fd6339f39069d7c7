"""Headers of several lines, merged into one name per column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segmentation.table.header.header_evidence import (
    Record,
    is_value,
    is_value_column,
    is_year,
    rows_below,
)
from segmentation.table.vocabulary.value_words import RULED_CELL, is_missing

#: Maximum number of header rows.
_MOST_HEADER_ROWS = 5
#: A unit below a name.
_UNIT = re.compile(r"[\[(<].*[\])>]")


def header_rows(records: list[Record], start: int, width: int) -> tuple[int, int]:
    """Return the first and last header row around the one already found.

    Parameters
    ----------
    records : list of Record
        The first records of the file.
    start : int
        Position of the header found.
    width : int
        The usual number of fields.

    Returns
    -------
    first, last : int
        Positions of the first and last header row; both are `start` in most files.
    """
    first = last = start
    while last - start < _MOST_HEADER_ROWS - 1 and _continues_names(
        records, start, last + 1, width
    ):
        last += 1
    names = [name.strip() for name in merged_names(records[first : last + 1])]
    known = [name for name in names if name]
    if len(set(known)) < len(known) and start and _groups_names(records, start):
        first = start - 1
    return first, last


def _groups_names(records: list[Record], start: int) -> bool:
    """Return whether the record above the header names groups of columns."""
    above = records[start - 1]
    words = above.filled >= 2 and not any(is_value(cell) for cell in above.fields)
    return words and len(above.fields) == len(records[start].fields)


def _continues_names(records: list[Record], start: int, place: int, width: int) -> bool:
    """Return whether a record below the header is part of it: words above numbers."""
    if place + 2 >= len(records) or len(records[place].fields) < width:
        return False
    if records[place].fields == records[start].fields or _is_ruled(records[place]):
        return False
    units = _are_units(records[place])
    rows = rows_below(records, place, width)
    names = merged_names(records[start:place])
    evidence, gaps = 0, True
    for j, cell in enumerate(map(str.strip, records[place].fields)):
        below = [row[j].strip() for row in rows if j < len(row) and row[j].strip()]
        if not cell or (units and is_missing(cell)):
            continue
        if _is_like(cell, below) or (is_value(cell) and not is_year(cell, below)):
            return False
        evidence += is_value_column(below)
        gaps &= j >= len(names) or not names[j].strip()
    return evidence >= 2 or (evidence == 1 and gaps)


def _is_ruled(record: Record) -> bool:
    """Return whether a record is a ruled line."""
    return all(re.match(RULED_CELL, cell.strip()) for cell in record.fields if cell.strip())


def _are_units(record: Record) -> bool:
    """Return whether a record holds only units in brackets, or dashes."""
    cells = [
        cell.strip() for cell in record.fields if cell.strip() and not is_missing(cell.strip())
    ]
    return len(cells) > 0 and all(map(_UNIT.fullmatch, cells))


def _is_like(cell: str, below: Sequence[str]) -> bool:
    """Return whether a cell matches its column: missing, equal, or a code of the same form."""
    if is_missing(cell) or cell in below:
        return True
    is_code = any(map(str.isdigit, cell)) and not is_value(cell)
    return is_code and _form(cell) in set(map(_form, below))


def _form(cell: str) -> str:
    """Return a cell with all numbers replaced: "K12" and "K7" have the same form."""
    return re.sub(r"\d+", "0", cell)


def merged_names(header: Sequence[Record]) -> tuple[str, ...]:
    """Return names merged from several rows; a group name also covers the empty cells after it.

    Examples
    --------
    >>> merged_names([Record(1, ("", "Spend", "")), Record(2, ("id", "2023", "2024"))])
    ('id', 'Spend 2023', 'Spend 2024')
    """
    width = max(len(record.fields) for record in header)
    names = [""] * width
    for i, record in enumerate(header):
        former = ""
        for j in range(width):
            cell = record.fields[j].strip() if j < len(record.fields) else ""
            cell = "" if i and is_missing(cell) else cell
            under = any(j < len(r.fields) and r.fields[j].strip() for r in header[i + 1 :])
            former = cell or (former if under else "")
            names[j] = f"{names[j]} {former}".strip() if cell or i + 1 < len(header) else names[j]
    return tuple(names) if len(header) > 1 else tuple(header[0].fields)
