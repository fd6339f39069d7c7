"""Routes to the identity provider and back, and the sign-out.

``/sign-in`` sends the browser to the provider, ``/sign-in/return`` accepts it back with a code and
starts a new session, ``/sign-out`` ends that session and removes its data. These routes exist only
in identity mode ``oidc``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import Forbidden

from dashapp.auth.audit_log import note
from dashapp.auth.identity import SIGN_IN, Identity, begin, end
from dashapp.auth.oidc import Person, Provider
from dashapp.auth.oidc_documents import ProviderAwayError, SignInError
from dashapp.auth.oidc_sign_in import PENDING_SECONDS, Pending, PendingTokens, keep
from dashapp.auth.permissions import Door, Right, needs
from dashapp.shell.state import delete_session
from dashapp.storage.errors import StoreError
from dashapp.storage.secret_key import derived_key
from dashapp.web.errors import page
from dashapp.web.guards import rate_limits

if TYPE_CHECKING:
    from dashapp.page.context import Context

logger = structlog.get_logger(__name__)

RETURN = f"{SIGN_IN}/return"
COOKIE = "portal_sign_in"
HOSTED_COOKIE = f"__Host-{COOKIE}"
RETRY_SECONDS = 10
LONGEST_CODE = 4096
# Browsers drop cookies of more than 4 kB, and the path is stored in one.
LONGEST_PATH = 1000
AGAIN = f'<p><a href="{SIGN_IN}">Sign in</a></p>'
AWAY = "The sign-in service does not answer at the moment. Your data are safe; try again soon."
FAILED = "The sign-in did not succeed, took too long, or was used before. Please begin again."
NO_ROLE = (
    "You are signed in, but your account has no role in this portal. "
    "Ask whoever runs it for the role viewer, analyst or admin."
)
LEAVE = "What you brought to this session is removed from the server: download first what you need."
LEFT = (
    "Your session has ended, and what it held was removed. Close the window on a shared computer."
)
LEAVE_FORM = (
    '<form method="post" action="/sign-out"><button>Sign out</button> '
    '<a href="/">Back to the portal</a></form>'
)


def install(server: Flask, context: Context) -> None:
    """Add the routes in mode ``oidc``."""
    if context.settings.identity != "oidc":
        return
    desk = Desk(context)

    @server.get(SIGN_IN)
    @needs(Door.PUBLIC)
    def sign_in() -> Response:
        return desk.answered(desk.send_away)

    @server.get(RETURN)
    @needs(Door.PUBLIC)
    def sign_in_return() -> Response:
        return desk.answered(desk.take_back)

    install_way_out(server, context)


def install_way_out(server: Flask, context: Context) -> None:
    """Add the confirmation page, the sign-out route, and the step after a deletion."""

    @server.get("/sign-out")
    @needs(Right.VIEW)
    def ask_before_sign_out() -> Response:
        return page(200, "Sign out?", LEAVE, LEAVE_FORM)

    @server.post("/sign-out")
    @needs(Right.VIEW)
    def sign_out() -> Response:
        identity: Identity = g.portal_identity
        if not identity.user:
            raise Forbidden("This view was launched by a link; it ends by itself.")
        delete_session(context, identity.session)
        note("sign_out")
        end()
        return page(200, "You have signed out", LEFT, AGAIN)

    @server.after_request
    def keep_next(response: Response) -> Response:
        """Keep people signed in after they delete their data, in a new, empty session."""
        following: Identity | None = g.get("portal_next")
        if following is not None and following.user and not g.get("portal_ended"):
            try:
                keep(context.ledger, following)
            except StoreError:
                logger.warning("sign_in_lost")  # they are asked to sign in again
        return response


class Desk:
    """Send browsers to the provider and accept them back.

    Parameters
    ----------
    context
        Settings and ledger.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._provider = Provider(context.settings)
        self._tokens = PendingTokens(context.settings)
        self._limits_key = derived_key(context.settings, "limits")
        self._hosted = context.settings.hosted
        self._cookie = HOSTED_COOKIE if self._hosted else COOKIE

    def answered(self, act: Callable[[], Response]) -> Response:
        """Return the response of an action, or a page that explains why it failed."""
        rate_limits.require_new(self._context, self._limits_key)
        try:
            return act()
        except ProviderAwayError as error:
            logger.warning("provider_away", reason=str(error))
            response = page(503, "Please try again soon", AWAY, AGAIN)
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        except SignInError as error:
            logger.warning("sign_in_refused", reason=str(error))
            return page(401, "Please sign in again", FAILED, AGAIN)
        return response

    def send_away(self) -> Response:
        """Redirect to the provider, with a cookie that binds the sign-in to this browser."""
        pending = Pending.new(self._own_path(request.args.get("next", "/")))
        address = self._provider.address(
            self._back(), pending.state, pending.nonce, pending.verifier
        )
        response = redirect(address, 303)
        assert isinstance(response, Response)
        self._set(response, self._tokens.write(pending), PENDING_SECONDS)
        return response

    def take_back(self) -> Response:
        """Return from the provider: start a new session for a verified person."""
        pending = self._pending()
        code = request.args.getlist("code")
        if len(code) != 1 or not 0 < len(code[0]) <= LONGEST_CODE:
            raise SignInError("no code")
        person = self._provider.person(code[0], self._back(), pending.nonce, pending.verifier)
        if not person.rights:
            logger.warning("sign_in_refused", reason="no role")
            response = page(403, "No role in this portal", NO_ROLE)
        else:
            self._begin(person)
            response = redirect(pending.path, 303)  # type: ignore[assignment]  # Flask's own class
        self._set(response, "", 0)
        return response

    def _begin(self, person: Person) -> None:
        """Start a session with a new id."""
        identity = Identity.new(person.rights, user=person.user)
        keep(self._context.ledger, identity)
        begin(identity)

    def _pending(self) -> Pending:
        """Return the sign-in that this browser began, and mark it as used."""
        pending = self._tokens.read(request.cookies.get(self._cookie))
        if pending is None:
            raise SignInError("no sign-in was begun in this browser")
        given = request.args.get("state", "")
        if not hmac.compare_digest(given.encode(), pending.state.encode()):
            raise SignInError("another state")
        if not self._provider.is_issuer(request.args.get("iss")):
            raise SignInError("another issuer answers")
        if not self._context.ledger.first_use(f"sign-in:{pending.state}", 2 * PENDING_SECONDS):
            raise SignInError("used before")
        return pending

    def _own_path(self, asked: str) -> str:
        """Return one of our pages with its query, or the start page for any other address."""
        parts = urlsplit(asked) if asked.startswith("/") else urlsplit("/")
        path = parts.path.rstrip("/") or "/"
        if parts.netloc or path not in self._context.page_needs or len(asked) > LONGEST_PATH:
            return "/"
        return f"{path}?{parts.query}" if parts.query else path

    def _back(self) -> str:
        """Return the redirect URL registered with the provider."""
        scheme = "https" if self._hosted else request.scheme
        return f"{scheme}://{request.host}{RETURN}"

    def _set(self, response: Response, text: str, seconds: int) -> None:
        # Lax, because the provider's redirect comes from another site.
        response.set_cookie(
            self._cookie,
            text,
            max_age=seconds,
            secure=self._hosted,
            httponly=True,
            samesite="Lax",
            path="/",
        )
