"""Tables as CSV and XLSX: safe for spreadsheets, complete, and with little memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pandas as pd

from segmentation import ParameterError, csv_quoting, escape_formulas

# Rows written at a time: enough to be fast, few enough to keep memory use flat.
CHUNK_ROWS = 20_000
# Limits of a sheet (Excel specifications and limits): rows below the header, columns, and UTF-16
# units per cell.
SHEET_ROWS, SHEET_COLUMNS, CELL_UNITS = 1_048_575, 16_384, 32_767
# Return code of xlsxwriter for a truncated text.
CELL_CUT = -2
# Sheets keep 15 digits of a number: longer ones, such as ids, are written as text.
EXACT = 10**15
# Cells that determine a column's width, and its maximum in letters.
WIDTH_FROM, WIDEST = 100, 40
# Sheets count days from here; before March 1, 1900 they count a day that never existed.
DAY_ZERO, FIRST_DAY = pd.Timestamp("1899-12-30"), pd.Timestamp("1900-03-01")
# Never treat text as a formula or a link.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}

# Receives the share of rows written.
Progress = Callable[[float], None]


class LostRowsError(RuntimeError):
    """A file would hold other rows than requested: a bug of ours; the file is not sent."""


def expect_rows(written: int, asked: int) -> None:
    """Raise an error if the number of rows differs from the number requested.

    Raises
    ------
    LostRowsError
        If the numbers differ.
    """
    if written != asked:
        raise LostRowsError(f"{written} rows instead of {asked}")


def csv_chunks(frame: pd.DataFrame, progress: Progress | None = None) -> Iterator[bytes]:
    """Yield a frame as CSV in chunks.

    Yields
    ------
    bytes
        UTF-8 with a byte-order mark, so that Excel reads accents. Texts are quoted if any of
        them contains a separator other than the comma.
    """
    yield b"\xef\xbb\xbf"
    written = 0
    for chunk in _chunks(frame, CHUNK_ROWS):
        cells = escape_formulas(chunk)
        # RFC 4180's line ends; they also make the writer quote cells with a lone CR or LF.
        text = cells.to_csv(
            index=False, header=written == 0, lineterminator="\r\n", quoting=csv_quoting(cells)
        )
        written += len(chunk)
        _tell(progress, written, len(frame))
        yield text.encode("utf-8")
    expect_rows(written, len(frame))


def xlsx_bytes(frame: pd.DataFrame) -> bytes:
    """Return a small frame as XLSX, without a file on disk."""
    buffer = io.BytesIO()
    _write_book(frame, buffer, {"in_memory": True}, None)
    return buffer.getvalue()


def write_xlsx(
    frame: pd.DataFrame, folder: Path, progress: Progress | None = None
) -> tuple[Path, int]:
    """Write a frame of any length as XLSX, holding one row in memory.

    Parameters
    ----------
    folder
        Holds the file and, while it is written, several times its size.

    Returns
    -------
    path, sheets
        The file, and its number of sheets.

    Raises
    ------
    ParameterError
        If a sheet cannot hold the columns or a cell.
    """
    path = folder / "export.xlsx"
    options = {"constant_memory": True, "tmpdir": str(folder)}
    with path.open("wb") as file:
        sheets = _write_book(frame, file, options, progress)
    return path, sheets


def _write_book(
    frame: pd.DataFrame, file: IO[bytes], options: dict[str, Any], progress: Progress | None
) -> int:
    import xlsxwriter

    if frame.shape[1] > SHEET_COLUMNS:
        raise ParameterError(
            f"A sheet holds {SHEET_COLUMNS:,} columns, and these are {frame.shape[1]:,}. "
            "Download CSV instead."
        )
    written = sheets = 0
    with xlsxwriter.Workbook(file, PLAIN | options) as book:
        for rows in _chunks(frame, SHEET_ROWS):
            sheets += 1
            sheet = book.add_worksheet("Customers" if sheets == 1 else f"Customers {sheets}")
            for done in _write_sheet(book, sheet, rows):
                _tell(progress, written + done, len(frame))
            written += len(rows)
    expect_rows(written, len(frame))
    return sheets


def _write_sheet(book: Any, sheet: Any, frame: pd.DataFrame) -> Iterator[int]:
    """Write one sheet and yield the number of rows written so far."""
    days = [_day_format(column) for _, column in frame.items()]
    head = _cells(frame.head(WIDTH_FROM), days)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), max(frame.shape[1] - 1, 0))
    for place, (name, shown) in enumerate(zip(head, days, strict=True)):
        form = book.add_format({"num_format": shown}) if shown else None
        sheet.set_column(place, place, _width(str(name), head.iloc[:, place]), form)
    _write_row(sheet, 0, list(head), book.add_format({"bold": True}))
    written = 0
    for chunk in _chunks(frame, CHUNK_ROWS):
        for row in _cells(chunk, days).itertuples(index=False, name=None):
            written += 1
            _write_row(sheet, written, row)
        yield written
    expect_rows(written, len(frame))


def _write_row(sheet: Any, number: int, row: Sequence[Any], form: Any = None) -> None:
    error = sheet.write_row(number, 0, row, form)
    if error == CELL_CUT:
        raise ParameterError(
            f"A cell of a sheet holds {CELL_UNITS:,} characters, and one in row {number + 1:,} has "
            "more. Download CSV instead."
        )
    if error:
        raise LostRowsError(f"row {number} was not written: {error}")


def _cells(frame: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """Return the cells for a sheet: numbers, safe texts, day numbers, None for missing."""
    cells = escape_formulas(frame)
    for place, shown in enumerate(days):
        column = frame.iloc[:, place]
        if pd.api.types.is_datetime64_any_dtype(column):
            cells.isetitem(place, (_count_days(column) if shown else _write_out(column)).array)
        elif pd.api.types.is_integer_dtype(column) and not column.between(-EXACT, EXACT).all():
            cells.isetitem(place, column.astype("str").array)
    return cells.astype(object).where(frame.notna().to_numpy(), None)


def _day_format(column: pd.Series) -> str:
    """Return the date format of a column; empty for other columns and unsupported days."""
    if not pd.api.types.is_datetime64_any_dtype(column):
        return ""
    times = column.dt.tz_localize(None)
    if times.min() < FIRST_DAY:
        return ""
    whole = bool((times.dropna() == times.dropna().dt.normalize()).all())
    return "yyyy-mm-dd" if whole else "yyyy-mm-dd hh:mm"


def _count_days(column: pd.Series) -> pd.Series:
    days: pd.Series = (column.dt.tz_localize(None) - DAY_ZERO) / pd.Timedelta(days=1)
    return days


def _write_out(column: pd.Series) -> pd.Series:
    """Return times as text, without midnights."""
    texts = [time.isoformat(sep=" ").removesuffix(" 00:00:00") for time in column.dropna()]
    return pd.Series(texts, column.dropna().index, dtype="str").reindex(column.index)


def _width(name: str, cells: pd.Series) -> int:
    """Return a width that fits a column's name and its first cells, within limits."""
    longest = max((len(str(cell)) for cell in cells.dropna()), default=0)
    return min(max(longest, len(name) + 3, 9), WIDEST)


def _chunks(frame: pd.DataFrame, rows: int) -> Iterator[pd.DataFrame]:
    """Yield consecutive parts of a frame, at least one."""
    for start in range(0, max(len(frame), 1), rows):
        yield frame.iloc[start : start + rows]


def _tell(progress: Progress | None, written: int, rows: int) -> None:
    if progress is not None:
        progress(written / max(rows, 1))
