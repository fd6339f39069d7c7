"""The definition of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash import Dash
from dash.development.base_component import Component

from dashapp.auth.permissions import Right
from dashapp.page.address import Link
from dashapp.page.context import Context


@dataclass(frozen=True)
class Page:
    """A page of the portal.

    Attributes
    ----------
    path
        URL path; ``/`` for the first page.
    name
        Visible label of its step, such as ``"Explore"``.
    title
        Title of the browser tab.
    layout
        Returns only constants and empty containers: Dash may call it for any visitor.
    register
        Adds the page's callbacks to an app.
    need
        Permission that a visitor needs to see the page.
    links
        Choices stored in the URL, besides the open tab.
    welcome
        What a visitor without data sees; readable before any script has loaded.
    """

    path: str
    name: str
    title: str
    layout: Callable[..., Component]
    register: Callable[[Dash, Context], None]
    need: Right
    links: tuple[Link, ...] = ()
    welcome: Callable[[Context], Component] | None = None
