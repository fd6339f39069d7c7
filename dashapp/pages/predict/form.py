"""A form with a field for every column that drives the segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting, units
from dashapp.components.choice import choice
from dashapp.page.inputs import number_or_none
from segmentation import ModelColumn, SegmentModel

# A model with more columns shows only the most important fields at first.
MOST_FIELDS = 14
FIRST_FIELDS = 10
TYPICAL = "Starts with typical values; the answer follows every change."
# Option for a missing category; a slider always has a number.
UNKNOWN = {"": "Unknown"}
CATEGORY_ROLES = ("ordinal", "nominal", "binary")


def form(
    model: SegmentModel,
    field_type: str,
    values: Mapping[str, Any],
    note: str = TYPICAL,
) -> Component:
    """Return a form with a field for every column that drives the segments.

    Parameters
    ----------
    field_type
        Type of the fields' ids: ``{"type": field_type, "column": name}``.
    values
        Initial values of the fields, from :func:`start_values`.
    note
        Where the initial values come from.
    """
    first, rest = divided(model)

    def fields(columns: Sequence[ModelColumn]) -> list[Component]:
        return [
            field(column, {"type": field_type, "column": column.name}, values[column.name])
            for column in columns
        ]

    return html.Section(
        [
            html.H2("The customer"),
            html.P(note, className="text-muted-soft"),
            *fields(first),
            html.Details(
                [
                    html.Summary(f"More columns ({len(rest)})"),
                    html.Div(fields(rest), className="predict-form"),
                ]
            )
            if rest
            else None,
        ],
        className="card-soft predict-form scrolls",
    )


def divided(model: SegmentModel) -> tuple[list[ModelColumn], list[ModelColumn]]:
    """Split the columns into visible and collapsed ones, both in the table's order.

    Returns
    -------
    first, rest
        All columns and none if there are few; else the FIRST_FIELDS most important ones and the
        rest.
    """
    columns = [column for column in model.columns if column.use == "basis"]
    if len(columns) <= MOST_FIELDS:
        return columns, []
    asked = {column.name for column in columns}
    important = [entry.column for entry in model.importance if entry.column in asked]
    chosen = set(important[:FIRST_FIELDS])
    first = [column for column in columns if column.name in chosen]
    return first, [column for column in columns if column.name not in chosen]


def start_values(model: SegmentModel, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the initial value of each column's field.

    Parameters
    ----------
    given
        Column → text of its value in the URL; an empty text means missing.
    """
    return {
        column.name: start_value(column, next(iter(given.get(column.name, ())), None))
        for column in model.columns
        if column.use == "basis"
    }


def start_value(column: ModelColumn, asked: str | None) -> Any:
    """Return a field's initial value: the requested one if it can be shown, or the default."""
    default = column.default
    if column.role in CATEGORY_ROLES:
        default = None if default is None else str(default)
        known = {str(level) for level in column.levels} | set(UNKNOWN)
        return asked if asked in known else default
    try:
        if column.role == "date":
            return date.fromisoformat(asked).isoformat() if asked else default
        number = number_or_none(asked)
    except ValueError:  # not a date, or not a number
        return default
    return default if number is None else number


def field(column: ModelColumn, id_: dict[str, str], value: Any) -> Component:
    """Return one field: a select, a date, or a slider with a number field."""
    if column.role in CATEGORY_ROLES:
        levels = {str(level): str(level) for level in column.levels}
        return choice(id_, column.name, levels | UNKNOWN, value)
    if column.role == "date":
        return html.Label(
            [
                html.Span(column.name, className="field-label"),
                dbc.Input(type="date", id=id_, value=value),
            ],
            className="field",
        )
    low, high = column.minimum or 0.0, column.maximum or 0.0
    currency = units.currency_of(column.name)
    decimals = 0 if currency else column.decimals
    seen = (
        f"seen {formatting.fixed(low, decimals, currency)} "
        f"to {formatting.fixed(high, decimals, currency)}"
    )
    # A value beyond the training range is kept; the answer says that it is unusual.
    low, high = min(low, value or low), max(high, value or high)
    step = 10.0**-column.decimals if column.decimals else 1
    return html.Div(
        [
            html.Div(
                [
                    html.Span(column.name, className="field-label"),
                    html.Span(seen, className="field-note"),
                ],
                className="filter-head",
            ),
            dcc.Slider(
                min=low,
                max=high if high > low else low + 1,
                step=step,
                value=value,
                marks=None,
                updatemode="drag",
                allow_direct_input=True,
                id=id_,
            ),
        ],
        className="field",
    )
