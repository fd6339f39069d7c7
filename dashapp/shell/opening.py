"""The opening: static HTML shown while scripts load, with the top bar and the page or placeholders.

Dash draws nothing until some 250 kB of scripts have loaded and run. The opening is plain HTML in
the page; ``assets/head/opening.js`` removes it once the real page is ready, and replays there the
clicks made meanwhile.
"""

from __future__ import annotations

from typing import Any

from dash import Dash, html
from dash.development.base_component import Component
from flask import g, request

from dashapp.auth.permissions import Right, may
from dashapp.components.states import skeleton
from dashapp.dash_patches.plain_html import plain_html
from dashapp.page.context import Context
from dashapp.page.page import Page
from dashapp.shell.layout import shell_class, top_bar

# Selectors that match once the page is ready below this visitor's top bar (any content, or more
# than placeholders), or once an error is shown.
WRONG = ".shell-alert > *, ._dash-error"
DRAWN = f"[class*=may-] main > *, {WRONG}"
READABLE = f"[class*=may-] main h1, {WRONG}"


def install(app: Dash, context: Context, pages: tuple[Page, ...]) -> None:
    """Add the opening to every page response."""
    plain_index = app.interpolate_index
    by_path = {page.path: page for page in pages}

    def index_with_opening(**parts: Any) -> str:
        shown = opening(context, pages, by_path.get(request.path))
        return str(plain_index(**parts | {"app_entry": plain_html(shown) + parts["app_entry"]}))

    app.interpolate_index = index_with_opening


def opening(context: Context, pages: tuple[Page, ...], page: Page | None) -> Component:
    """Return the opening of a page for the current visitor.

    Parameters
    ----------
    pages
        The pages in the navigation.
    page
        The requested page; None for an unknown URL.
    """
    path = page.path if page else ""
    welcome = page.welcome if page and _is_newcomer() else None
    return html.Div(
        [
            top_bar(
                tuple(each for each in pages if may(each.need)),
                path,
                signs_out=context.settings.identity == "oidc",
            ),
            html.Main(welcome(context) if welcome else skeleton(), className="page"),
        ],
        className=f"opening {shell_class()}",
        **{"data-until": READABLE if welcome else DRAWN},
    )


def _is_newcomer() -> bool:
    """Whether this request starts the session of a visitor who may upload data."""
    return may(Right.CHANGE) and bool(g.get("portal_is_new")) and not request.args
