"""Deny by default: routes and callbacks answer only visitors with the required right.

A route declares its need with :func:`dashapp.auth.permissions.needs` on its function, a callback in
the same way, a page as a value, and Dash's own routes are in the table below. Anything else is
refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from dash import Dash
from flask import g, request
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.routing import Rule

from dashapp import units
from dashapp.auth.permissions import Door, Need, Right, may, need_of
from dashapp.web.guards.request_bodies import NOT_OURS

if TYPE_CHECKING:
    from dashapp.page.context import Context

CALLBACKS = "/_dash-update-component"
PAGES = ("/", "/<path:path>")
# Routes that Dash adds.
DASH_ROUTES: Mapping[str, Need] = MappingProxyType(
    {
        "/assets/<path:filename>": Door.PUBLIC,
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Door.PUBLIC,
        "/_favicon.ico": Door.PUBLIC,
        "/_dash-layout": Right.VIEW,
        "/_dash-dependencies": Right.VIEW,
        CALLBACKS: Right.VIEW,
        "/_reload-hash": Door.CLOSED,  # part of Dash's development tools
        **dict.fromkeys(PAGES, Right.VIEW),
    }
)
REFUSED = "This view does not include that."
NO_IDENTITY = "Sign in or open the page that shows this view again."


def install(app: Dash, context: Context) -> None:
    """Check each request for the needs of its route, page or callback."""

    @app.server.before_request
    def guard() -> None:
        if request.url_rule is None:  # no such route; answered with 404 or 405
            return
        for need in needs_of_request(app, context):
            require(need)
        # A thread serves many visitors: one visitor's currencies must not affect another's.
        units.use_units({})


def require(need: Need | None) -> None:
    """Raise an error unless the present visitor has what is needed.

    Raises
    ------
    Unauthorized
        If the request has no identity.
    Forbidden
        If its identity lacks the right, or if no need was declared.
    """
    if need is Door.PUBLIC:
        return
    if g.get("portal_identity") is None:
        raise Unauthorized(NO_IDENTITY)
    if not isinstance(need, Right) or not may(need):
        raise Forbidden(REFUSED)


def needs_of_request(app: Dash, context: Context) -> Iterator[Need | None]:
    """Yield all needs of the present request; read its body only after the route's need is met."""
    rule = request.url_rule
    assert rule is not None
    yield need_of_rule(app, rule)
    if rule.rule == CALLBACKS and request.method == "POST":
        yield need_of_callback(app, request.get_json())
    if rule.rule in PAGES:
        yield context.page_needs.get(request.path.rstrip("/") or "/", Right.VIEW)


def need_of_rule(app: Dash, rule: Rule) -> Need | None:
    """Return the need of a route, or None if it declares none."""
    return DASH_ROUTES.get(rule.rule) or need_of(app.server.view_functions.get(rule.endpoint))


def need_of_callback(app: Dash, body: object) -> Need | None:
    """Return the need of the callback named in a request's body.

    Raises
    ------
    BadRequest
        If the body names no callback: access cannot be decided without one.
    """
    output = body.get("output") if isinstance(body, dict) else None
    if not isinstance(output, str) or output not in app.callback_map:
        raise BadRequest(NOT_OURS.format(fault="there is no such output"))
    return need_of(app.callback_map[output].get("callback"))
