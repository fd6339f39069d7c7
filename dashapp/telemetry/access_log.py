"""Log one line per request: its route, status and duration.

URLs contain what people type, including control characters, tokens and names of customers. A line
therefore holds the route's pattern and nothing else from the URL.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, request
from gunicorn.glogging import Logger

logger = structlog.get_logger(__name__)

ROUTE = "portal.route"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NONE = "none"


def install(server: Flask) -> None:
    """Record the route of each request for the line that the web server writes at its end."""

    @server.before_request
    def note_route() -> None:
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule


class AccessLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn's logger, with our own access log lines."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write the line of one request."""
        del req
        method = environ.get("REQUEST_METHOD", "")
        logger.info(
            "request",
            method=method if method in METHODS else NONE,
            route=environ.get(ROUTE, NONE),
            status=int(str(resp.status).split(maxsplit=1)[0]),
            bytes=resp.sent,
            milliseconds=round(request_time.total_seconds() * 1000),
        )
