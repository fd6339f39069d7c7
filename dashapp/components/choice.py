"""Labeled selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.option_values import to_option


def choice(
    id_: str | dict[str, str],
    label: str,
    options: Mapping[str, str] | Iterable[str],
    value: str | None,
    *,
    note: str | None = None,
) -> Component:
    """Return a labeled select.

    Parameters
    ----------
    options
        Mapping of value to label, or values that are their own labels.
    """
    pairs = options.items() if isinstance(options, Mapping) else ((o, o) for o in options)
    select = dbc.Select(
        id=id_,
        options=[{"value": to_option(key), "label": text} for key, text in pairs],
        value=value,
        className="field-select",
    )
    # The label wraps the select: it cannot refer to a pattern id, which is not an HTML id.
    return html.Div(
        [
            html.Label([html.Span(label, className="field-label"), select]),
            html.Div(note, className="field-note") if note else None,
        ],
        className="field",
    )


def choices(
    id_: str | dict[str, str],
    options: Sequence[str] | Sequence[Mapping[str, str]],
    value: Sequence[str],
    *,
    placeholder: str = "None",
) -> Component:
    """Return a multi-select dropdown; the caller renders its label."""
    pairs = ((o, o) if isinstance(o, str) else (o["value"], o["label"]) for o in options)
    return dcc.Dropdown(
        id=id_,
        options=[{"value": to_option(key), "label": to_option(text)} for key, text in pairs],
        value=[to_option(item) for item in value],
        multi=True,
        placeholder=placeholder,
        maxHeight=320,
        labels={"select_all": "Select all", "deselect_all": "Select none"},
    )
