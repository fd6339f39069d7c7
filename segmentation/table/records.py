"""All records of a text file: fast for clean files, patient with the others."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from segmentation.errors import ReadError
from segmentation.table.dialect import WHITESPACE, Dialect
from segmentation.table.distinct import DistinctText
from segmentation.table.limits import Limits

#: A cell that is longer than this never ends: its quote is not closed.
_LONGEST_CELL = 1_000_000
#: After so many quotes that are never closed, a file is given up.
_MOST_OPEN_QUOTES = 100
_CHUNK_ROWS = 50_000
_BLOCK_BYTES = 4 * 1024 * 1024


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


def read_records(body: bytes, dialect: Dialect, width: int, limits: Limits) -> Records:
    """Split a text file into rows and cells.

    Files in which every record has the same number of fields are read by Arrow. All others are
    read record by record: rows with too many cells or fewer than half are set aside, others are
    filled up, and a quote that is never closed costs its own line only.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.
    dialect : Dialect
        Its layout.
    width : int
        Number of columns.
    limits : Limits
        Bounds of the table.

    Raises
    ------
    ReadError
        There are too many rows, or quotes that are never closed.
    """
    delimiter = dialect.delimiter
    if delimiter == WHITESPACE:
        body, delimiter = _tabbed(body), "\t"
    fast = _read_fast(body, dialect, delimiter, width)
    records = fast or _read_patiently(body, dialect, delimiter, width, limits)
    limits.check_rows(len(records.lines) + len(records.set_aside))
    return records


def _tabbed(body: bytes) -> bytes:
    """Turn runs of blanks into single tabs."""
    stripped = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", body)
    return re.sub(rb"[ \t]+", b"\t", stripped)


def _read_fast(body: bytes, dialect: Dialect, delimiter: str, width: int) -> Records | None:
    """Read a file in which every record has `width` fields; None for any other."""
    if dialect.skip_blanks or len(delimiter.encode()) > 1 or _has_lone_returns(body):
        return None
    start = _offset_of_line(body, dialect.first_line)
    starts = _record_starts(body, start, dialect.quote)
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
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if table.num_rows != len(starts):
        return None
    columns = [DistinctText.from_arrow(column) for column in table.columns]
    return Records(columns, starts + dialect.first_line)


def _has_lone_returns(body: bytes) -> bool:
    """Tell whether carriage returns stand alone among line feeds."""
    return b"\r" in body and body.count(b"\r") != body.count(b"\r\n")


def _offset_of_line(body: bytes, line: int) -> int:
    """Return the position of the first byte of a line, the first line being 1."""
    position = 0
    for _ in range(line - 1):
        position = body.find(b"\n", position) + 1
    return position


def _record_starts(body: bytes, start: int, quote: str) -> np.ndarray:
    """Return how many lines after the first row each record begins, blank lines left out.

    A line end belongs to a cell when an odd number of quotes stands before it.
    """
    data = np.frombuffer(body, dtype=np.uint8)[start:]
    ends = np.flatnonzero(data == ord("\n"))
    if not len(data):
        return np.zeros(0, np.int64)
    if data[-1] != ord("\n"):
        ends = np.append(ends, len(data))
    begins = np.concatenate(([0], ends[:-1] + 1))
    if quote.encode() in body:
        quotes = np.flatnonzero(data == ord(quote))
        inside = (np.searchsorted(quotes, begins) & 1).astype(bool)
    else:
        inside = np.zeros(len(begins), dtype=bool)
    lengths = ends - begins
    first = data[np.minimum(begins, len(data) - 1)]
    blank = (lengths == 0) | ((lengths == 1) & (first == ord("\r")))
    return np.flatnonzero(~inside & ~blank).astype(np.int64)


class _Feed(Iterator[str]):
    """The lines of a file for a csv reader, with a memory of the record under way."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.consumed: list[str] = []
        self.ended = False

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            found = next(self._lines, None)
            if found is None:
                self.ended = True
                raise StopIteration
            line = found
        self.consumed.append(line)
        return line

    def give_back(self) -> str:
        """Return the record's first line, and feed the others again."""
        first, *others = self.consumed
        self._again.extendleft(reversed(others))
        self.ended = False
        return first


