"""What was read from a file: in words, and as a sum that reconciles."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from segmentation import Role, Table

# Stands for the rest of a masked name or address.
HIDDEN = "•••"
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def detected(table: Table) -> str:
    """What the reader found out about the file, in words."""
    recipe = table.recipe
    # A table that was made, not read, has no file format to speak of.
    parts = [str(recipe["format"]).upper()] if recipe.get("format") not in (None, "frame") else []
    if recipe.get("encoding"):
        parts.append(str(recipe["encoding"]).upper())
    if recipe.get("sheet"):
        parts.append(f"sheet “{recipe['sheet']}”")
    if recipe.get("delimiter"):
        parts.append(DELIMITERS.get(recipe["delimiter"], f"“{recipe['delimiter']}”"))
    if recipe.get("decimal"):
        parts.append("decimal comma" if recipe["decimal"] == "," else "decimal point")
    if recipe.get("header_line"):
        parts.append(f"header in line {formatting.number(recipe['header_line'])}")
    size = f"{formatting.number(table.rows_used)} rows × {len(table.columns)} columns"
    return ", ".join([*parts, size])


def reconciliation(table: Table) -> Component:
    """The sum that shows that no row was lost."""
    terms = (
        ("rows read", table.rows_read, "="),
        ("used", table.rows_used, "+"),
        ("set aside", table.rows_set_aside, "+"),
        ("duplicate", table.rows_duplicate, ""),
    )
    children: list[Component] = []
    for label, count, sign in terms:
        children.append(
            html.Span([html.Strong(formatting.number(count)), f" {label}"], className="sum-term")
        )
        if sign:
            children.append(html.Span(sign, className="sum-sign"))
    return html.Div(children, className="sum-strip", role="note")


def rows_shown(table: Table, count: int) -> pd.DataFrame:
    """The first rows as they were understood, with contact data hidden."""
    return hidden(table.frame.head(count), table)


def hidden(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Some rows of a table, in which contact data show their first letters only."""
    contact = [column.name for column in table.columns if column.role is Role.CONTACT]
    masks = {name: frame[name].astype("str").str[:1] + HIDDEN for name in contact}
    known = {name: mask.where(frame[name].notna()) for name, mask in masks.items()}
    return frame.assign(**known)


def lines_shown(lines: Sequence[str], table: Table) -> list[str]:
    """Lines of the file itself, with contact data hidden as in :func:`rows_shown`."""
    head = table.frame.head(len(lines))
    contact = [column.name for column in table.columns if column.role is Role.CONTACT]
    private = {str(text) for name in contact for text in head[name].dropna()}
    shown = list(lines)
    for text in sorted(private, key=len, reverse=True):
        shown = [line.replace(text, text[:1] + HIDDEN) for line in shown]
    return shown


def ids_of(table: Table) -> tuple[str, ...]:
    """Columns whose numbers are names and are written without separators."""
    return tuple(column.name for column in table.columns if column.role is Role.IDENTIFIER)
