"""Cards with one number each."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component


def stat_card(label: str, value: str, note: str | None = None) -> Component:
    """A number that people look for, with its name and what it counts.

    Parameters
    ----------
    label
        Name of the number.
    value
        The number, formatted.
    note
        Unit or context, in small print.
    """
    return html.Div(
        [
            html.Dt(label, className="stat-label"),
            html.Dd(
                [
                    html.Span(value, className="stat-value"),
                    html.Span(note, className="stat-note") if note else None,
                ]
            ),
        ],
        className="stat-card card-soft",
    )


def stat_row(cards: Sequence[Component]) -> Component:
    """Stat cards side by side, as many in a row as fit."""
    return html.Dl(list(cards), className="stat-row")
