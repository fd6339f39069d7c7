"""Worksheets: the one with the table, its cells as text, the line each row stands on."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineWorkbook

from segmentation.errors import ReadError
from segmentation.table.distinct import DistinctText
from segmentation.table.limits import Limits
from segmentation.table.patience import Records

_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
#: Addresses of cells beyond column Z or row 99,999; nearer ones cannot make a sheet too large.
_FAR_CELL = re.compile(rb"\br\s*=\s*[\"'](?:[A-Z]{2,3}\d{1,7}|[A-Z]\d{6,7})[\"']")
_CHUNK = 1024 * 1024
#: Longest piece of XML that may be cut between two chunks without losing a cell's address.
_OVERLAP = 200


@dataclass(frozen=True, eq=False)
class Sheet:
    """A worksheet's cells.

    Attributes
    ----------
    name : str
        Its name.
    others : tuple of str
        Names of the workbook's other sheets that hold something.
    rows : list of list
        Cells as calamine gives them; the rows may be shorter than the sheet is wide.
    first_line : int
        The line of the first row.
    """

    name: str
    others: tuple[str, ...]
    rows: list[list[Any]]
    first_line: int


def read_sheet(data: bytes, limits: Limits, sheet: str | int | None = None) -> Sheet:
    """Read the worksheet that holds the table.

    Parameters
    ----------
    data : bytes
        An XLSX file whose members were counted already.
    limits : Limits
        Bounds of rows, columns and cells.
    sheet : str, int or None
        Name or position (from 0) of the sheet; None: the first one with two rows and columns.

    Raises
    ------
    ReadError
        The workbook is damaged or empty, the sheet does not exist or is too large.
    """
    _check_extent(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [meta.name for meta in workbook.sheets_metadata if _is_worksheet(meta)]
        wanted = _wanted(names, sheet)
        read = {name: _rows(workbook, name) for name in wanted}
    except ReadError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        # A panic of the reader, which is written in Rust, is no Exception.
        raise ReadError(
            "The workbook is damaged. Open it in Excel and save it again, or as CSV.",
            kind="damaged",
        ) from error
    name = next((n for n in wanted if _is_table(read[n][0])), wanted[0] if wanted else None)
    if name is None or not read[name][0]:
        raise ReadError("The workbook is empty: no sheet holds any cells.", kind="empty")
    rows, first_line = read[name]
    limits.check_rows(len(rows))
    return Sheet(name, tuple(n for n in names if n != name), rows, first_line)


def sheet_names(data: bytes) -> tuple[str, ...]:
    """Return the names of a workbook's visible worksheets; none where it is damaged."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return tuple(meta.name for meta in workbook.sheets_metadata if _is_worksheet(meta))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return ()


def _is_worksheet(meta: Any) -> bool:
    return str(meta.typ).endswith("WorkSheet") and str(meta.visible).endswith("Visible")


def _wanted(names: list[str], sheet: str | int | None) -> list[str]:
    if sheet is None:
        return names
    if sheet in names:
        return [str(sheet)]
    place = int(sheet) if str(sheet).isdecimal() and len(str(sheet)) < 9 else -1
    if 0 <= place < len(names):
        return [names[place]]
    raise ReadError(
        f"There is no sheet “{sheet}” in the workbook. Its sheets are: {', '.join(names)}.",
        kind="missing_sheet",
    )


def _rows(workbook: CalamineWorkbook, name: str) -> tuple[list[list[Any]], int]:
    """Return a sheet's rows without empty ones at the end, and the line of the first."""
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        return [], 1
    rows = sheet.to_python(skip_empty_area=True)
    while rows and not any(_is_filled(cell) for cell in rows[-1]):
        rows.pop()
    return rows, sheet.start[0] + 1


def _is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _is_table(rows: Sequence[Sequence[Any]]) -> bool:
    wide = sum(sum(map(_is_filled, row)) >= 2 for row in rows[:200])
    return wide >= 2


def _check_extent(data: bytes, limits: Limits) -> None:
    """Refuse sheets with a cell far away: the reader would hold the whole rectangle."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if member.lower().endswith(".xml") and "sharedstrings" not in member.lower():
                with archive.open(member) as stream:
                    if not _has_far_cells(stream):
                        continue
                with archive.open(member) as stream:
                    rows, columns = _extent(stream)
                limits.check_rows(rows)
                limits.check_cells(rows, columns)


def _extent(stream: Any) -> tuple[int, int]:
    """Return the greatest row and column that a sheet's cells name."""
    rows = columns = 0
    for piece in _pieces(stream):
        found = _CELL.findall(piece)
        rows = max([rows, *(int(row) for _, row in found)])
        columns = max([columns, *map(_column_number, {name for name, _ in found})])
    return rows, columns


def _has_far_cells(stream: Any) -> bool:
    return any(_FAR_CELL.search(piece) for piece in _pieces(stream))


def _pieces(stream: Any) -> Iterator[bytes]:
    """Yield a stream piece by piece, each beginning with the end of the one before."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        piece = rest + chunk
        yield piece
        rest = piece[-_OVERLAP:]


def _column_number(name: bytes) -> int:
    """Return the position of a column: A is 1, AA is 27."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def cell_text(cell: Any) -> str:
    """Write a cell as text the way a CSV export would, but with full precision.

    Examples
    --------
    >>> cell_text(29.0), cell_text(True), cell_text(dt.date(2024, 1, 31))
    ('29', 'TRUE', '2024-01-31')
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ") if cell.time() != dt.time() else cell.date().isoformat()
    return str(cell)


def sheet_records(rows: list[list[Any]], lines: np.ndarray, width: int) -> Records:
    """Turn rows of cells into columns of text; blank rows are left out.

    Parameters
    ----------
    rows : list of list
        Cells below the header.
    lines : ndarray of int64
        The line of each row.
    width : int
        Number of columns.
    """
    filled = [i for i, row in enumerate(rows) if any(map(_is_filled, row[:width]))]
    columns = [
        DistinctText.from_arrow(_text_array([_cell(rows[i], j) for i in filled]))
        for j in range(width)
    ]
    return Records(columns, lines[filled])


def _cell(row: list[Any], j: int) -> Any:
    cell = row[j] if j < len(row) else None
    return None if cell == "" else cell


def _text_array(cells: list[Any]) -> pa.Array:
    """Write a column's cells as text, fast where all are numbers or all are text."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds == {str}:
        return pc.fill_null(pa.array(cells, pa.string()), "")
    if kinds == {float}:
        numbers = pa.array(cells, pa.float64())
        if (pc.max(pc.abs(numbers)).as_py() or 0.0) < 1e15:
            return pc.fill_null(pc.cast(numbers, pa.string()), "")
    return pa.array([cell_text(cell) for cell in cells], pa.string())
