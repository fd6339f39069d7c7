"""Limit requests per minute across all web workers; excess ones get 429 with Retry-After.

The ledger keeps the counts, under the same contract on one machine and on several. A second store
of counts, with its own timeouts and failures, would be one more thing to go wrong.
"""

from __future__ import annotations

import hmac
import time
from contextlib import suppress
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING

from flask import Flask, g, request
from werkzeug.exceptions import TooManyRequests

from dashapp.auth.identity import Identity
from dashapp.storage.errors import StoreError
from dashapp.storage.secret_key import derived_key
from dashapp.web.guards.session_visits import Visits

if TYPE_CHECKING:
    from dashapp.page.context import Context

MINUTE = 60
# An address may be that of a company: it may do as much as this many sessions.
PEOPLE_OF_ADDRESS = 10
# Hosts are assigned whole IPv6 networks of this many bits (RFC 6177).
IPV6_NETWORK_BITS = 64
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
UPLOADS = "At most {limit:,} files can be uploaded in a minute. Wait a moment."
REQUESTS = "More than {limit:,} requests in a minute. Wait a moment, then go on."


def install(server: Flask, context: Context) -> None:
    """Count each request of a session and of a client, and each new session of an address."""
    settings = context.settings
    key = derived_key(settings, "limits")
    assigned = Visits(settings.idle_seconds / 2)

    @server.before_request
    def limit_rate() -> None:
        session = g.get("portal_session")
        if session is None:
            return
        g.portal_client = client_of_request(key)
        if g.get("portal_is_new"):
            require_new(context, key)
        require_share(context, "requests", settings.requests_per_minute, REQUESTS)
        # From here the session may use storage, so its owner must be recorded first.
        owner = f"{session} {g.portal_client}"
        if request.method not in HARMLESS and assigned.due(owner, time.monotonic()):
            with suppress(StoreError):  # the request itself fails if it needs the store
                context.store.assign(session, g.portal_client)


def client_of_request(key: bytes) -> str:
    """Return a hash of the user who makes the present request, or else of the network.

    Sessions do not identify clients: a client that drops its cookie gets a new session.
    """
    identity: Identity = g.portal_identity
    return identity.user or network_of_request(key)


def network_of_request(key: bytes) -> str:
    """Return a hash of the network that the present request comes from."""
    return hmac.new(key, network_of(request.remote_addr or "").encode(), "sha256").hexdigest()[:32]


def network_of(address: str) -> str:
    """Return the network that belongs to one customer of an internet provider.

    Examples
    --------
    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7")
    ('192.0.2.7', '192.0.2.7')
    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    >>> network_of("unknown")
    'unknown'
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), IPV6_NETWORK_BITS), strict=False))


def require_share(context: Context, what: str, limit: int, sentence: str) -> None:
    """Count an action that a session and its client may do only so often per minute.

    Raises
    ------
    TooManyRequests
        If the limit is exceeded.
    """
    if not g.get("portal_is_new"):
        require(context, f"{what}:{g.portal_session}", limit, sentence)
    people = 1 if g.portal_identity.user else PEOPLE_OF_ADDRESS
    require(context, f"{what}:client:{g.portal_client}", people * limit, sentence)


def require_uploads(context: Context) -> None:
    """Count an upload; see :func:`require_share`."""
    require_share(context, "uploads", context.settings.uploads_per_minute, UPLOADS)


def require_new(context: Context, key: bytes) -> None:
    """Count a new session of an address; each cookieless request counts as a new session.

    Parameters
    ----------
    key
        Key that hashes the address.

    Raises
    ------
    TooManyRequests
        If the limit is exceeded.
    """
    limit = context.settings.new_sessions_per_minute
    require(context, f"new:{network_of_request(key)}", limit, REQUESTS)


def require(context: Context, name: str, limit: int, sentence: str) -> None:
    """Count a request, and raise an error if it exceeds its limit.

    Raises
    ------
    TooManyRequests
        If the limit is exceeded.
    """
    try:
        count = context.ledger.hits(name, MINUTE)
    except StoreError:
        # The request itself fails if it needs the ledger.
        return
    if count > limit:
        raise TooManyRequests(sentence.format(limit=limit), retry_after=seconds_left(time.time()))


def seconds_left(now: float) -> int:
    """Return the whole seconds until the next minute begins, at least one.

    Examples
    --------
    >>> seconds_left(59.5), seconds_left(60.0)
    (1, 60)
    """
    return max(1, MINUTE - int(now) % MINUTE)
