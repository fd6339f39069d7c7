"""Only our own pages may request changes (CSRF protection).

Browsers mark requests from another site in ``Sec-Fetch-Site`` (Fetch Metadata, W3C), which no page
can set; older ones send at least ``Origin``. A request with neither comes from a program, not a
browser, and is accepted only without an identity.
"""

from __future__ import annotations

from typing import Protocol

from flask import Flask, request
from werkzeug.exceptions import Forbidden

from dashapp.settings.portal_settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Headers(Protocol):
    """Headers by name, for example a dictionary."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a header, or None."""


def install(server: Flask, settings: Settings) -> None:
    """Refuse state-changing requests that another site may have caused, with 403."""

    @server.before_request
    def refuse_foreign() -> None:
        if request.method in SAFE_METHODS:
            return
        # A hosted portal is reached by https, whatever scheme its proxy uses.
        scheme = "https" if settings.hosted else request.scheme
        # Behind a proxy that signs people in, a request has an identity without any cookie.
        acts = bool(request.cookies) or settings.identity == "proxy"
        if not is_own(request.headers, f"{scheme}://{request.host}", acts_for_somebody=acts):
            raise Forbidden("This request did not come from the portal's own page.")


def is_own(headers: Headers, own: str, *, acts_for_somebody: bool) -> bool:
    """Whether a state-changing request is same-origin or anonymous.

    Parameters
    ----------
    headers
        Headers of the request.
    own
        Our origin: scheme, host and port that the request was sent to.
    acts_for_somebody
        Whether the request carries an identity.

    Examples
    --------
    >>> own = "https://portal.example"
    >>> is_own({"Sec-Fetch-Site": "cross-site"}, own, acts_for_somebody=False)
    False
    >>> is_own({"Origin": "https://portal.example"}, own, acts_for_somebody=True)
    True
    >>> is_own({"Origin": "http://portal.example"}, own, acts_for_somebody=True)
    False
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    if origin is not None:
        return origin == own
    return not acts_for_somebody
