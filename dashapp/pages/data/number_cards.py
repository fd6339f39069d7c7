"""Cards with one number each."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import formatting

# Eight digits and a currency are wider than a card where five or six stand side by side.
MANY = 10_000_000


def stat_card(
    label: str, value: str, note: str | None = None, *, exact: str | None = None
) -> Component:
    """A number that people look for, with its name and what it counts.

    Parameters
    ----------
    label
        Name of the number.
    value
        The number, formatted.
    note
        Unit or context, in small print.
    exact
        The whole number where the value is shortened, told on hover.
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
    """An amount of money; in millions and more where its digits would not fit the card."""
    exact = formatting.money(value, currency)
    if abs(value) < MANY:
        return stat_card(label, exact, note)
    sign = formatting.MINUS if value < 0 else ""
    return stat_card(label, f"{sign}{currency}{formatting.compact(abs(value))}", note, exact=exact)


def stat_row(cards: Sequence[Component]) -> Component:
    """Stat cards side by side, as many in a row as fit."""
    return html.Dl(list(cards), className="stat-row")
