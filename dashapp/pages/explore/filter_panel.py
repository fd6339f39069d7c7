"""Filters for any column: a range for a number, a multi-select for a category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting, units
from dashapp.components.choice import choices
from dashapp.services.filters import filterable, number_range, slider_step
from segmentation import Role, Table


def filter_panel(
    table: Table,
    *,
    filter_type: str,
    range_type: str,
    count_id: str,
    clear_id: str,
    start: Mapping[str, list[Any]] | None = None,
    left: str = "",
) -> Component:
    """Return the filter panel at the left of a page.

    Parameters
    ----------
    filter_type, range_type
        Types of the ids of the widgets and of the texts that show a range:
        ``{"type": filter_type, "column": name}``.
    count_id
        Id of the text with the number of matching customers.
    clear_id
        Id of the button that clears all filters.
    start
        Column → initial value; columns not listed start unfiltered.
    left
        Initial text with the number of matching customers.
    """
    values = {
        name: (start or {}).get(name) or filter_start(table, name) for name in filterable(table)
    }
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("Filters"),
                    # On small screens only; assets/portal.js toggles the panel that it controls.
                    html.Button(
                        "Show",
                        type="button",
                        className="btn btn-secondary btn-small filters-fold",
                        **{"data-fold": "filters", "aria-expanded": "false"},
                    ),
                    html.Button("Clear", id=clear_id, className="btn btn-quiet"),
                ],
                className="filters-head",
            ),
            html.Div(left, id=count_id, className="filters-count", role="status"),
            html.Div(
                [
                    _range(table, name, filter_type, range_type, values[name])
                    if table.column(name).role == Role.NUMERIC
                    else _levels(table, name, filter_type, values[name])
                    for name in values
                ],
                className="filters-body",
            ),
        ],
        className="filters card-soft scrolls",
        **{"aria-label": "Filters"},
    )


def filter_start(table: Table, name: str) -> list[Any]:
    """Return the value of a filter that matches all customers."""
    if table.column(name).role == Role.NUMERIC:
        return list(number_range(table.frame, name))
    return []


def _levels(table: Table, name: str, filter_type: str, value: list[Any]) -> Component:
    levels = [str(level) for level in table.column(name).levels]
    return html.Div(
        [
            html.Div(name, className="filter-label"),
            choices({"type": filter_type, "column": name}, levels, value, placeholder="All"),
        ],
        className="filter",
    )


def _range(
    table: Table, name: str, filter_type: str, range_type: str, value: list[Any]
) -> Component:
    low, high = number_range(table.frame, name)
    from_, to = (formatting.column_value(name, end) for end in value)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(name, className="filter-label"),
                    html.Span(
                        f"{from_} – {to}",
                        id={"type": range_type, "column": name},
                        className="filter-range",
                        **{"data-unit": units.currency_of(name)},
                    ),
                ],
                className="filter-head",
            ),
            dcc.RangeSlider(
                min=low,
                max=high if high > low else low + 1,
                step=slider_step(table.frame, name),
                value=value,
                marks=None,
                allow_direct_input=False,
                tooltip={"placement": "bottom", "transform": "readable"},
                id={"type": filter_type, "column": name},
            ),
        ],
        className="filter",
    )
