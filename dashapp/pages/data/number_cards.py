"""Cards with a single number."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import formatting

# Eight digits and a currency do not fit a card when five or six share a row.
MANY = 10_000_000


def stat_card(
    label: str, value: str, note: str | None = None, *, exact: str | None = None
) -> Component:
    """Return a card for a key number, with its name and unit.

    Parameters
    ----------
    label
        Name of the number.
    value
        The number, formatted.
    note
        Unit or context, in small print.
    exact
        The exact number, as a tooltip for a shortened value.
    """
    return html.Div(
        [
            html.Dt(label, className="stat-label"),
            html.Dd(
                [
                    html.Span(value, className="stat-value", title=exact),
                    html.Span(note, className="stat-note") if note else None,
                ]
            ),
        ],
        className="stat-card card-soft",
    )


def amount_card(label: str, value: float, currency: str, note: str) -> Component:
    """Return a card for an amount of money; abbreviated if its digits would not fit."""
    exact = formatting.money(value, currency)
    if abs(value) < MANY:
        return stat_card(label, exact, note)
    sign = formatting.MINUS if value < 0 else ""
    return stat_card(label, f"{sign}{currency}{formatting.compact(abs(value))}", note, exact=exact)


def stat_row(cards: Sequence[Component]) -> Component:
    """Return cards side by side, as many per row as fit."""
    return html.Dl(list(cards), className="stat-row")
