"""Read all records of a text file: quickly if it is clean, tolerantly otherwise."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from segmentation.table.files.byte_search import count_of, places_of
from segmentation.table.files.dialect import LONG_STANDS_FOR, WHITESPACE, Dialect
from segmentation.table.files.record_splitting import LONGEST_CELL
from segmentation.table.files.tolerant_csv_reader import read_patiently
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Records

_BLOCK_BYTES = 4 * 1024 * 1024
#: Maximum number of lines above a table.
_HEADER_LINES = 1_000
#: Maximum bytes per character in UTF-8.
_LONGEST_LETTER = 4


def read_records(body: bytes, dialect: Dialect, width: int, limits: Limits) -> Records:
    """Return the rows and cells of a text file.

    Arrow reads files in which every record has the same number of fields. All others are read
    record by record: rows with too many cells or fewer than half are set aside, other short rows
    are padded, and an unclosed quote affects its own line only.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.
    dialect : Dialect
        Its layout.
    width : int
        Number of columns.
    limits : Limits
        Maximum sizes.

    Raises
    ------
    ReadError
        There are too many rows or unclosed quotes.
    """
    delimiter = dialect.delimiter
    if delimiter == WHITESPACE:
        body, delimiter = _tabbed(body), "\t"
    elif len(delimiter) > 1:
        body = body.replace(delimiter.encode(), LONG_STANDS_FOR.encode())
        delimiter = LONG_STANDS_FOR
    fast = _read_fast(body, dialect, delimiter, width)
    if fast is None:
        _check_lines(body, dialect.quote, limits)
    records = fast or read_patiently(body, dialect, delimiter, width, limits)
    limits.check_rows(len(records.lines) + len(records.set_aside))
    return records


def _check_lines(body: bytes, quote: str, limits: Limits) -> None:
    """Reject a file early if it has too many rows however its quotes are read.

    A quote hides line ends only within one cell, whose length is limited.
    """
    if any(blank in body for blank in (b"\n\n", b"\r\r", b"\n\r")):
        return  # lines may be blank
    data = np.frombuffer(body, dtype=np.uint8)
    returns = places_of(data, ord("\r"))
    alone = returns[data[np.minimum(returns + 1, len(data) - 1)] != ord("\n")]
    ends = np.sort(np.concatenate((places_of(data, ord("\n")), alone)))
    quotes = places_of(data, ord(quote))
    reach = quotes + LONGEST_CELL * (1 if body.isascii() else _LONGEST_LETTER)
    hidden = np.searchsorted(ends, reach) - np.searchsorted(ends, quotes)
    limits.check_rows(len(ends) - int(hidden.sum()) - _HEADER_LINES)


def _tabbed(body: bytes) -> bytes:
    """Replace runs of blanks by single tabs."""
    stripped = re.sub(rb"(?m)^[ \t]+|(?<![ \t])[ \t]++(?=\r?$)", b"", body)
    return re.sub(rb"[ \t]+", b"\t", stripped)


def _read_fast(body: bytes, dialect: Dialect, delimiter: str, width: int) -> Records | None:
    """Return the records of a file if each has `width` fields, else None."""
    if dialect.skip_blanks or dialect.escape or len(delimiter.encode()) > 1:
        return None
    start = _offset_of_line(body, dialect.layout.first_line)
    if body.count(b"\r", 0, start) != body.count(b"\r\n", 0, start):
        return None  # lines above the table contain line ends that not every reader counts
    starts = _record_starts(body, start, dialect.quote, delimiter)
    if starts is None:
        return None
    invalid: list[str] = []

    def note(row: pacsv.InvalidRow) -> str:
        invalid.append(row.text)
        return "error"

    names = [f"c{i}" for i in range(width)]
    try:
        table = pacsv.read_csv(
            pa.py_buffer(memoryview(body)[start:]),
            read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                quote_char=dialect.quote,
                newlines_in_values=dialect.quote.encode() in body,
                invalid_row_handler=note,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if table.num_rows != len(starts):
        return None
    columns = [DistinctText.from_arrow(column) for column in table.columns]
    return Records(columns, starts + dialect.layout.first_line)


def _is_well_quoted(data: np.ndarray, quotes: np.ndarray, delimiter: str) -> bool:
    """Return whether quotes open at the start of a cell and close at its end (RFC 4180)."""
    if len(quotes) % 2:
        return False
    edges = np.array([ord(delimiter), ord("\n"), ord("\r")], dtype=np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    doubled = np.append(closing[:-1] + 1 == opening[1:], False)
    last = len(data) - 1
    before, after = data[np.maximum(opening - 1, 0)], data[np.minimum(closing + 1, last)]
    well_closed = np.isin(after, edges) | (closing == last) | doubled
    well_opened = np.isin(before, edges) | (opening == 0) | np.append(False, doubled[:-1])
    return bool(well_closed.all() and well_opened.all())


def _offset_of_line(body: bytes, line: int) -> int:
    """Return the position of the first byte of a line (counted from 1)."""
    position = 0
    for _ in range(line - 1):
        position = body.find(b"\n", position) + 1
    return position


def _record_starts(body: bytes, start: int, quote: str, delimiter: str) -> np.ndarray | None:
    """Return the line on which each record begins (first row: 0), skipping blank lines.

    A line end belongs to a cell if an odd number of quotes precedes it. None if quotes do not
    pair up around cells, or if there is a lone carriage return, which only some readers treat
    as a line end.
    """
    data = np.frombuffer(body, dtype=np.uint8)[start:]
    if not len(data):
        return None
    ends = places_of(data, ord("\n"))
    if b"\r" in body:
        before = data[ends[ends > 0] - 1]
        if np.count_nonzero(before == ord("\r")) != count_of(data, ord("\r")):
            return None
    if data[-1] != ord("\n"):
        ends = np.append(ends, len(data))
    begins = np.concatenate(([0], ends[:-1] + 1))
    if quote.encode() in body:
        quotes = places_of(data, ord(quote))
        if not _is_well_quoted(data, quotes, delimiter):
            return None
        inside = (np.searchsorted(quotes, begins) & 1).astype(bool)
    else:
        inside = np.zeros(len(begins), dtype=bool)
    lengths = ends - begins
    first = data[np.minimum(begins, len(data) - 1)]
    blank = (lengths == 0) | ((lengths == 1) & (first == ord("\r")))
    return np.flatnonzero(~inside & ~blank).astype(np.int64)
