"""What can be read while the scripts arrive: the top bar, and the page or its quiet shapes.

Dash draws nothing before some 250 kB of scripts have come and run. The opening is plain HTML in
the page itself; ``assets/head/opening.js`` takes it away once the page stands behind it, and does
there what somebody wanted to do here.
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

# What shows that the page stands, under the top bar of this visitor: anything at all, or more than
# quiet shapes. Or what is wrong.
WRONG = ".shell-alert > *, ._dash-error"
DRAWN = f"[class*=may-] main > *, {WRONG}"
READABLE = f"[class*=may-] main h1, {WRONG}"


def install(app: Dash, context: Context, pages: tuple[Page, ...]) -> None:
    """Put the opening into each page that is answered."""
    plain_index = app.interpolate_index
    by_path = {page.path: page for page in pages}

    def index_with_opening(**parts: Any) -> str:
        shown = opening(context, pages, by_path.get(request.path))
        return str(plain_index(**parts | {"app_entry": plain_html(shown) + parts["app_entry"]}))

    app.interpolate_index = index_with_opening


def opening(context: Context, pages: tuple[Page, ...], page: Page | None) -> Component:
    """The opening of a page for the visitor who makes the present request.

    Parameters
    ----------
    pages
        Those that the steps lead to.
    page
        The one that was asked for; None for an address that is none of them.
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
    """Whether somebody who may bring data begins with this request, and so has none yet."""
    return may(Right.CHANGE) and bool(g.get("portal_is_new")) and not request.args
