"""How a file begins, and how its first rows would be read with some choices: quick, to look at."""

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
#: Enough for some hundred rows of any table; long headers fit in twice.
_LOOKED_AT = 256 * 1024
#: What is shown of the file itself: enough to find the line with the column names.
_LINES = 12
_LONGEST_LINE = 240


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first lines of a file, as they are and as they would be read.

    Attributes
    ----------
    format : str
        As in `segmentation.table.files.file_type.Content`.
    encoding : str or None
        Of a text file: the one chosen, or found on the whole file.
    sheets : tuple of str
        Of a workbook: what can be chosen.
    lines : tuple of str
        Of a text file: its first lines, cut to what fits on a screen.
    table : Table or None
        The first rows as they would be read; None where they cannot be.
    problem : str
        Why not, in a sentence; empty where they can.
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
    r"""Look at the beginning of a file.

    Only the first rows of a text file are read, in the encoding of the whole; a workbook has no
    beginning that could be read by itself.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name.
    recipe : mapping, optional
        What to choose, as in a table's recipe: its parts ``chosen``, ``fixes`` and ``columns``.
    limits : Limits
        How large it may be.

    Raises
    ------
    ReadError
        It is no text, workbook or Parquet file at all.

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
    """Decode a text file, anyhow where the chosen encoding does not suit it, and say so."""
    try:
        return decode(data, encoding), ""
    except ReadError as error:
        if encoding is None:
            raise
        return replace(decode(data), encoding=encoding), str(error)


def _first_part(content: Content, text: Text) -> Content:
    """Cut a text behind the last line that is whole."""
    part = text.body[:_LOOKED_AT]
    if len(part) < len(text.body):
        part = part[: part.rfind(b"\n") + 1] or part
    return Content(content.format, part, content.name)


def _first_lines(text: Text) -> tuple[str, ...]:
    part = text.body[: _LINES * _LONGEST_LINE * 8].decode("utf-8", "replace")
    return tuple(line[:_LONGEST_LINE] for line in part.splitlines()[:_LINES])
