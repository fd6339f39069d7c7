"""The form with a file's reading settings; a preview shows their effect before they apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.choice import choice
from dashapp.components.drop_zone import drop_zone
from dashapp.pages.data.import_summary import DELIMITERS as DELIMITER_WORDS
from segmentation import Table

AUTOMATIC = "auto"
LAST_HEADER_LINE = 1_000
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "cp1252": "Western Europe (Windows)",
    "cp1250": "Central Europe (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "cp1255": "Hebrew (Windows)",
    "cp1256": "Arabic (Windows)",
    "cp1257": "Baltic (Windows)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_kr": "Korean (EUC-KR)",
    "cp850": "Western Europe (DOS)",
    "utf-16": "Unicode (UTF-16)",
    "mac_roman": "Western Europe (Mac)",
}
DELIMITERS = {
    ",": "Comma ,",
    ";": "Semicolon ;",
    "\t": "Tab",
    "|": "Bar |",
    "^": "Caret ^",
    "~": "Tilde ~",
    ":": "Colon :",
    "whitespace": "Blanks",
}
DECIMALS = {".": "Point 1,234.50", ",": "Comma 1.234,50"}
DECIMAL_WORDS = {".": "point", ",": "comma"}
# Settings of each format, in the order of the form.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "csv": ("encoding", "delimiter", "decimal", "header_line"),
    "xlsx": ("sheet", "decimal", "header_line"),
    "xls": ("sheet", "decimal", "header_line"),
    "ods": ("sheet", "decimal", "header_line"),
}
LABELS = {
    "encoding": "Characters",
    "delimiter": "Between columns",
    "decimal": "Decimal mark",
    "sheet": "Sheet",
}


@dataclass(frozen=True)
class Reading:
    """Current reading settings of a file.

    Attributes
    ----------
    format
        ``"csv"``, ``"xlsx"``, or another format, which has no settings.
    found
        Detected or chosen values, by field.
    chosen
        The values chosen by the user.
    sheets
        Sheet names of a workbook.
    """

    format: str
    found: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table) -> Reading:
        """Return how a table was read."""
        others = next((i.examples for i in table.issues if i.kind == "other_sheets"), ())
        sheet = table.recipe.get("sheet")
        return cls(
            format=str(table.recipe.get("format")),
            found=table.recipe,
            chosen=table.recipe.get("chosen", {}),
            sheets=(str(sheet), *others) if sheet else (),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the settings that apply to the file."""
        return FIELDS.get(self.format, ())

    def options(self, name: str) -> dict[str, str]:
        """Return the options of a field as value → label; automatic comes first."""
        known = {"encoding": ENCODINGS, "delimiter": DELIMITERS, "decimal": DECIMALS}.get(name)
        if known is None:
            known = {sheet: sheet for sheet in self.sheets}
        current = str(self.chosen.get(name, ""))
        odd = {} if current in known or not current else {current: _label(name, current)}
        return {AUTOMATIC: self._automatic(name), **odd, **known}

    def _automatic(self, name: str) -> str:
        found = self.found.get(name)
        if not found or name in self.chosen:
            return "Find automatically"
        return f"Automatic: {_label(name, str(found))}"


def reading_fields(id_type: str, reading: Reading) -> Component:
    """Return the fields of the form.

    Parameters
    ----------
    id_type
        Type of the fields' ids: ``{"type": id_type, "field": name}``.
    reading
        Provides the fields' values.
    """
    fields = [_field(id_type, name, reading) for name in reading.fields]
    return html.Div(fields, className="option-grid")


def reading_panel(form: list[Component], *, opened: bool) -> Component:
    """Return the collapsed form of a file that was read."""
    return html.Details(
        [
            html.Summary("Read it differently"),
            html.Div(form, className="card-soft review-card"),
        ],
        className="review-fold",
        open=opened,
    )


def recipe_panel(recipe_href: str) -> Component:
    """Return the collapsed panel to download and upload all choices as a recipe."""
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
                        small=True,
                    ),
                ],
                className="card-soft review-card",
            ),
        ],
        className="review-fold",
    )


def _field(id_type: str, name: str, reading: Reading) -> Component:
    id_ = {"type": id_type, "field": name}
    if name == "header_line":
        return _header_line(id_, reading)
    current = str(reading.chosen.get(name, AUTOMATIC))
    return choice(id_, LABELS[name], reading.options(name), current)


def _header_line(id_: dict[str, str], reading: Reading) -> Component:
    found = reading.found.get("header_line")
    number = dbc.Input(
        id=id_,
        type="number",
        min=0,
        max=LAST_HEADER_LINE,
        step=1,
        debounce=True,
        value=reading.chosen.get("header_line"),
        placeholder="Automatic" if found is None else f"Automatic: {found or 'none'}",
    )
    return html.Div(
        [
            html.Label([html.Span("Line with the column names", className="field-label"), number]),
            html.Div("0 if the file has none", className="field-note"),
        ],
        className="field",
    )


def _label(name: str, value: str) -> str:
    if name == "delimiter":
        return DELIMITER_WORDS.get(value, f"character {value}")
    if name == "decimal":
        return DECIMAL_WORDS.get(value, value)
    return value if name == "sheet" else value.upper()
