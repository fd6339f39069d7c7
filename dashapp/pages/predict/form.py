"""The form made from a model: a field for every column that drives the segments."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.choice import choice
from segmentation import ModelColumn, SegmentModel

CATEGORY_ROLES = ("ordinal", "nominal", "binary")


def form(model: SegmentModel, field_type: str) -> Component:
    """A field for every column that drives the segments.

    Parameters
    ----------
    field_type
        Type of the fields' ids: ``{"type": field_type, "column": name}``.
    """
    fields = [
        field(column, {"type": field_type, "column": column.name})
        for column in model.columns
        if column.use == "basis"
    ]
    return html.Section(
        [
            html.H2("The customer"),
            html.P(
                "Starts with typical values; the answer follows every change.",
                className="text-muted-soft",
            ),
            *fields,
        ],
        className="card-soft predict-form",
    )


def field(column: ModelColumn, id_: dict[str, str]) -> Component:
    """One field: a select for a category, a date, or a slider with a number beside it."""
    if column.role in CATEGORY_ROLES:
        default = None if column.default is None else str(column.default)
        return choice(id_, column.name, [str(level) for level in column.levels], default)
    if column.role == "date":
        return html.Label(
            [
                html.Span(column.name, className="field-label"),
                dbc.Input(type="date", id=id_, value=column.default),
            ],
            className="field",
        )
    low, high = column.minimum or 0.0, column.maximum or 0.0
    currency = formatting.currency_of(column.name)
    decimals = 0 if currency else column.decimals
    seen = (
        f"seen {formatting.fixed(low, decimals, currency)} "
        f"to {formatting.fixed(high, decimals, currency)}"
    )
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
                value=column.default,
                marks=None,
                updatemode="drag",
                allow_direct_input=True,
                id=id_,
            ),
        ],
        className="field",
    )
