"""Command line options for reading a file, and messages about the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from segmentation.errors import ReadError

if TYPE_CHECKING:
    from segmentation.table.table import Table

#: Delimiters that are hard to type in a shell.
DELIMITERS = {"tab": "\t", "\\t": "\t", "space": "whitespace"}

_OPTIONS = (
    click.option("--encoding", "text_encoding", help="Text encoding, such as utf-8 or cp1252."),
    click.option("--delimiter", help="Character between cells; also tab or whitespace."),
    click.option("--decimal", help="Decimal mark of the numbers: . or ,"),
    click.option(
        "--header-line", type=click.IntRange(0), help="Line with the names, from 1; 0 for none."
    ),
    click.option("--sheet", help="Name of a workbook's sheet, or its position from 0."),
    click.option("--recipe", type=click.Path(), help="Recipe of an earlier file, as JSON."),
)

#: The option that helps with a kind of error.
_ADVICE = {
    "one_column": "--delimiter names the character between the cells.",
    "no_rows": "--header-line and --delimiter say how it is laid out.",
    "encoding": "--encoding names the encoding.",
    "missing_sheet": "--sheet names one of them.",
}

#: Issues that change the meaning of segments, hence always reported.
_TELLING = ("recipe", "transactions")


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for reading a file to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def column_and_text_encoding(
    column_encoding: str | None, told: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the column encoding and the options with the text encoding of ``fit``.

    ``--encoding`` used to mean the column encoding; its values ``auto`` and ``label`` still do,
    because they are not names of text encodings.

    Examples
    --------
    >>> column_and_text_encoding(None, {"text_encoding": "label"})
    ('label', {'text_encoding': None})
    >>> column_and_text_encoding(None, {"text_encoding": "cp1252"})
    ('auto', {'text_encoding': 'cp1252'})
    """
    if told["text_encoding"] in {"auto", "label"}:
        return column_encoding or told["text_encoding"], {**told, "text_encoding": None}
    return column_encoding or "auto", told


def read_told(
    file: str,
    *,
    text_encoding: str | None,
    delimiter: str | None,
    decimal: str | None,
    header_line: int | None,
    sheet: str | None,
    recipe: str | None,
    keep_duplicates: bool = False,
) -> Table:
    """Return a file read with the given options.

    Raises
    ------
    ReadError
        The file cannot be read; the message names the option that helps, if there is one.
    ParameterError
        An option is invalid.
    """
    from segmentation.table.reading import read_table

    try:
        return read_table(
            file,
            encoding=text_encoding,
            delimiter=DELIMITERS.get(delimiter or "", delimiter),
            decimal=decimal,
            header_line=header_line,
            sheet=sheet,
            recipe=recipe,
            keep_duplicates=keep_duplicates,
        )
    except ReadError as error:
        if error.kind not in _ADVICE:
            raise
        raise ReadError(f"{error} {_ADVICE[error.kind]}", kind=error.kind) from error


def tell_about(table: Table) -> None:
    """Report on stderr issues that change the meaning of segments: recipe misfits, transactions."""
    for issue in table.issues:
        if issue.kind in _TELLING:
            where = "" if issue.column is None else f"{issue.column}: "
            click.echo(f"{where}{issue.suggestion}", err=True)
