"""Identity mode ``oidc``: who may come in without a detour, and what waits for who must take it.

Until the browser comes back from the provider, a cookie of ten minutes holds what binds the sign-in
to it. Sessions of people who signed in stand in the ledger: one that is not there has ended, so
that a cookie that was copied opens nothing after the sign-out.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import RequestRedirect

from dashapp.auth.identity import SIGN_IN, Admit, Identity
from dashapp.ledger.ledger import Ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.secret_key import derived_key

# Long enough for a second factor.
PENDING_SECONDS = 600
ALGORITHM = "HS256"
KIND = "sign-in"
SIGNED_OUT = "You are not signed in, or your visit has ended. Reload the page to sign in."


class SignInFirstError(RequestRedirect):
    """Sends a browser to the sign-in; 303, since browsers keep the usual 308 for ever."""

    code = 303


def admit_who_signed_in(ledger: Ledger) -> Admit:
    """Admit who signed in and has not left; views that a signed link launched need no sign-in.

    Returns
    -------
    callable
        Sends a browser that opens a page to the sign-in, and refuses all else with 401.
    """

    def admit(known: Identity | None) -> Identity:
        if known is not None and (known.ancestor or (known.user and ledger.knows(known.session))):
            return known
        if opens_page():
            asked = request.full_path.rstrip("?")
            raise SignInFirstError(f"{SIGN_IN}?{urlencode({'next': asked})}")
        raise Unauthorized(SIGNED_OUT)

    return admit


def keep(ledger: Ledger, identity: Identity) -> None:
    """Note in the ledger that a session belongs to somebody who signed in."""
    ledger.add_item(identity.session, KIND, identity.session, "", {})


def opens_page() -> bool:
    """Whether a browser opens a page in a window of its own; providers refuse to be framed."""
    wants = request.accept_mimetypes.best == "text/html"
    alone = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method == "GET" and wants and alone


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that a browser has begun.

    Attributes
    ----------
    state, nonce, verifier
        Random texts: the first comes back in the address, the second in the identity token, the
        third proves to the provider who asked for the code.
    path
        The page that was asked for.
    """

    state: str
    nonce: str
    verifier: str
    path: str

    @classmethod
    def new(cls, path: str) -> Pending:
        """A fresh one; RFC 7636, section 4.1, asks for 43 characters or more."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, path)


class PendingTokens:
    """Writes pending sign-ins as signed texts and reads them back.

    Parameters
    ----------
    settings
        Tells the key.
    """

    def __init__(self, settings: Settings) -> None:
        self._key = derived_key(settings, "sign-in")

    def write(self, pending: Pending) -> str:
        """The text that stands in the cookie."""
        import jwt  # with its 9 MB of cryptography only where people sign in

        claims = {
            "exp": int(time.time()) + PENDING_SECONDS,
            "state": pending.state,
            "nonce": pending.nonce,
            "verifier": pending.verifier,
            "path": pending.path,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, text: str | None) -> Pending | None:
        """What a text says; None if we did not write it or its time is over."""
        import jwt  # as above

        try:
            claims = jwt.decode(
                text or "", self._key, algorithms=[ALGORITHM], options={"require": ["exp"]}
            )
        except jwt.InvalidTokenError:
            return None
        # Only what we wrote ourselves comes this far.
        return Pending(claims["state"], claims["nonce"], claims["verifier"], claims["path"])
