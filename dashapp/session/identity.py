"""Whose request it is: a random id in a signed cookie.

The cookie holds 256 random bits, when the session began, when it was last seen, and our
signature; the session's public id, under which data are stored and which may stand in logs, is a
hash of the random bits, so that neither disk nor log tells anybody a cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from flask import Flask, Response, g, request

from dashapp.session.keys import content_id
from dashapp.session.secret import derived_key
from dashapp.settings import Settings

COOKIE = "portal_session"
# Browsers accept this prefix only from the host itself, over https, for all paths.
HOSTED_COOKIE = f"__Host-{COOKIE}"
# Public files are the same for everybody and cached for long: they carry no identity.
PUBLIC = (
    "/assets/",
    "/_dash-component-suites/",
    "/vendor/",
    "/healthz",
    "/readyz",
    "/_favicon.ico",
)
# The cookie is written again when this share of the idle time has passed.
REFRESH_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Identity:
    """A session as its cookie tells it; times are whole Unix seconds."""

    token: str
    began: int
    seen: int

    @property
    def session(self) -> str:
        """The public id: 32 hex digits."""
        return content_id(self.token.encode())


class Cookies:
    """Writes and reads the cookie's text.

    Parameters
    ----------
    key : bytes
        Signs cookies.
    idle, absolute : int
        Seconds after which a session is over: since the last visit, and since it began.
    """

    def __init__(self, key: bytes, idle: int, absolute: int) -> None:
        self._key = key
        self._idle = idle
        self._absolute = absolute

    def new(self) -> Identity:
        """A fresh identity of 256 random bits."""
        now = int(time.time())
        return Identity(secrets.token_urlsafe(32), now, now)

    def write(self, identity: Identity) -> str:
        """The cookie's text."""
        body = f"{identity.token}.{identity.began}.{identity.seen}"
        return f"{body}.{self._tag(body)}"

    def read(self, text: str | None) -> Identity | None:
        """The identity in a cookie; None if we did not write it or its time is over."""
        if text is None or len(text) > 200 or text.count(".") != 3:
            return None
        body, _, tag = text.rpartition(".")
        if not hmac.compare_digest(tag.encode(), self._tag(body).encode()):
            return None
        token, began, seen = body.split(".")
        identity = Identity(token, int(began), int(seen))
        now = time.time()
        over = now > identity.seen + self._idle or now > identity.began + self._absolute
        return None if over else identity

    def due(self, identity: Identity) -> bool:
        """Whether the cookie should tell a later visit."""
        return time.time() - identity.seen > REFRESH_SHARE * self._idle

    def _tag(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


def current_session() -> str:
    """Public id of the session that makes the present request.

    Raises
    ------
    RuntimeError
        Outside a request, or in one for a public file.
    """
    session = g.get("portal_session")
    if session is None:
        raise RuntimeError("there is no session in this request")
    return str(session)


def renew() -> None:
    """Begin another session with the answer to this request; the old id is never used again."""
    g.portal_renew = True


def install(server: Flask, settings: Settings) -> None:
    """Give each request its session, and each new browser its cookie.

    Only ids that we signed count: a planted, guessed or outdated cookie is answered with a new
    session.
    """
    cookies = Cookies(
        derived_key(settings, "cookie"), settings.idle_seconds, settings.absolute_seconds
    )
    name = HOSTED_COOKIE if settings.hosted else COOKIE
    # In another site's frame browsers keep only cookies that are partitioned by that site. Without
    # the partition, SameSite=None would let that site's own requests carry the cookie: never.
    framed = settings.hosted and bool(settings.frame_ancestors)

    @server.before_request
    def identify() -> None:
        if request.path.startswith(PUBLIC):
            return
        known = cookies.read(request.cookies.get(name))
        g.portal_identity = known or cookies.new()
        g.portal_is_new = known is None
        g.portal_session = g.portal_identity.session

    @server.after_request
    def remember(response: Response) -> Response:
        identity: Identity | None = g.get("portal_identity")
        if identity is None:
            return response
        if g.get("portal_renew"):
            identity = cookies.new()
        elif not g.portal_is_new and not cookies.due(identity):
            return response
        response.set_cookie(
            name,
            cookies.write(Identity(identity.token, identity.began, int(time.time()))),
            max_age=settings.idle_seconds,
            secure=settings.hosted,
            httponly=True,
            samesite="None" if framed else "Lax",
            partitioned=framed,
            path="/",
        )
        return response
