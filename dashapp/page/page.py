"""What a page is, what it may ask for, and how browser values are read at its door."""

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
    """One page of the portal.

    Attributes
    ----------
    path
        Its path, ``/`` for the first.
    name
        The visible label of its step, such as ``"Explore"``.
    title
        What the browser's tab says.
    layout
        Returns constants and empty containers only: Dash may run it for anybody.
    register
        Adds the page's callbacks to an application.
    need
        What a visitor must be allowed to do in order to see it.
    links
        Choices that its address carries, besides the open tab.
    welcome
        What somebody sees there who has nothing yet; it is read before any script has arrived.
    """

    path: str
    name: str
    title: str
    layout: Callable[..., Component]
    register: Callable[[Dash, Context], None]
    need: Right
    links: tuple[Link, ...] = ()
    welcome: Callable[[Context], Component] | None = None
