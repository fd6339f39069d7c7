"""Browsers that go to a provider of identities and come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashapp.auth.identity import COOKIE
from dashapp.settings.portal_settings import Settings
from tests.dashapp.portal import Portal
from tests.dashapp.web.provider import CLIENT, CLIENT_SECRET, Provider

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}
ANALYSTS_ONLY = "/download/template.csv"


def settings_of(folder: Path, provider: Provider, **more: Any) -> Settings:
    """Settings of a portal that knows a provider."""
    return Settings(
        data_dir=folder / "portal", identity="oidc", oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT, oidc_client_secret=CLIENT_SECRET, **more,
    )  # fmt: skip


def browser(portal: Portal) -> FlaskClient:
    """A browser that has never been here."""
    return portal.app.server.test_client()


def ask(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """What a browser gets that opens an address."""
    return client.get(path, headers={**BROWSER, **headers})


def leave(client: FlaskClient, path: str = "/") -> str:
    """The provider's address that the portal sends a browser to."""
    first = ask(client, path)
    assert first.status_code == 303, first.text
    second = ask(client, first.headers["Location"])
    assert second.status_code == 303, second.text
    return second.headers["Location"]


def vouched(address: str) -> str:
    """Path and query with which the provider sends the browser back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(client: FlaskClient, path: str = "/") -> TestResponse:
    """The answer to a browser that came back from the provider."""
    return ask(client, vouched(leave(client, path)))


def is_in(client: FlaskClient) -> bool:
    """Whether a browser is signed in."""
    with ask(client, "/segments") as answer:
        return answer.status_code == 200


def is_refused_kindly(answer: TestResponse, status: int = 401) -> bool:
    """Whether an answer is a page with a sentence, and begins no session."""
    cookies = answer.headers.getlist("Set-Cookie")
    begun = any(cookie.startswith(f"{COOKIE}=") for cookie in cookies)
    told = "<h1>" in answer.text and "Traceback" not in answer.text
    return answer.status_code == status and told and not begun
