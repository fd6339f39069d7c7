"""Identity mode ``oidc``: admit signed-in sessions, redirect everyone else.

Until the browser returns from the provider, a cookie of ten minutes holds the data that bind the
sign-in to it. The ledger records the sessions of signed-in people: one that is not in it has ended,
so a copied cookie is useless after the sign-out.
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
    """Redirect a browser to the sign-in with 303, because browsers cache the usual 308 forever."""

    code = 303


def admit_who_signed_in(ledger: Ledger) -> Admit:
    """Admit signed-in sessions; views launched by a signed link need no sign-in.

    Returns
    -------
    callable
        Redirects a browser that opens a page to the sign-in, and refuses everything else with 401.
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
    """Record in the ledger that a session belongs to a signed-in person."""
    ledger.add_item(identity.session, KIND, identity.session, "", {})


def opens_page() -> bool:
    """Whether a browser opens a page in its own window; providers refuse to be framed."""
    wants = request.accept_mimetypes.best == "text/html"
    alone = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method == "GET" and wants and alone


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that a browser has begun.

    Attributes
    ----------
    state, nonce, verifier
        Random texts: the first comes back in the URL, the second in the identity token, the
        third proves to the provider who asked for the code.
    path
        The page that was requested.
    """

    state: str
    nonce: str
    verifier: str
    path: str

    @classmethod
    def new(cls, path: str) -> Pending:
        """Return a new one; RFC 7636, section 4.1, requires at least 43 characters."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, path)


class PendingTokens:
    """Write pending sign-ins as signed texts and read them back.

    Parameters
    ----------
    settings
        Settings with the key.
    """

    def __init__(self, settings: Settings) -> None:
        self._key = derived_key(settings, "sign-in")

    def write(self, pending: Pending) -> str:
        """Return the text for the cookie."""
        import jwt  # imports 9 MB of cryptography, so only where people sign in

        claims = {
            "exp": int(time.time()) + PENDING_SECONDS,
            "state": pending.state,
            "nonce": pending.nonce,
            "verifier": pending.verifier,
            "path": pending.path,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, text: str | None) -> Pending | None:
        """Return the sign-in in a text; None if its signature is invalid or it has expired."""
        import jwt  # as above

        try:
            claims = jwt.decode(
                text or "", self._key, algorithms=[ALGORITHM], options={"require": ["exp"]}
            )
        except jwt.InvalidTokenError:
            return None
        # Only signed texts of our own reach this point.
        return Pending(claims["state"], claims["nonce"], claims["verifier"], claims["path"])