def _read_patiently(
    body: bytes, dialect: Dialect, delimiter: str, width: int, limits: Limits
) -> Records:
    """Read record by record, whatever they look like."""
    rows = _Rows(width, delimiter, limits)
    for line, fields, closed in _records(body, dialect, delimiter):
        rows.add(line, fields, closed=closed)
    return rows.finish()


def _records(
    body: bytes, dialect: Dialect, delimiter: str
) -> Iterator[tuple[int, list[str], bool]]:
    """Yield each record's line, its fields, and whether its quotes are closed."""
    stream = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="replace", newline="")
    line = 1
    while line < dialect.first_line and next(stream, None) is not None:
        line += 1
    feed = _Feed(stream)
    open_quotes = 0
    former = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = _reader(feed, dialect, delimiter)
        while True:
            feed.consumed.clear()
            closed = True
            try:
                fields = next(reader)
                closed = not feed.ended
            except StopIteration:
                return
            except csv.Error:
                closed = False
            if not closed:
                open_quotes += 1
                _check_open_quotes(open_quotes, line)
                fields = feed.give_back().rstrip("\r\n").split(delimiter)
                reader = _reader(feed, dialect, delimiter)
            yield line, fields, closed
            line += len(feed.consumed) if closed else 1
    finally:
        csv.field_size_limit(former)


def _reader(feed: _Feed, dialect: Dialect, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(
        feed,
        delimiter=delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.skip_blanks,
    )


def _check_open_quotes(count: int, line: int) -> None:
    if count > _MOST_OPEN_QUOTES:
        raise ReadError(
            f"Quotes are opened and never closed on more than {_MOST_OPEN_QUOTES} lines, the "
            f"latest on line {line:,}. Export the file again with proper quoting.",
            kind="damaged",
        )


class _Rows:
    """Collects rows of equal length, a chunk of Arrow arrays at a time."""

    def __init__(self, width: int, delimiter: str, limits: Limits) -> None:
        self._width = width
        self._delimiter = delimiter
        self._limits = limits
        self._rows: list[list[str]] = []
        self._chunks: list[list[pa.Array]] = []
        self._lines: list[int] = []
        self._set_aside: list[SetAside] = []
        self._short_lines: list[int] = []

    def add(self, line: int, fields: list[str], *, closed: bool) -> None:
        """Take a record in, fill it up, or set it aside."""
        if len(fields) != self._width or not closed:
            if len(fields) <= 1 and not "".join(fields).strip():
                return  # a blank line
            fitted = self._fitted(line, fields) if closed else None
            if fitted is None:
                self._reject(line, fields, closed=closed)
                return
            fields = fitted
        self._rows.append(fields)
        self._lines.append(line)
        if len(self._rows) >= _CHUNK_ROWS:
            self._flush()

    def _fitted(self, line: int, fields: list[str]) -> list[str] | None:
        """Cut empty cells off, or fill missing ones up; None where that is not enough."""
        width = self._width
        if len(fields) > width:
            return fields[:width] if not any(map(str.strip, fields[width:])) else None
        if len(fields) * 2 < width:
            return None
        self._short_lines.append(line)
        return fields + [""] * (width - len(fields))

    def _reject(self, line: int, fields: list[str], *, closed: bool) -> None:
        width, count = self._width, len(fields)
        reason = f"The row has {count} {'cell' if count == 1 else 'cells'} instead of {width}."
        if not closed:
            reason = "A quote is opened and never closed."
        kept = fields[: width - 1] + [self._delimiter.join(fields[width - 1 :])]
        kept += [""] * (width - len(kept))
        self._set_aside.append(SetAside(line, tuple(kept), reason))

    def _flush(self) -> None:
        self._limits.check_rows(len(self._lines))
        columns = zip(*self._rows, strict=True)
        self._chunks.append([pa.array(column, pa.string()) for column in columns])
        self._rows = []

    def finish(self) -> Records:
        """Return everything that was added."""
        if self._rows:
            self._flush()
        columns = [
            DistinctText.from_arrow(
                pa.chunked_array([chunk[i] for chunk in self._chunks], pa.string())
            )
            for i in range(self._width)
        ]
        lines = np.array(self._lines, dtype=np.int64)
        return Records(columns, lines, self._set_aside, self._short_lines)
