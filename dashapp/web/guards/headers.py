"""Add security and caching headers to responses."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from dash import Dash
from flask import Response, g, request

from dashapp.auth.identity import SIGN_IN
from dashapp.settings.portal_settings import Settings

if TYPE_CHECKING:
    from dashapp.page.context import Context

YEAR = 31_536_000
# Dash writes version and modification time into the name of a file that never changes.
FINGERPRINT = re.compile(r"\.v[0-9a-zA-Z_-]+m\d+\.")
# Policy of a page that has no scripts and loads nothing.
STILL = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SECRET_ADDRESSES = frozenset({"/embed", f"{SIGN_IN}/return"})
STATIC = ("/assets/", "/_dash-component-suites/", "/vendor/")


def install(app: Dash, context: Context) -> None:
    """Add security and caching headers to every response, and 404 to unknown pages."""
    settings = context.settings
    known = frozenset(context.page_needs)

    @app.server.after_request
    def harden(response: Response) -> Response:
        # Dash serves its index page for any path; keep refusals and redirects unchanged.
        if response.status_code == 200 and is_unknown_page(known):
            response.status_code = 404
        response.headers.update(fixed(settings))
        response.headers["Content-Security-Policy"] = policy(app, ancestors(settings))
        # The URL of a launch holds its token, and that of a sign-in its code.
        secret = request.path in SECRET_ADDRESSES
        response.headers["Referrer-Policy"] = "no-referrer" if secret else "same-origin"
        # A sandboxed frame without an origin can still load the script that explains this.
        if request.path.startswith("/assets/head/"):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = caching(response)
        return response


def fixed(settings: Settings) -> dict[str, str]:
    """Return the headers that are the same for every response."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.hosted:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return headers


def of_refusals(settings: Settings) -> dict[str, str]:
    """Return the headers of refusals sent before the application identifies the request."""
    return {
        **fixed(settings),
        "Content-Security-Policy": f"{STILL}; frame-ancestors {' '.join(listed(settings))}",
        "Referrer-Policy": "no-referrer",
    }


def ancestors(settings: Settings) -> tuple[str, ...]:
    """Return who may frame this response: the site it was launched for, else all listed ones."""
    identity = g.get("portal_identity")
    if identity is not None and identity.ancestor:
        return (identity.ancestor,)
    return listed(settings)


def listed(settings: Settings) -> tuple[str, ...]:
    """Return all origins that may frame the portal."""
    return ("'self'", *settings.ancestors)


def policy(app: Dash, ancestors: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy: only our own files, and frames only where allowed.

    The hashes are those of the few inline scripts, ours and Dash's; they are complete once all
    callbacks are registered.
    """
    own = map(hash_of, INLINE_SCRIPT.findall(app.index_string))
    scripts = " ".join(["'self'", *sorted({*app.csp_hashes(), *own})])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {' '.join(ancestors)}"
    )


def hash_of(script: str) -> str:
    """Return the hash that a Content-Security-Policy uses for an inline script.

    Examples
    --------
    >>> hash_of("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def caching(response: Response) -> str:
    """Return ``Cache-Control``: long for public files, none for what belongs to a session."""
    if not request.path.startswith(STATIC) or response.status_code not in {200, 304}:
        return "no-store"
    if request.args.get("m") or FINGERPRINT.search(request.path) or "/vendor/" in request.path:
        return f"public, max-age={YEAR}, immutable"
    return "public, max-age=3600"


def is_unknown_page(known: frozenset[str]) -> bool:
    """Whether the response is Dash's index page for an unknown path.

    Dash serves the same page for any path and lets the browser find out.
    """
    rule = request.url_rule
    if rule is None or request.method not in {"GET", "HEAD"}:
        return False
    return rule.rule.endswith("<path:path>") and (request.path.rstrip("/") or "/") not in known
