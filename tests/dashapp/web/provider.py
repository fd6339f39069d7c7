"""A small OpenID Connect provider on a port of its own, with one person who has an account."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

CLIENT, CLIENT_SECRET = "portal", "the secret of the portal at its provider"
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: PrivateKeyTypes, algorithm: str, kid: str) -> dict[str, Any]:
    """A key as it stands in the key set."""
    make = jwt.get_algorithm_by_name(algorithm)
    return {**make.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}  # type: ignore[attr-defined]


@dataclass
class Provider:
    """What the provider answers, to be changed by tests.

    Attributes
    ----------
    claims
        Of the next identity token, beside those that each has; None leaves a claim out.
    key, algorithm, kid
        What signs it.
    discovery
        Changes to the discovery document.
    codes
        Codes that were given and not yet used, with the request they answer.
    exchanges
        How many codes were exchanged.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = RSA_KEY
    algorithm: str = "RS256"
    kid: str | None = "rsa"
    discovery: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(
        default_factory=lambda: [public(RSA_KEY, "RS256", "rsa"), public(EC_KEY, "ES256", "ec")]
    )
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanges: int = 0

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop answering."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def authorize(self, query: dict[str, str]) -> str:
        """Where a browser is sent whose user has proven who it is."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}-{self.exchanges}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint: client, code, address and proof must all be right."""
        self.exchanges += 1
        asked = self.codes.pop(form.get("code", ""), None)
        secret = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if authorization != f"Basic {secret}":
            return 401, {"error": "invalid_client"}
        if asked is None or (challenge, form.get("redirect_uri")) != (
            asked["code_challenge"],
            asked["redirect_uri"],
        ):
            return 400, {"error": "invalid_grant"}
        token = self.token(asked["nonce"])
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def token(self, nonce: str) -> str:
        """An identity token."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "ann", "iat": now, "exp": now + 300,
            "nonce": nonce, "roles": ["analyst"], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": self.kid} if self.kid else None
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=headers)

    def documents(self) -> dict[str, Any]:
        """What anybody may read."""
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.discovery,
            },
            "/keys": {"keys": self.keys},
        }

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selves meet here
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path == "/authorize":
                    self.send_response(302)
                    back = provider.authorize(dict(parse_qsl(address.query)))
                    self.send_header("Location", back)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                found = provider.documents().get(address.path)
                self._answer(200 if found else 404, found or {})

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                sent = self.headers.get("Authorization", "")
                self._answer(*provider.exchange(sent, dict(parse_qsl(text))))

            def _answer(self, status: int, value: dict[str, Any]) -> None:
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
