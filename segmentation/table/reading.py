"""`read_table`: any customer file in, one checked and typed table out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Any

import numpy as np

from segmentation.errors import ParameterError, ReadError
from segmentation.table.assembling import Raw, assemble
from segmentation.table.columns import Issue
from segmentation.table.content import Content, open_content
from segmentation.table.dataset import Table
from segmentation.table.decoding import decode
from segmentation.table.dialect import WHITESPACE, find_dialect
from segmentation.table.heading import find_header
from segmentation.table.limits import Limits
from segmentation.table.parquet import read_parquet
from segmentation.table.recipe import VERSION, Fixes, apply_recipe, layout_gone, replayed
from segmentation.table.recipe_file import load_recipe
from segmentation.table.records import read_records
from segmentation.table.workbook import cell_text, read_sheet, sheet_records

_DEFAULT_LIMITS = Limits()
_HEADER_ROWS = 400
_CHOICE_TYPES: dict[str, type | tuple[type, ...]] = {
    "encoding": str,
    "delimiter": str,
    "decimal": str,
    "header_line": int,
    "sheet": (str, int),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decided; None leaves a choice to the program."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header_line: int | None = None
    sheet: str | int | None = None

    def __post_init__(self) -> None:
        """Refuse what can never work."""
        for key, kinds in _CHOICE_TYPES.items():
            value = getattr(self, key)
            if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
                raise ParameterError(f"“{value}” cannot be the choice for {key}.")
        if self.decimal not in {None, ".", ","}:
            raise ParameterError(f"The decimal mark is “.” or “,”, not “{self.decimal}”.")
        if self.header_line is not None and self.header_line < 0:
            raise ParameterError("The header line is a line number from 1, or 0 for no header.")
        if self.delimiter is not None and self.delimiter != WHITESPACE:
            _check_delimiter(self.delimiter)


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n\x00':
        raise ParameterError(
            "The delimiter is a single character such as “;”, or “whitespace”, and no quote or "
            "line end."
        )


def read_table(
    source: str | os.PathLike[str] | bytes | IO[bytes],
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header_line: int | None = None,
    sheet: str | int | None = None,
    fixes: Mapping[str, str] | None = None,
    recipe: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    keep_duplicates: bool = False,
    limits: Limits = _DEFAULT_LIMITS,
) -> Table:
    r"""Read a customer file: CSV and other delimited text, XLSX, or Parquet.

    The content decides what the file is, never its name; gzip and zip archives with one table
    inside are opened. Every choice is reported in the table's recipe and can be overruled.

    Parameters
    ----------
    source : path, bytes or file
        What to read; a file is open for reading bytes.
    name : str, optional
        What to call it; the file's own name by default.
    encoding : str, optional
        Text encoding such as ``"utf-8"`` or ``"cp1252"``.
    delimiter : str, optional
        One character, or ``"whitespace"``.
    decimal : str, optional
        ``"."`` or ``","``.
    header_line : int, optional
        The line with the column names, the first being 1; 0 says that there is none.
    sheet : str or int, optional
        Name or position (from 0) of a workbook's sheet.
    fixes : mapping, optional
        How to deal with issues, such as ``{"not_a_number": "set_aside"}`` or, for one column,
        ``{"ambiguous_date:Joined": "day_first"}``; see `segmentation.table.recipe.FIXES`.
    recipe : mapping or path, optional
        The recipe of an earlier table or its JSON file, whose choices are repeated; others given
        here overrule. What no longer fits is reported as an issue and left out.
    keep_duplicates : bool
        Keep exact duplicate rows, as for scoring or for transactions.
    limits : Limits
        How large the file may be.

    Returns
    -------
    Table
        Typed rows with roles, issues and recipe; see `Table`.

    Raises
    ------
    ReadError
        The file cannot be read as a table; the message says why and what to do.
    ParameterError
        A choice is impossible.

    Examples
    --------
    >>> table = read_table(b"id;age;spend\n1;30;2,50\n2;41;7,25\n")
    >>> table.recipe["delimiter"], table.recipe["decimal"], table.rows_used
    (';', ',', 2)
    """
    given = {
        "encoding": encoding,
        "delimiter": delimiter,
        "decimal": decimal,
        "header_line": header_line,
        "sheet": sheet,
    }
    given = {key: choice for key, choice in given.items() if choice is not None}
    if isinstance(recipe, str | os.PathLike):
        recipe = load_recipe(recipe)
    layout, earlier_fixes = replayed(recipe)
    data, found_name = _bytes_of(source, limits)
    read = partial(
        _read,
        open_content(data, name or found_name, limits),
        name or found_name or "data",
        fixes=Fixes({**earlier_fixes, **(fixes or {})}),
        keep_duplicates=keep_duplicates,
        limits=limits,
    )
    if recipe is None:
        return read(given)
    try:
        return apply_recipe(read(layout | given), recipe)
    except ReadError as error:
        if error.kind == "too_large" or not layout.keys() - given.keys():
            raise
        table = apply_recipe(read(given), recipe)
        return replace(table, issues=(layout_gone(layout, error), *table.issues))


def _read(
    content: Content,
    called: str,
    chosen: dict[str, Any],
    *,
    fixes: Fixes,
    keep_duplicates: bool,
    limits: Limits,
) -> Table:
    """Read what is known to be a table, with the choices of its user."""
    raw = _READERS[content.format](content, Choices(**chosen), limits)
    table = assemble(raw, called, limits, fixes=fixes, keep_duplicates=keep_duplicates)
    return replace(table, recipe={"version": VERSION, **table.recipe, "chosen": chosen})


def _bytes_of(source: Any, limits: Limits) -> tuple[bytes, str]:
    """Return the bytes of a source and its name, which may be empty."""
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        name = ""
    elif hasattr(source, "read"):
        data, name = source.read(), PurePath(str(getattr(source, "name", ""))).name
        if not isinstance(data, bytes):
            raise ParameterError("The file must be open for reading bytes: open(path, “rb”).")
    elif isinstance(source, str | os.PathLike):
        data, name = _file_bytes(Path(source), limits), Path(source).name
    else:
        raise ParameterError("A table is read from a path, bytes or an open file.")
    limits.check_file_bytes(len(data))
    return data, name


def _file_bytes(path: Path, limits: Limits) -> bytes:
    try:
        limits.check_file_bytes(path.stat().st_size)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise ReadError(
            f"There is no file “{path}”. Check the path.", kind="missing_file"
        ) from error
    except IsADirectoryError as error:
        raise ReadError(
            f"“{path}” is a folder. Choose a file in it.", kind="missing_file"
        ) from error
    except OSError as error:
        raise ReadError(
            f"The file “{path}” cannot be opened: {error.strerror or 'the system refuses'}.",
            kind="missing_file",
        ) from error


def _read_text(content: Content, choices: Choices, limits: Limits) -> Raw:
    text = decode(content.data, choices.encoding)
    dialect = find_dialect(
        text.body, limits, delimiter=choices.delimiter, header_line=choices.header_line
    )
    records = read_records(text.body, dialect, len(dialect.names), limits)
    issues = []
    if text.nul_characters:
        issues.append(
            Issue(
                kind="nul_character",
                column=None,
                count=text.nul_characters,
                suggestion="NUL characters were taken out; the export may be damaged.",
            )
        )
    if dialect.header_line == 0:
        issues.append(_no_header())
    found = {
        "format": "csv",
        "encoding": text.encoding,
        "delimiter": dialect.delimiter,
        "header_line": dialect.header_line,
        "sheet": None,
    }
    return Raw(dialect.names, records, found, tuple(issues), choices.decimal)


def _no_header() -> Issue:
    return Issue(
        kind="no_header",
        column=None,
        count=1,
        suggestion="The first row looks like data, so columns were named by their position.",
    )


def _read_workbook(content: Content, choices: Choices, limits: Limits) -> Raw:
    sheet = read_sheet(content.data, limits, choices.sheet)
    head = [tuple(map(cell_text, row)) for row in sheet.rows[:_HEADER_ROWS]]
    header_line, first_line, names = find_header(
        head, sheet.first_line, limits, header_line=choices.header_line
    )
    start = first_line - sheet.first_line
    lines = np.arange(first_line, sheet.first_line + len(sheet.rows), dtype=np.int64)
    records = sheet_records(sheet.rows[start:], lines, len(names))
    issues = [_no_header()] if header_line == 0 else []
    if sheet.others:
        issues.append(
            Issue(
                kind="other_sheets",
                column=None,
                count=len(sheet.others),
                examples=sheet.others[:5],
                suggestion=f"The sheet “{sheet.name}” was read; the workbook has others.",
            )
        )
    found = {
        "format": "xlsx",
        "encoding": None,
        "delimiter": None,
        "header_line": header_line,
        "sheet": sheet.name,
    }
    return Raw(names, records, found, tuple(issues), choices.decimal or ".")


def _read_parquet(content: Content, choices: Choices, limits: Limits) -> Raw:
    del choices
    names, records = read_parquet(content.data, limits)
    found = {
        "format": "parquet",
        "encoding": None,
        "delimiter": None,
        "header_line": None,
        "sheet": None,
    }
    return Raw(names, records, found, (), ".")


#: Adding a format is one line here, and one in `content`.
_READERS = {"csv": _read_text, "xlsx": _read_workbook, "parquet": _read_parquet}
