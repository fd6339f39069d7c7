"""What was read from a file: in words, and as a row count that adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from segmentation import Role, Table

DELIMITERS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    ":": "colon",
    "^": "caret",
    "~": "tilde",
    "whitespace": "blanks between columns",
}


def detected(table: Table) -> str:
    """Describe what the reader detected."""
    size = f"{formatting.number(table.customers)} rows × {len(table.columns)} columns"
    return ", ".join([*words_of(table.recipe.get("format"), table.recipe), size])


def words_of(file_format: object, found: Mapping[str, Any]) -> list[str]:
    """Describe how a file is read.

    Examples
    --------
    >>> words_of("csv", {"encoding": "utf-8", "delimiter": ";", "header_line": 4})
    ['CSV', 'UTF-8', 'semicolon', 'header in line 4']
    """
    # A table built in memory has no file format.
    parts = [str(file_format).upper()] if file_format not in {None, "frame"} else []
    if found.get("encoding"):
        parts.append(str(found["encoding"]).upper())
    if found.get("sheet"):
        parts.append(f"sheet “{found['sheet']}”")
    if found.get("delimiter"):
        parts.append(DELIMITERS.get(found["delimiter"], f"“{found['delimiter']}”"))
    if found.get("decimal"):
        parts.append("decimal comma" if found["decimal"] == "," else "decimal point")
    if found.get("header_line"):
        parts.append(f"header in line {formatting.number(found['header_line'])}")
    return parts


def reconciliation(table: Table) -> Component:
    """Return the row counts, which show that no row was lost."""
    of = table.population or table
    terms = (
        ("", "rows read", of.rows_read),
        ("=", "used", of.rows_used),
        ("+", "set aside", of.rows_set_aside),
        ("+", "duplicate", of.rows_duplicate),
    )
    # Keep each sign with its number at line breaks.
    children = [
        html.Span(
            [
                html.Span(sign, className="sum-sign") if sign else None,
                html.Span(
                    [html.Strong(formatting.number(count)), f" {label}"], className="sum-term"
                ),
            ],
            className="sum-part",
        )
        for sign, label, count in terms
    ]
    return html.Div(children, className="sum-strip", role="note")


def ids_of(table: Table) -> tuple[str, ...]:
    """Return identifier columns, whose numbers are written without separators."""
    return tuple(column.name for column in table.columns if column.role is Role.IDENTIFIER)
