"""Only our own pages may ask for changes.

A browser that sends a request from another site tells so in ``Sec-Fetch-Site`` (Fetch Metadata,
W3C), which no page can set; older ones tell at least the ``Origin``. A request without either
comes from a program, not from a browser, and may act for nobody: it is taken without cookies
only.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Headers(Protocol):
    """Headers by name; a dictionary will do."""

    def get(self, name: str, /) -> str | None:
        """The value of a header, or None."""


def install(server: Flask) -> None:
    """Refuse unsafe requests that another site may have caused, with 403."""

    @server.before_request
    def refuse_foreign() -> None:
        if request.method in SAFE_METHODS:
            return
        if not is_own(request.headers, request.host, has_cookies=bool(request.cookies)):
            raise Forbidden("This request did not come from the portal's own page.")


def is_own(headers: Headers, host: str, *, has_cookies: bool) -> bool:
    """Whether an unsafe request comes from our own page, or acts for nobody.

    Parameters
    ----------
    headers
        Of the request.
    host
        Name and port that the request was sent to.
    has_cookies
        Whether it carries cookies.

    Examples
    --------
    >>> is_own({"Sec-Fetch-Site": "cross-site"}, "portal.example", has_cookies=False)
    False
    >>> is_own({"Origin": "https://portal.example"}, "portal.example", has_cookies=True)
    True
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    if origin is not None:
        return _host_of(origin) == host
    return not has_cookies


def _host_of(origin: str) -> str | None:
    """Name and port in an origin; None where it is no address.

    Examples
    --------
    >>> _host_of("https://portal.example:8050")
    'portal.example:8050'
    >>> _host_of("http://[") is None
    True
    """
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
