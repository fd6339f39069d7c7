"""Check the extent of a workbook's cells before loading them into memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from segmentation.errors import ReadError
from segmentation.table.schema.limits import Limits

_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
#: Addresses of cells beyond column Z or row 99,999; others cannot make a sheet too large.
_FAR_CELL = re.compile(rb"\br\s*=\s*[\"'](?:[A-Z]{2,3}\d{1,7}|[A-Z]\d{6,7})[\"']")
_SHEET = b"sheetData"
_CHUNK = 1024 * 1024
#: Overlap of two chunks, so that no cell address is lost between them.
_OVERLAP = 200
#: A document type declaration is within the first bytes, in UTF-8 or UTF-16.
_HEAD = 4096
_ENTITIES = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P|<!ENTITY", re.IGNORECASE)
_ODS_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
#: Repeat counts with more digits are invalid.
_LONGEST_COUNT = 10


def check_extent(data: bytes, limits: Limits) -> None:
    """Reject sheets with a distant cell: the reader would allocate the whole rectangle.

    XLS files need no such check: the format ends at row 65,536 and column 256.

    Parameters
    ----------
    data : bytes
        A workbook.
    limits : Limits
        Maximum numbers of rows and cells.

    Raises
    ------
    ReadError
        A sheet is too large, or defines entities, which no spreadsheet program writes.
    """
    if not data.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_entities(archive)
        for member in archive.namelist():
            if member == "content.xml":
                with archive.open(member) as stream:
                    _check_repeats(stream, limits)
            elif member.lower().endswith(".xml") and "sharedstrings" not in member.lower():
                with archive.open(member) as stream:
                    if not _has_far_cells(stream):
                        continue
                with archive.open(member) as stream:
                    _check_cells(stream, limits)


def _check_cells(stream: Any, limits: Limits) -> None:
    """Reject a sheet with a cell too far away, or with too few cells for its length."""
    rows = columns = cells = 0
    is_sheet = False
    for piece in _pieces(stream):
        found = _CELL.findall(piece)
        cells += len(found)
        rows = max([rows, *(int(row) for _, row in found)])
        columns = max([columns, *map(_column_number, {name for name, _ in found})])
        is_sheet |= _SHEET in piece
    limits.check_rows(rows)
    limits.check_cells(rows, columns)
    if is_sheet:  # the calculation chain names cells too, but few of them
        limits.check_filled(rows, cells)


def _has_far_cells(stream: Any) -> bool:
    return any(_FAR_CELL.search(piece) for piece in _pieces(stream))


def _pieces(stream: Any) -> Iterator[bytes]:
    """Yield overlapping chunks of a stream."""
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


def _refuse_entities(archive: zipfile.ZipFile) -> None:
    """Reject XML with a document type declaration: its entities can expand without limit."""
    for member in archive.namelist():
        if not member.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(member) as stream:
            if _ENTITIES.search(stream.read(_HEAD)):
                raise ReadError(
                    "The workbook defines XML entities, as only malicious files do. Save it anew, "
                    "or as CSV.",
                    kind="damaged",
                )


class _Reach:
    """Tracks the extent of an OpenDocument sheet, in which repeated cells are counts."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = self._columns = 0  # extent of non-empty cells
        self._rows_filled = 0
        self._passed = 0  # rows so far
        self._repeat = self._width = self._filled = 0  # of the current row

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        if name == "table:table":
            self._rows = self._columns = self._rows_filled = self._passed = 0
        elif name == "table:table-row":
            self._repeat = _count(attributes, "table:number-rows-repeated")
            self._width = self._filled = 0
        elif name in _ODS_CELLS:
            self._width += _count(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes:
                self._filled = self._width
        elif name == "text:p":
            self._filled = self._width

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        if name == "table:table":
            self._limits.check_filled(self._rows, self._rows_filled)
        if name != "table:table-row":
            return
        self._passed += self._repeat
        if self._filled:
            self._rows = self._passed
            self._rows_filled += self._repeat
            self._columns = max(self._columns, self._filled)
            self._limits.check_rows(self._rows)
            self._limits.check_cells(self._rows, self._columns)


def _count(attributes: dict[str, str], name: str) -> int:
    digits = attributes.get(name, "1")
    return int(digits) if digits.isdecimal() and len(digits) < _LONGEST_COUNT else 1


def _check_repeats(stream: IO[bytes], limits: Limits) -> None:
    """Reject an OpenDocument sheet whose repeated cells would exhaust memory."""
    reach = _Reach(limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reach.start
    parser.EndElementHandler = reach.end
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise ReadError(
            "The OpenDocument file is damaged. Open it and save it again, or as CSV.",
            kind="damaged",
        ) from error
