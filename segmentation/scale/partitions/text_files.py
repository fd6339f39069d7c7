"""Text files with blocks of bytes as parts, cut at record starts and read like whole files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import fsspec
import numpy as np

from segmentation.errors import ReadError, SegmentationError
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.partitions.part import Batch
from segmentation.table.files.csv_reader import read_records
from segmentation.table.files.decoding import decode
from segmentation.table.files.dialect import Dialect, find_dialect
from segmentation.table.header.column_names import clean_names
from segmentation.table.quality.cleaning import clean_part
from segmentation.table.schema.limits import Limits

#: Bytes per part.
BLOCK = 16 * 1024 * 1024

#: Bytes examined to detect a file's layout.
HEAD = 1024 * 1024

#: Encodings in which the byte of a line end never occurs within another character.
_SPLITTABLE = ("utf-8", "utf-8-sig", "cp1252", "iso-8859", "ascii", "latin")

#: Maximum size of a file that is read as one part because its encoding cannot be split.
_WHOLE = 256 * 1024 * 1024

#: Bytes read at a time to find the end of a part's last record.
_TAIL = 256 * 1024

_LIMITS = Limits(rows=2**31)


@dataclass(frozen=True, slots=True)
class TextFile:
    """Layout of a file.

    Attributes
    ----------
    url, size
        Its location and its size in bytes.
    encoding
        Chosen by the user, or not splittable; otherwise detected for each block.
    dialect
        Its delimiter, quotes and header.
    starts
        Byte offsets of its blocks.
    quoted
        Whether each offset is inside quotes.
    lines
        Number of line ends before each offset.
    total_lines
        Number of lines in the file.
    """

    url: str
    size: int
    encoding: str | None
    dialect: Dialect
    starts: tuple[int, ...] = (0,)
    quoted: tuple[bool, ...] = (False,)
    lines: tuple[int, ...] = (0,)

    total_lines: int = 0

    @property
    def file(self) -> str:
        """Name of the file."""
        return PurePosixPath(self.url).name


@dataclass(frozen=True, slots=True)
class TextPart:
    """The records of a file that begin in one of its blocks."""

    whole: TextFile
    block: int
    first: int

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.whole.file

    def batches(self, plans: Sequence[ColumnPlan], data: Any = None) -> Iterator[Batch]:
        """Yield the block as one batch."""
        del data
        whole = self.whole
        try:
            body, skipped = self._records()
        except (OSError, ValueError) as error:
            raise ReadError(f"The file {self.file} cannot be read to its end.") from error
        dialect = whole.dialect
        if self.block:
            layout = replace(dialect.layout, header_line=0, first_line=1)
            dialect = replace(dialect, layout=layout)
        try:
            text = decode(body, whole.encoding) if body.strip() else None
        except ReadError as error:
            raise ReadError(f"{self.file}: {error}", kind=error.kind) from error
        if text is None:
            return
        records = read_records(text.body, dialect, len(dialect.layout.names), _LIMITS)
        work = clean_part(dialect.layout.names, records, _LIMITS)
        found = dict(zip(clean_names(dialect.layout.names)[0], work.columns, strict=True))
        yield Batch(
            {plan.name: found[plan.written] for plan in plans},
            len(work.lines),
            work.lines + (self.first + whole.lines[self.block] + skipped),
            work.set_aside,
        )

    def some_lines(self) -> bytes:
        """Return some complete lines from the middle of the block."""
        whole = self.whole
        middle = min(whole.starts[self.block] + BLOCK // 2, whole.size)
        with fsspec.open(whole.url, "rb") as stream:
            stream.seek(middle)
            data: bytes = stream.read(_TAIL)
        quote = whole.dialect.quote.encode()
        if quote in data:  # the start of a record is uncertain
            return b""
        return data[data.find(b"\n") + 1 : data.rfind(b"\n") + 1]

    def _records(self) -> tuple[bytes, int]:
        """Return all records that begin in the block, and the number of line ends before them."""
        whole, here = self.whole, self.block
        start = whole.starts[here]
        last = here + 1 == len(whole.starts)
        end = whole.size if last else whole.starts[here + 1]
        quote = whole.dialect.quote.encode()
        with fsspec.open(whole.url, "rb") as stream:
            stream.seek(start)
            data = stream.read(end - start)
            if not last:
                data += _rest_of_record(stream, quote, quoted=whole.quoted[here + 1])
        begin = _record_begin(data, quote, quoted=whole.quoted[here]) if start else 0
        return data[begin:], data.count(b"\n", 0, begin)


def _rest_of_record(stream: Any, quote: bytes, *, quoted: bool) -> bytes:
    """Return the bytes up to the end of the record that continues into the next block."""
    rest = b""
    while True:
        more: bytes = stream.read(_TAIL)
        rest += more
        end = _record_begin(rest, quote, quoted=quoted)
        if end < len(rest) or not more or rest.endswith(b"\n"):
            return rest[:end]


def _record_begin(data: bytes, quote: bytes, *, quoted: bool) -> int:
    """Return the position after the first line end outside quotes; the length if there is none."""
    position = 0
    inside = quoted
    while True:
        end = data.find(b"\n", position)
        if end < 0:
            return len(data)
        inside ^= bool(data.count(quote, position, end) & 1)
        if not inside:
            return end + 1
        position = end + 1


def look_at_text(url: str, size: int, choices: dict[str, Any]) -> TextFile:
    """Return a file's layout, detected from its beginning.

    Parameters
    ----------
    url, size
        Its location and its size in bytes.
    choices
        The user's encoding, delimiter and header line.

    Raises
    ------
    ReadError
        The file is not a text table.
    """
    name = PurePosixPath(url).name
    try:
        text = decode(read_head(url), choices.get("encoding"))
        dialect = find_dialect(
            text.body,
            _LIMITS,
            delimiter=choices.get("delimiter"),
            header_line=choices.get("header_line"),
        )
    except (SegmentationError, OSError) as error:
        words = str(error) if isinstance(error, SegmentationError) else "it cannot be opened."
        raise ReadError(f"{name}: {words}", kind="damaged") from error
    if text.encoding.startswith(_SPLITTABLE):
        starts = tuple(range(0, max(size, 1), BLOCK))
        return TextFile(url, size, choices.get("encoding"), dialect, starts)
    if size > _WHOLE:
        raise ReadError(
            f"{name} is written in {text.encoding} and too large for that: save it as UTF-8."
        )
    return TextFile(url, size, text.encoding, dialect)


def read_head(url: str) -> bytes:
    """Return the first complete lines of a file."""
    with fsspec.open(url, "rb") as stream:
        head: bytes = stream.read(HEAD)
    whole: bytes = head[: head.rfind(b"\n") + 1] if len(head) == HEAD else head
    return whole or head


def count_lines(file: TextFile) -> TextFile:
    """Return the file with each block's quote state and preceding line count."""
    quote = file.dialect.quote.encode()
    quoted, lines = [False], [0]
    try:
        with fsspec.open(file.url, "rb") as stream:
            for _ in file.starts:
                data = np.frombuffer(stream.read(_block_of(file)), dtype=np.uint8)
                quotes = int(np.count_nonzero(data == ord(quote)))
                quoted.append(quoted[-1] ^ bool(quotes & 1))
                lines.append(lines[-1] + int(np.count_nonzero(data == ord("\n"))))
    except (OSError, EOFError) as error:
        raise ReadError(f"The file {file.file} cannot be read to its end.") from error
    blocks = len(file.starts)
    return replace(
        file,
        quoted=tuple(quoted[:blocks]),
        lines=tuple(lines[:blocks]),
        total_lines=lines[-1] + 1,
    )


def _block_of(file: TextFile) -> int:
    return BLOCK if len(file.starts) > 1 else -1


def parts_of(file: TextFile, first: int) -> list[TextPart]:
    """Return the parts of a file, one per block, after `count_lines`."""
    return [TextPart(file, block, first) for block in range(len(file.starts))]
