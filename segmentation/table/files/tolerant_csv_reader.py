"""Read malformed files: ragged rows, stray quotes, lone carriage returns."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa

from segmentation.table.files.dialect import Dialect
from segmentation.table.files.record_splitting import Marks, split_records
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Records, SetAside

_CHUNK_ROWS = 50_000


def read_patiently(
    body: bytes, dialect: Dialect, delimiter: str, width: int, limits: Limits
) -> Records:
    """Return the rows of a file, read record by record even if malformed.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.
    dialect : Dialect
        Its layout.
    delimiter : str
        One character.
    width : int
        Number of columns.
    limits : Limits
        Maximum numbers of rows.

    Raises
    ------
    ReadError
        There are too many rows, too many that do not fit the header, or unclosed quotes.
    """
    rows = _Rows(width, delimiter, limits)
    stream = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="replace", newline="")
    line = 1
    while line < dialect.layout.first_line and next(stream, None) is not None:
        line += 1
    marks = Marks(delimiter, dialect.quote, dialect.skip_blanks, dialect.escape)
    for at, fields, closed in split_records(stream, marks, line=line):
        rows.add(at, fields, closed=closed)
    return rows.finish()


class _Rows:
    """Collects rows of equal length in chunks of Arrow arrays."""

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
        """Add a record, padded if short, or set it aside."""
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
        """Return fields trimmed or padded to the width; None if that is not possible."""
        width = self._width
        if len(fields) > width:
            return fields[:width] if not any(map(str.strip, fields[width:])) else None
        if len(fields) * 2 < width:
            return None
        self._short_lines.append(line)
        return [*fields, *[""] * (width - len(fields))]

    def _reject(self, line: int, fields: list[str], *, closed: bool) -> None:
        width, count = self._width, len(fields)
        reason = f"The row has {count} {'cell' if count == 1 else 'cells'} instead of {width}."
        if not closed:
            reason = "A quote is opened and never closed."
        kept = [*fields[: width - 1], self._delimiter.join(fields[width - 1 :])]
        kept += [""] * (width - len(kept))
        self._set_aside.append(SetAside(line, tuple(kept), reason))
        self._limits.check_set_aside(len(self._set_aside))

    def _flush(self) -> None:
        self._limits.check_rows(len(self._lines))
        columns = zip(*self._rows, strict=True)
        self._chunks.append([pa.array(column, pa.string()) for column in columns])
        self._rows = []

    def finish(self) -> Records:
        """Return all rows added."""
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
