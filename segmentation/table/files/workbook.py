"""Read worksheets: find the one with the table, return its cells as text with line numbers."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineWorkbook, PasswordError

from segmentation.errors import ReadError
from segmentation.table.files.workbook_extent import check_extent
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Records

#: Formats that have sheets.
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})


@dataclass(frozen=True, eq=False)
class Sheet:
    """A worksheet's cells.

    Attributes
    ----------
    name : str
        Its name.
    others : tuple of str
        Names of the workbook's other non-empty sheets.
    rows : list of list
        Cells as returned by calamine; rows may be shorter than the sheet is wide.
    first_line : int
        The line of the first row.
    """

    name: str
    others: tuple[str, ...]
    rows: list[list[Any]]
    first_line: int


def read_sheet(data: bytes, limits: Limits, sheet: str | int | None = None) -> Sheet:
    """Return the worksheet that holds the table.

    Parameters
    ----------
    data : bytes
        An XLSX, XLS or ODS file whose unpacked size was already checked.
    limits : Limits
        Maximum numbers of rows, columns and cells.
    sheet : str, int or None
        Name or position (from 0) of the sheet; None means the first with two rows and columns.

    Raises
    ------
    ReadError
        The workbook is damaged or empty, or the sheet does not exist or is too large.
    """
    check_extent(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [meta for meta in workbook.sheets_metadata if _is_kind(meta.typ, "WorkSheet")]
        names = [meta.name for meta in sheets if _is_kind(meta.visible, "Visible")]
        hidden = [meta.name for meta in sheets if meta.name not in names]
        wanted = _wanted(names, hidden, sheet)
        name, rows, first_line = _first_table(workbook, wanted)
    except ReadError:
        raise
    except PasswordError as error:
        raise ReadError(
            "The workbook is protected by a password. Save it without one and try again.",
            kind="encrypted",
        ) from error
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        # A panic in the Rust reader is a BaseException.
        locked = "" if data.startswith(b"PK") else " or protected by a password"
        raise ReadError(
            f"The workbook is damaged{locked}. Open it in Excel and save it again, or as CSV.",
            kind="damaged",
        ) from error
    if not rows:
        more = f" Hidden sheets are left out: {', '.join(hidden)}." if hidden else ""
        raise ReadError(f"The workbook is empty: no sheet holds any cells.{more}", kind="empty")
    limits.check_rows(len(rows))
    return Sheet(name, tuple(n for n in names if n != name), rows, first_line)


def _first_table(
    workbook: CalamineWorkbook, names: Sequence[str]
) -> tuple[str, list[list[Any]], int]:
    """Return name, rows and first line of the first sheet with a table, or else with any cells."""
    best: tuple[str, list[list[Any]], int] = ("", [], 1)
    for name in names:
        rows, first_line = _rows(workbook, name)
        if _is_table(rows):
            return name, rows, first_line
        if rows and not best[1]:
            best = name, rows, first_line
    return best


def sheet_names(data: bytes) -> tuple[str, ...]:
    """Return the names of a workbook's visible worksheets; empty if it is damaged."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return tuple(
            meta.name
            for meta in workbook.sheets_metadata
            if _is_kind(meta.typ, "WorkSheet") and _is_kind(meta.visible, "Visible")
        )
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return ()


def _is_kind(member: Any, name: str) -> bool:
    return str(member).endswith(f".{name}")


def _wanted(names: Sequence[str], hidden: Sequence[str], sheet: str | int | None) -> Sequence[str]:
    """Return the sheets to examine; hidden ones only if named."""
    if sheet is None:
        return names
    if sheet in names or sheet in hidden:
        return [str(sheet)]
    place = int(sheet) if str(sheet).isdecimal() and len(str(sheet)) < 9 else -1
    if 0 <= place < len(names):
        return [names[place]]
    raise ReadError(
        f"There is no sheet “{sheet}” in the workbook. Its sheets are: "
        f"{', '.join([*names, *hidden])}.",
        kind="missing_sheet",
    )


def _rows(workbook: CalamineWorkbook, name: str) -> tuple[list[list[Any]], int]:
    """Return a sheet's rows without trailing empty ones, and the line of the first row."""
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


def cell_text(cell: Any) -> str:
    """Return a cell as text as in a CSV export, but with full precision.

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
    """Return rows of cells as columns of text, without blank rows.

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
    """Return a column's cells as text; fast if all are numbers or all are text."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds == {str}:
        return pc.fill_null(pa.array(cells, pa.string()), "")
    if kinds == {float}:
        numbers = pa.array(cells, pa.float64())
        if (pc.max(pc.abs(numbers)).as_py() or 0.0) < 1e15:
            return pc.fill_null(pc.cast(numbers, pa.string()), "")
    return pa.array([cell_text(cell) for cell in cells], pa.string())
