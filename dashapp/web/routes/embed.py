"""Embed the portal in another site's frame: launch links and data for launched pages.

``GET /embed?t=…`` checks a link that the host has signed and answers with the page itself, in a new
session with only the rights of the link. Where the browser blocks cookies in frames, the page
identifies its session by a token that ``assets/head/frame.js`` sends as a header.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from dash import Dash
from flask import Response, g, request
from werkzeug.exceptions import MethodNotAllowed, Unauthorized

from dashapp.auth.identity import FRAMED, Identity, begin, page_tokens
from dashapp.auth.launch_links import LEEWAY_SECONDS, LONGEST_SECONDS, Launch, LaunchError, verify
from dashapp.auth.permissions import Door, Right, needs
from dashapp.storage.store import SessionExpiredError
from dashapp.web.errors import page

if TYPE_CHECKING:
    from dashapp.page.context import Context

logger = structlog.get_logger(__name__)

REFUSED = (
    "This link cannot be used: it has expired, was used before, or was changed. "
    "Reload the page that shows it."
)
SANDBOX = (
    "This frame's sandbox lacks a permission. Whoever made this page should write "
    "sandbox=“allow-scripts allow-same-origin allow-forms allow-downloads”."
)


def install(app: Dash, context: Context) -> None:
    """Add the launch route and the help page about sandboxes, and tag launched pages."""
    server = app.server
    plain_index = app.interpolate_index
    tokens = page_tokens(context.settings)

    def index_with_view(**parts: Any) -> str:
        identity: Identity | None = g.get("portal_identity")
        if identity is not None and identity.ancestor:
            parts["metas"] += view_tag(tokens.write(identity), identity.ancestor)
        return str(plain_index(**parts))

    app.interpolate_index = index_with_view

    @server.get("/embed")
    @needs(Door.PUBLIC)
    def embed() -> Response:
        if request.method == "HEAD":  # previewing a link does not use it up
            raise MethodNotAllowed(["GET"])
        try:
            start = open_view(context, checked(context))
        except LaunchError as error:
            logger.warning("launch_refused", reason=str(error))
            raise Unauthorized(REFUSED) from None
        g.portal_start = start
        # At the top of a window cookies are not blocked, but one would replace another session
        # there.
        g.portal_by_header = request.headers.get("Sec-Fetch-Dest") == "document"
        return Response(app.index(), content_type="text/html; charset=utf-8")

    @server.get("/frame-help")
    @needs(Door.PUBLIC)
    def frame_help() -> Response:
        """Show help when the boot script finds a sandbox that cannot run the portal."""
        return page(200, "The portal cannot run in this frame", SANDBOX)


def checked(context: Context) -> Launch:
    """Return the contents of the present request's link and record its single use.

    Raises
    ------
    LaunchError
        If the link must not be followed.
    """
    key = context.settings.embed_key
    if key is None:
        raise LaunchError("no key is set")
    given = request.args.getlist("t")
    if len(given) != 1:
        raise LaunchError("no token")
    launch = verify(given[0], key.get_secret_value().encode(), context.settings.ancestors)
    if not context.ledger.first_use(launch.use, LONGEST_SECONDS + 2 * LEEWAY_SECONDS):
        raise LaunchError("used before")
    return launch


def open_view(context: Context, launch: Launch) -> str:
    """Start a new session that has only what was launched.

    Returns
    -------
    str
        Path and query at which the page starts.
    """
    identity = Identity.new(launch.rights, ancestor=launch.ancestor)
    query = {FRAMED: "1"}
    if launch.theme is not None:
        query["theme"] = launch.theme
    if launch.model is not None:
        try:
            lent = context.sharing.lend(
                identity.session, launch.model, customers=Right.DATA in launch.rights
            )
        except SessionExpiredError:
            raise LaunchError("no such model") from None
        query |= {"model": lent.model} | ({"data": lent.dataset} if lent.dataset else {})
    begin(identity)
    return f"{first_page(launch)}?{urlencode(query)}"


def first_page(launch: Launch) -> str:
    """Return where a launched view starts: at the model, if it has one."""
    if launch.model is None:
        return "/"
    return "/predict" if launch.rights == {Right.VIEW, Right.PREDICT} else "/segments"


def view_tag(token: str, ancestor: str) -> str:
    """Return the tag that configures the boot script."""
    view = {"token": token, "ancestor": ancestor, "start": g.get("portal_start")}
    return f'<meta name="portal-view" content="{html.escape(json.dumps(view))}">'
