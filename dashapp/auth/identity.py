"""Identify a request's session: a random id in a signed cookie, or in a page token in frames.

Both hold 256 random bits, when the session began and was last seen, its rights, and our signature.
The session's public id, under which data are stored and which may appear in logs, is a hash of the
random bits, so neither disk nor log reveals a cookie.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Flask, Response, g, request
from werkzeug.exceptions import Unauthorized

from dashapp.auth.permissions import SCOPES, Right, Rights
from dashapp.settings.portal_settings import Settings
from dashapp.storage.errors import SessionEndedError
from dashapp.storage.keys import content_id
from dashapp.storage.secret_key import derived_key

COOKIE = "portal_session"
# Browsers accept this prefix only from the host itself, over https, for all paths.
HOSTED_COOKIE = f"__Host-{COOKIE}"
# The header that a framed page adds to its requests, because cookies may be blocked there.
PAGE_TOKEN = "X-Portal-Session"  # noqa: S105 - a header's name
# Lifetime of a page token after its last renewal; it is renewed while the page is in use.
PAGE_SECONDS = 15 * 60
# Public files are the same for everyone and cached for long: they carry no identity. Launch and
# sign-in start their own.
PUBLIC = (
    "/assets/",
    "/_dash-component-suites/",
    "/vendor/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/_favicon.ico",
    "/embed",
    "/frame-help",
)
# Public in the mode that has this route.
SIGN_IN = "/sign-in"
# Part of the address of pages that were launched in a frame.
FRAMED = "framed"
# The cookie is renewed once this share of the idle time has passed.
REFRESH_SHARE = 0.1
LONGEST_TEXT = 1000
ENDED = "This view has ended. Reload the page that shows it."


@dataclass(frozen=True, slots=True)
class Identity:
    """A session as described by its cookie or page token.

    Attributes
    ----------
    token
        256 random bits as text.
    began, seen
        When it began and was last seen, in whole Unix seconds.
    rights
        What it may do.
    user
        A hash that distinguishes users; empty without sign-in.
    ancestor
        Origin of the only site that may frame it, if launched in a frame; otherwise empty.
    """

    token: str
    began: int
    seen: int
    rights: Rights
    user: str = ""
    ancestor: str = ""

    @classmethod
    def new(cls, rights: Rights, *, user: str = "", ancestor: str = "") -> Identity:
        """Return a new identity of 256 random bits."""
        now = int(time.time())
        return cls(secrets.token_urlsafe(32), now, now, rights, user, ancestor)

    def renewed(self) -> Identity:
        """Return a new identity with the same rights; a launched one keeps its time of expiry."""
        fresh = Identity.new(self.rights, user=self.user, ancestor=self.ancestor)
        return replace(fresh, began=self.began) if self.ancestor else fresh

    @property
    def session(self) -> str:
        """The public id: 32 hex digits."""
        return content_id(self.token.encode())


class Tokens:
    """Write identities as signed texts and read them back.

    Parameters
    ----------
    key : bytes
        Signs the texts.
    idle, absolute : int
        Seconds until an identity expires: since it was last seen, and since it began.
    """

    def __init__(self, key: bytes, idle: int, absolute: int) -> None:
        self._key = key
        self._idle = idle
        self._absolute = absolute

    def write(self, identity: Identity) -> str:
        """Return the identity as signed text, seen now."""
        rights = " ".join(sorted(identity.rights))
        fields = [identity.token, identity.began, int(time.time()), rights]
        text = json.dumps([*fields, identity.user, identity.ancestor], separators=(",", ":"))
        body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{body}.{self._tag(body)}"

    def read(self, text: str | None) -> Identity | None:
        """Return the identity in a text; None if its signature is invalid or it has expired."""
        if text is None or len(text) > LONGEST_TEXT or text.count(".") != 1:
            return None
        body, _, tag = text.partition(".")
        if not hmac.compare_digest(tag.encode(), self._tag(body).encode()):
            return None
        # Only signed texts of our own reach this point.
        token, began, seen, rights, user, ancestor = json.loads(
            base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        )
        known = frozenset(right for right in Right if right in rights.split())
        identity = Identity(token, began, seen, known, user, ancestor)
        return None if self._is_over(identity) else identity

    def due(self, identity: Identity) -> bool:
        """Whether the text should be renewed to record a later visit."""
        return time.time() - identity.seen > REFRESH_SHARE * self._idle

    def _is_over(self, identity: Identity) -> bool:
        now = time.time()
        return now > identity.seen + self._idle or now > identity.began + self._absolute

    def _tag(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


def cookie_tokens(settings: Settings) -> Tokens:
    """Return the signer of cookies."""
    # After a change of mode, identities of the old mode are not accepted.
    mode = "" if settings.identity == "open" else f" {settings.identity}"
    key = derived_key(settings, f"cookie{mode}")
    return Tokens(key, settings.idle_seconds, settings.absolute_seconds)


def page_tokens(settings: Settings) -> Tokens:
    """Return the signer of the page tokens that framed pages send in a header."""
    key = derived_key(settings, "page")
    return Tokens(key, min(PAGE_SECONDS, settings.idle_seconds), settings.absolute_seconds)


def current_session() -> str:
    """Return the public id of the present request's session.

    Raises
    ------
    RuntimeError
        Outside a request, or in a request for a public file.
    """
    session = g.get("portal_session")
    if session is None:
        raise RuntimeError("there is no session in this request")
    return str(session)


def begin(identity: Identity) -> None:
    """Start an identity for this request, and send it to the browser with the response."""
    set_current(identity)
    g.portal_is_new = True


def renew() -> Identity:
    """Start another session with this response; the old id is never used again.

    Returns
    -------
    Identity
        The identity of the new session.
    """
    fresh: Identity = g.portal_identity.renewed()
    g.portal_next = fresh
    return fresh


def leave_if_ended(error: Exception) -> None:
    """Start another session if the browser still has the cookie of a deleted one.

    Requests in flight at the time of the deletion start none: by then the browser has another
    session, maybe with data in it.
    """
    if isinstance(error, SessionEndedError) and error.since < g.portal_arrived:
        renew()


def end() -> None:
    """End the session of this request; the response deletes its cookie."""
    g.portal_ended = True


def set_current(identity: Identity) -> None:
    """Set the identity for the rest of the request."""
    g.portal_identity = identity
    g.portal_session = identity.session


# Takes the identity in the cookie and returns the request's identity, or raises an HTTP error to
# refuse it.
Admit = Callable[[Identity | None], Identity]


def admit_everybody(known: Identity | None) -> Identity:
    """Give each new browser its own session with all rights that the portal offers."""
    return known or Identity.new(SCOPES["full"])


class Recognition:
    """Identify each request's session, and send the identity to the browser.

    Only ids that we signed count: a planted, guessed or outdated cookie is ignored. A page token
    takes precedence: with an invalid one the request fails, whatever cookie it carries, because the
    cookie may belong to another view in the same browser.

    Parameters
    ----------
    settings : Settings
        Keys, lifetimes and cookie attributes.
    admit : callable
        Decides about requests without a page token.
    """

    def __init__(self, settings: Settings, admit: Admit) -> None:
        self._cookies, self._pages = cookie_tokens(settings), page_tokens(settings)
        self._admit = admit
        self._public = (*PUBLIC, SIGN_IN) if settings.identity == "oidc" else PUBLIC
        self._name = HOSTED_COOKIE if settings.hosted else COOKIE
        self._seconds = settings.idle_seconds
        self._hosted = settings.hosted
        # In another site's frame, browsers keep only cookies that are partitioned by that site.
        # Without the partition, SameSite=None would let that site's own requests carry the cookie:
        # never.
        self._framed = settings.hosted and bool(settings.frame_ancestors)

    def identify(self) -> None:
        """Find the identity of the present request, or refuse the request."""
        g.portal_arrived = time.time()
        if request.path.startswith(self._public):
            return
        sent = request.headers.get(PAGE_TOKEN)
        if sent is None:
            known = self._cookies.read(request.cookies.get(self._name))
            if FRAMED in request.args and (known is None or not known.ancestor):
                # A launched frame was reloaded in a browser that blocks its cookie.
                raise Unauthorized(ENDED)
            identity = self._admit(known)
            g.portal_is_new = identity != known
        else:
            found = self._pages.read(sent)
            if found is None:
                raise Unauthorized(ENDED)
            identity = found
            g.portal_by_header = True
        set_current(identity)

    def remember(self, response: Response) -> Response:
        """Add the cookie or page token to the response if it is new or due for renewal."""
        identity: Identity | None = g.get("portal_next") or g.get("portal_identity")
        if identity is None:
            return response
        if g.get("portal_ended"):
            self._set_cookie(response, "", 0)
            return response
        changed = bool(g.get("portal_next") or g.get("portal_is_new"))
        if g.get("portal_by_header"):
            if changed or self._pages.due(identity):
                response.headers[PAGE_TOKEN] = self._pages.write(identity)
        elif changed or self._cookies.due(identity):
            self._set_cookie(response, self._cookies.write(identity), self._seconds)
        return response

    def _set_cookie(self, response: Response, text: str, seconds: int) -> None:
        response.set_cookie(
            self._name,
            text,
            max_age=seconds,
            secure=self._hosted,
            httponly=True,
            samesite="None" if self._framed else "Lax",
            partitioned=self._framed,
            path="/",
        )


def install(server: Flask, settings: Settings, admit: Admit = admit_everybody) -> None:
    """Give each request its session, and each new browser its cookie."""
    recognition = Recognition(settings, admit)
    server.before_request(recognition.identify)
    server.after_request(recognition.remember)
