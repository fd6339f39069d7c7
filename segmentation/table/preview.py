"""Quick preview of a file: its first lines, and its first rows as read with given choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from segmentation.errors import ReadError, SegmentationError
from segmentation.table.files.decoding import Text, decode
from segmentation.table.files.file_type import Content, open_content
from segmentation.table.files.workbook import WORKBOOKS, sheet_names
from segmentation.table.reading import read_content
from segmentation.table.schema.limits import Limits
from segmentation.table.table import Table

_DEFAULT_LIMITS = Limits()
#: Enough for some hundred rows of any table, and for twice the longest header.
_LOOKED_AT = 256 * 1024
#: Lines shown of the file itself: enough to find the header.
_LINES = 12
_LONGEST_LINE = 240


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first lines of a file, as written and as read.

    Attributes
    ----------
    format : str
        As in `segmentation.table.files.file_type.Content`.
    encoding : str or None
        For a text file: the encoding chosen, or detected from the whole file.
    sheets : tuple of str
        For a workbook: the sheets to choose from.
    lines : tuple of str
        For a text file: its first lines, cut to fit on a screen.
    table : Table or None
        The first rows as read; None if they cannot be read.
    problem : str
        One sentence on why they cannot be read; else empty.
    """

    format: str
    encoding: str | None
    sheets: tuple[str, ...]
    lines: tuple[str, ...]
    table: Table | None
    problem: str = ""


def read_beginning(
    data: bytes,
    *,
    name: str = "",
    recipe: Mapping[str, Any] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> Beginning:
    r"""Return a preview of the beginning of a file.

    Only the first rows of a text file are read, in the encoding of the whole file; a workbook
    cannot be read in part.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name.
    recipe : mapping, optional
        Choices, as in the ``chosen``, ``fixes`` and ``columns`` parts of a table's recipe.
    limits : Limits
        Maximum sizes.

    Raises
    ------
    ReadError
        The file is not text, a workbook or Parquet.

    Examples
    --------
    >>> seen = read_beginning(b"Report\nid;age\n1;30\n2;41\n", recipe={"chosen": {"decimal": ","}})
    >>> seen.lines[:2], seen.table.recipe["delimiter"], seen.table.recipe["decimal"]
    (('Report', 'id;age'), ';', ',')
    """
    content = open_content(data, name, limits)
    chosen = dict((recipe or {}).get("chosen", {}))
    encoding: str | None = None
    lines: tuple[str, ...] = ()
    problem = ""
    if content.format == "csv":
        text, problem = _decoded(content.data, chosen.get("encoding"))
        content, lines, encoding = _first_part(content, text), _first_lines(text), text.encoding
        chosen["encoding"] = "utf-8"
    sheets = sheet_names(content.data) if content.format in WORKBOOKS else ()
    try:
        table = None if problem else _read(content, recipe, chosen, limits)
    except SegmentationError as error:
        table, problem = None, str(error)
    if table is not None:
        table = replace(table, recipe=table.recipe | {"encoding": encoding})
    return Beginning(content.format, encoding, sheets, lines, table, problem)


def _read(
    content: Content, recipe: Mapping[str, Any] | None, chosen: dict[str, Any], limits: Limits
) -> Table:
    return read_content(content, {**(recipe or {}), "chosen": chosen}, limits)


def _decoded(data: bytes, encoding: str | None) -> tuple[Text, str]:
    """Return a decoded text file and a problem; falls back if the chosen encoding does not fit."""
    try:
        return decode(data, encoding), ""
    except ReadError as error:
        if encoding is None:
            raise
        return replace(decode(data), encoding=encoding), str(error)


def _first_part(content: Content, text: Text) -> Content:
    """Return the beginning of a text, cut after the last complete line."""
    part = text.body[:_LOOKED_AT]
    if len(part) < len(text.body):
        part = part[: part.rfind(b"\n") + 1] or part
    return Content(content.format, part, content.name)


def _first_lines(text: Text) -> tuple[str, ...]:
    part = text.body[: _LINES * _LONGEST_LINE * 8].decode("utf-8", "replace")
    return tuple(line[:_LONGEST_LINE] for line in part.splitlines()[:_LINES])
