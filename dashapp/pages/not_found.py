"""The page for an unknown URL."""

from __future__ import annotations

from dash import Dash
from dash.development.base_component import Component

from dashapp.auth.permissions import Right
from dashapp.components.states import empty_state
from dashapp.page.context import Context
from dashapp.page.page import Page


def layout(**_: object) -> Component:
    """Return a message with a link back."""
    return empty_state(
        "This page does not exist",
        "The address may be mistyped, or from an older version of the portal.",
        action=("Go to Data", "/"),
        picture="search",
        whole_page=True,
    )


def register(app: Dash, context: Context) -> None:
    """Add no callbacks: the page is static."""


PAGE = Page("/404", "Not found", "Page not found", layout, register, Right.VIEW)
