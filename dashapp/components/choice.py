"""Labelled choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component


def choice(
    id_: str | dict[str, str],
    label: str,
    options: Mapping[str, str] | Iterable[str],
    value: str | None,
    *,
    note: str | None = None,
) -> Component:
    """A labelled select.

    Parameters
    ----------
    options
        Value → label, or values that are their own labels.
    """
    pairs = options.items() if isinstance(options, Mapping) else ((o, o) for o in options)
    return html.Div(
        [
            html.Label(
                label, htmlFor=id_ if isinstance(id_, str) else None, className="field-label"
            ),
            dbc.Select(
                id=id_,
                options=[{"value": key, "label": text} for key, text in pairs],
                value=value,
                className="field-select",
                **({} if isinstance(id_, str) else {"name": label}),
            ),
            html.Div(note, className="field-note") if note else None,
        ],
        className="field",
    )
