"""`read_table`: read any customer file into a checked and typed table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Any

from segmentation.errors import ParameterError, ReadError
from segmentation.table.assembling import assemble
from segmentation.table.corrected_rows import with_mended_rows
from segmentation.table.files.file_type import Content, open_content
from segmentation.table.files.readers import READERS, Choices
from segmentation.table.recipe import (
    VERSION,
    Fixes,
    apply_recipe,
    layout_gone,
    meanings_in,
    replayed,
)
from segmentation.table.recipe_file import load_recipe
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.limits import Limits
from segmentation.table.table import Table

_DEFAULT_LIMITS = Limits()


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
    mended: Mapping[int, Mapping[str, str]] | None = None,
    keep_duplicates: bool = False,
    limits: Limits = _DEFAULT_LIMITS,
) -> Table:
    r"""Read a customer file: CSV and other delimited text, XLSX, or Parquet.

    The file type is detected from the content, never from the name; gzip and zip archives that
    hold one table are unpacked. The table's recipe records every choice; you can override each.

    Parameters
    ----------
    source : path, bytes or file
        What to read; a file must be open in binary mode.
    name : str, optional
        Name of the table; the file's own name by default.
    encoding : str, optional
        Text encoding such as ``"utf-8"`` or ``"cp1252"``.
    delimiter : str, optional
        One character, or ``"whitespace"``.
    decimal : str, optional
        ``"."`` or ``","``.
    header_line : int, optional
        The line with the column names, counted from 1; 0 means no header.
    sheet : str or int, optional
        Name or position (from 0) of a workbook's sheet.
    fixes : mapping, optional
        How to handle issues, such as ``{"not_a_number": "set_aside"}`` or, for one column,
        ``{"ambiguous_date:Joined": "day_first"}``; see `segmentation.table.recipe.FIXES`.
    recipe : mapping or path, optional
        The recipe of an earlier table, or its JSON file, to apply again; arguments given here
        override it. Choices that no longer fit are skipped and reported as issues.
    mended : mapping, optional
        Corrected rows by line, as returned by `read_mended`; they replace the rows on those
        lines.
    keep_duplicates : bool
        Keep exact duplicate rows, as needed for scoring and transactions.
    limits : Limits
        Maximum sizes.

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
        meanings=meanings_in(recipe),
        mended=mended or {},
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


def read_content(content: Content, recipe: Mapping[str, Any], limits: Limits) -> Table:
    """Read opened content strictly by a recipe, without fallback.

    Parameters
    ----------
    content : Content
        Bytes of one table.
    recipe : mapping
        Any of the parts ``chosen``, ``fixes`` and ``columns`` of a table's recipe.
    limits : Limits
        Maximum sizes.

    Raises
    ------
    ReadError, ParameterError
        As `read_table`.
    """
    recipe = {**recipe, "version": VERSION}
    layout, fixes = replayed(recipe)
    table = _read(
        content,
        content.name,
        layout,
        fixes=Fixes(fixes),
        meanings=meanings_in(recipe),
        mended={},
        limits=limits,
    )
    return apply_recipe(table, recipe)


def _read(
    content: Content,
    called: str,
    chosen: dict[str, Any],
    *,
    mended: Mapping[int, Mapping[str, str]],
    limits: Limits,
    **decided: Any,
) -> Table:
    """Read content of a known format with the user's choices."""
    try:
        raw = READERS[content.format](content, Choices(**chosen), limits)
        if content.beside:
            raw = replace(raw, issues=(_beside(content), *raw.issues))
        table = assemble(with_mended_rows(raw, mended), called, limits, **decided)
    except MemoryError as error:
        raise ReadError(
            "The file needs more memory than there is. Leave out columns that are not needed, or "
            "split it.",
            kind="too_large",
        ) from error
    return replace(table, recipe={"version": VERSION, **table.recipe, "chosen": chosen})


def _beside(content: Content) -> Issue:
    return Issue(
        kind="other_files",
        column=None,
        count=len(content.beside),
        examples=tuple(name[:60] for name in content.beside[:5]),
        suggestion=f"“{content.name}” was read; the archive has other files, which are no tables.",
    )


def _bytes_of(source: Any, limits: Limits) -> tuple[bytes, str]:
    """Return the bytes of a source and its name (may be empty)."""
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
