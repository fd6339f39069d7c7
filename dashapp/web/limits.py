"""So many requests a minute, counted over all web workers; more get 429 with Retry-After.

The counts are the ledger's, which holds to its contract on one machine and on several; a second
store of counts, with time limits and failures of its own, would be one more thing to go wrong.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from flask import Flask, g, request
from werkzeug.exceptions import TooManyRequests

from dashapp.session.errors import StoreError
from dashapp.session.secret import derived_key

if TYPE_CHECKING:
    from dashapp.page import Context

MINUTE = 60


def install(server: Flask, context: Context) -> None:
    """Count each request of a session, and each new session of an address."""
    settings = context.settings
    key = derived_key(settings, "limits")

    @server.before_request
    def limit_rate() -> None:
        session = g.get("portal_session")
        if session is None:
            return
        if not g.get("portal_is_new"):
            require(context, f"requests:{session}", settings.requests_per_minute)
            return
        require_new(context, key)


def require_new(context: Context, key: bytes) -> None:
    """Count a new session of an address; whoever sends no cookie is one with each request.

    Parameters
    ----------
    key
        Hides the address.

    Raises
    ------
    TooManyRequests
        If this is one too many.
    """
    address = (request.remote_addr or "").encode()
    name = hmac.new(key, address, "sha256").hexdigest()[:32]
    require(context, f"new:{name}", context.settings.new_sessions_per_minute)


def require(context: Context, name: str, limit: int) -> None:
    """Count a request, and go on only within its limit.

    Raises
    ------
    TooManyRequests
        If this is one too many.
    """
    try:
        count = context.ledger.hits(name, MINUTE)
    except StoreError:
        # The request itself will tell if it needs the ledger.
        return
    if count > limit:
        raise TooManyRequests(
            f"More than {limit:,} requests in a minute. Wait a moment, then go on.",
            retry_after=seconds_left(time.time()),
        )


def seconds_left(now: float) -> int:
    """Whole seconds until the next minute begins, at least one.

    Examples
    --------
    >>> seconds_left(59.5), seconds_left(60.0)
    (1, 60)
    """
    return max(1, MINUTE - int(now) % MINUTE)
