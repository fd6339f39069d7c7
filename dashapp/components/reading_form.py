"""“Read it differently”: how a file was read, each choice to change, with its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.choice import choice
from dashapp.components.review import ids_of, lines_shown, rows_shown
from dashapp.components.tables import data_table
from dashapp.components.upload import drop_zone
from segmentation import Table

AUTOMATIC = "auto"
PREVIEW_ROWS = 5
LAST_HEADER_LINE = 1_000
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "cp1252": "Western Europe (Windows)",
    "cp1250": "Central Europe (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "utf-16": "Unicode (UTF-16)",
    "mac_roman": "Western Europe (Mac)",
}
DELIMITERS = {
    ",": "Comma ,",
    ";": "Semicolon ;",
    "\t": "Tab",
    "|": "Bar |",
    "whitespace": "Blanks",
}
DECIMALS = {".": "Point 1,234.50", ",": "Comma 1.234,50"}
# What can be chosen for each format, in the order of the form.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "csv": ("encoding", "delimiter", "decimal", "header_line"),
    "xlsx": ("sheet", "decimal", "header_line"),
}
LABELS = {
    "encoding": "Characters",
    "delimiter": "Between columns",
    "decimal": "Decimal mark",
    "sheet": "Sheet",
}


def reading_form(
    id_type: str, table: Table, raw_lines: Sequence[str] = (), *, opened: bool
) -> Component | None:
    """The folded form; None where a file leaves nothing to choose.

    Parameters
    ----------
    id_type
        Type of the fields' ids: ``{"type": id_type, "field": name}``.
    table
        What was read; its recipe fills the fields.
    raw_lines
        How the file begins, as text; empty where it is no text.
    opened
        Unfolded, as after a change that was made here.
    """
    fields = fields_of(table)
    if not fields:
        return None
    return html.Details(
        [
            html.Summary("Read it differently"),
            html.Div(
                [
                    html.P(
                        "Each change reads your file again at once and shows the new rows below. "
                        "Undo takes you back."
                    ),
                    html.Div([_field(id_type, name, table) for name in fields],
                             className="option-grid"),
                    _file_lines(raw_lines, table),
                    html.H3("First rows as they are read now"),
                    first_rows(table),
                ],
                className="card-soft review-card",
            ),
        ],
        className="review-fold",
        open=opened,
    )  # fmt: skip


def recipe_panel(recipe_href: str) -> Component:
    """The folded panel that takes all choices away and brings them back."""
    return html.Details(
        [
            html.Summary("Recipe for next month"),
            html.Div(
                [
                    html.P(
                        "A recipe holds every choice made here: how the file is read, what "
                        "happens to bad cells, and what each column is for. Files with the same "
                        "columns get it by themselves while this session lasts; keep the recipe "
                        "for later ones."
                    ),
                    html.A("Download recipe", href=recipe_href, className="btn btn-secondary"),
                    drop_zone(
                        "recipe",
                        "Apply a recipe",
                        "Drop it here · the file is read again with its choices",
                        accept=".json",
                    ),
                ],
                className="card-soft review-card",
            ),
        ],
        className="review-fold",
    )


def fields_of(table: Table) -> tuple[str, ...]:
    """Names of the choices that a table's file leaves."""
    return FIELDS.get(str(table.recipe.get("format")), ())


def options_of(name: str, table: Table) -> dict[str, str]:
    """Value → label of what can be chosen; what was found is always among it."""
    known = {"encoding": ENCODINGS, "delimiter": DELIMITERS, "decimal": DECIMALS}.get(name)
    if known is None:
        known = {sheet: sheet for sheet in _sheets(table)}
    current = str(table.recipe.get(name) or "")
    found = {} if current in known or not current else {current: _label(name, current)}
    chosen = {AUTOMATIC: "Find automatically"} if name in table.recipe.get("chosen", {}) else {}
    return {**found, **known, **chosen}


def first_rows(table: Table, count: int = PREVIEW_ROWS) -> Component:
    """The first rows with their lines in the file."""
    frame = rows_shown(table, count)
    lines = table.lines[:count]
    name = next(text for text in ("Line", "Line of the file", "#") if text not in frame)
    frame = frame.assign(**{name: lines})[[name, *frame.columns]]
    return data_table(
        frame, caption="First rows as they are read now", plain=(name, *ids_of(table))
    )


def _field(id_type: str, name: str, table: Table) -> Component:
    id_ = {"type": id_type, "field": name}
    if name == "header_line":
        return _header_line(id_, table)
    return choice(id_, LABELS[name], options_of(name, table), str(table.recipe.get(name) or ""))


def _header_line(id_: dict[str, str], table: Table) -> Component:
    number = dbc.Input(
        id=id_,
        type="number",
        min=0,
        max=LAST_HEADER_LINE,
        step=1,
        debounce=True,
        value=table.recipe.get("header_line") or 0,
    )
    return html.Div(
        [
            html.Label([html.Span("Line with the column names", className="field-label"), number]),
            html.Div("0 if the file has none", className="field-note"),
        ],
        className="field",
    )


def _file_lines(lines: Sequence[str], table: Table) -> Component | None:
    """How the file begins, so that the line with the column names can be found."""
    if not lines:
        return None
    head = table.recipe.get("header_line")
    items = [
        html.Li(html.Code(text or " "), className="file-head" if number == head else None)
        for number, text in enumerate(lines_shown(lines, table), start=1)
    ]
    return html.Div(
        [html.H3("How the file begins"), html.Ol(items, className="file-lines", tabIndex="0")],
        className="file-begin",
    )


def _sheets(table: Table) -> tuple[str, ...]:
    others: tuple[Any, ...] = next(
        (i.examples for i in table.issues if i.kind == "other_sheets"), ()
    )
    return (str(table.recipe.get("sheet")), *map(str, others))


def _label(name: str, value: str) -> str:
    return f"Character {value}" if name == "delimiter" else value.upper()
