"""OpenID Connect: verify everything that the identity provider sends.

OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636). Endpoints come from the
provider's discovery document, keys from its key set; both are cached for an hour.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dashapp.auth.oidc_documents import (
    TIMEOUT,
    Documents,
    ProviderAwayError,
    SignInError,
    matching,
)
from dashapp.auth.permissions import ROLES, Rights, rights_in
from dashapp.settings.identity_settings import is_private_address
from dashapp.settings.portal_settings import Settings
from dashapp.storage.secret_key import derived_key

# Signatures that only the provider can make; never "none", and no HMAC, whose key we know.
ALGORITHMS = ("RS256", "ES256")
SCOPE = "openid"
KEEP_SECONDS = 3600
# An unknown key may be a new one. Refetching more often would let strangers trigger requests.
RENEW_SECONDS = 60
# Accepted difference between the clocks of provider and portal.
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 32_768
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "nonce")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Errors that the libraries raise for unexpected JSON: a list for a name, half a surrogate pair, an
# infinite number.
MISREAD = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Person:
    """A user who signed in.

    Attributes
    ----------
    user
        A hash that distinguishes users.
    rights
        Rights of the roles in the token; empty if none of them is ours.
    """

    user: str
    rights: Rights


class Provider:
    """The configured identity provider.

    Parameters
    ----------
    settings
        Settings with the issuer, the client and the name of the claim that holds roles.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.oidc_client_secret is not None
        self._issuer = settings.oidc_issuer
        self._client = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._claim = settings.oidc_roles_claim
        self._user_key = derived_key(settings, "oidc user")
        self._documents = Documents()

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Return the URL at which the browser signs in.

        Parameters
        ----------
        back
            Our URL to which the provider returns the browser.
        state, nonce, verifier
            Random texts bound to this browser.

        Raises
        ------
        ProviderAwayError
            If the provider's endpoints cannot be fetched.
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = str(self._addresses()["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def person(self, code: str, back: str, nonce: str, verifier: str) -> Person:
        """Exchange a code for an identity, and verify every part of it.

        Raises
        ------
        SignInError
            If any part of it is invalid.
        """
        try:
            return self._vouched_for(self._exchange(code, back, verifier), nonce)
        except MISREAD as error:
            raise SignInError(f"not readable: {type(error).__name__}") from None

    def is_issuer(self, name: str | None) -> bool:
        """Whether a response's issuer (RFC 9207) is this provider."""
        return name is None or name == self._issuer

    def _vouched_for(self, token: str, nonce: str) -> Person:
        """Return the person in a token, if it was made for this sign-in."""
        claims = self._checked(token)
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise SignInError("another nonce")
        name = f"{self._issuer}\n{claims['sub']}".encode()
        user = hmac.new(self._user_key, name, hashlib.sha256).hexdigest()[:32]
        return Person(user, rights_in(" ".join(role_names(claims, self._claim)), ROLES))

    def _exchange(self, code: str, back: str, verifier: str) -> str:
        """Return the identity token that the provider issues for a code."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.integrations.requests_client import OAuth2Session
        from requests import RequestException

        found = self._addresses()
        try:
            with OAuth2Session(
                self._client, self._secret, token_endpoint_auth_method=_method(found)
            ) as client:
                answer = client.fetch_token(
                    found["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=back,
                    code_verifier=verifier,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except AuthlibBaseError:
            raise SignInError("the provider refused the code") from None
        except (RequestException, ValueError) as error:
            raise ProviderAwayError(f"token endpoint: {type(error).__name__}") from None
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise SignInError("no identity token")
        return token

    def _checked(self, token: str) -> dict[str, Any]:
        """Return the verified claims of an identity token (OpenID Connect Core, 3.1.3.7)."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise SignInError("algorithm is not allowed")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(header.get("kid"), str(header["alg"])),
                algorithms=list(ALGORITHMS),
                issuer=self._issuer,
                audience=self._client,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED)},
            )
        except jwt.PyJWTError as error:
            raise SignInError(type(error).__name__) from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._client) != self._client:
            raise SignInError("made for another client")
        return claims

    def _key(self, kid: object, algorithm: str) -> Any:
        """Return the provider's key by id; refetch now and then if it is unknown."""
        address = str(self._addresses()["jwks_uri"])
        for seconds in (KEEP_SECONDS, RENEW_SECONDS):
            found = matching(self._documents.get(address, seconds), kid, algorithm)
            if len(found) == 1:
                return found[0].key
        raise SignInError("unknown key")

    def _addresses(self) -> Mapping[str, Any]:
        """Return the provider's discovery document (OpenID Connect Discovery 1.0, section 4)."""
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._documents.get(address, KEEP_SECONDS)
        if found.get("issuer") != self._issuer:
            raise ProviderAwayError("discovery names another issuer")
        if not all(is_private_address(found.get(name)) for name in ENDPOINTS):
            raise ProviderAwayError("discovery lacks an https address")
        return found


def role_names(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return our roles in a claim, which is a list or a space-separated text.

    Parameters
    ----------
    claims
        Claims of an identity token.
    path
        Name of the claim; dots lead into nested objects.

    Examples
    --------
    >>> role_names({"realm_access": {"roles": ["viewer", "other"]}}, "realm_access.roles")
    ['viewer']
    >>> role_names({"roles": "viewer analyst"}, "roles")
    ['viewer', 'analyst']
    >>> role_names({"roles": {"admin": True}}, "roles")
    []
    """
    # Some providers name claims by a URL, dots included.
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list):
        return []
    return [name for name in names if isinstance(name, str) and name in ROLES]


def _method(found: Mapping[str, Any]) -> str:
    """Return how to authenticate to the provider: by header, unless it accepts only a form."""
    known = found.get("token_endpoint_auth_methods_supported")
    if not isinstance(known, list) or "client_secret_basic" in known:
        return "client_secret_basic"
    return "client_secret_post"
