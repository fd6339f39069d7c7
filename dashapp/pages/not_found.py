"""The page for an address that leads nowhere."""

from __future__ import annotations

from dash import Dash
from dash.development.base_component import Component

from dashapp.auth.permissions import Right
from dashapp.components.states import empty_state
from dashapp.page.context import Context
from dashapp.page.page import Page


def layout(**_: object) -> Component:
    """Say so and show the way back."""
    return empty_state(
        "This page does not exist",
        "The address may be mistyped, or from an older version of the portal.",
        action=("Go to Data", "/"),
        picture="search",
        whole_page=True,
    )


def register(app: Dash, context: Context) -> None:
    """No callbacks: nothing here changes."""


PAGE = Page("/404", "Not found", "Page not found", layout, register, Right.VIEW)
