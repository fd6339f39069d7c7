"""Launch links: only a good one opens something, and once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dashapp.auth.identity import PAGE_TOKEN
from dashapp.auth.launch_links import sign
from dashapp.settings.portal_settings import Settings
from tests.dashapp.portal import Portal
from tests.dashapp.web.launching import FRAMED, HOST, KEY, hosted, launch, link

Claims = dict[str, Any]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return hosted(tmp_path_factory.mktemp("embed"))


def claims(**changes: Any) -> Claims:
    """Claims of a good token with some changed; None leaves one out."""
    good = jwt.decode(sign(KEY.encode(), "full", HOST), options={"verify_signature": False})
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(given: Claims, key: str = KEY) -> str:
    return jwt.encode(given, key, algorithm="HS256")


def without_signature() -> str:
    return jwt.encode(claims(), None, algorithm="none")


def with_own_key_pair() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims(), key, algorithm="RS256")


def said_to_be_rs256() -> str:
    """Rightly signed with our key as HMAC, under a header that names another algorithm."""
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').decode().rstrip("=")
    text = f"{head}.{signed(claims()).split('.')[1]}"
    tag = hmac.new(KEY.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(tag).decode().rstrip('=')}"


def with_other_body(**changes: Any) -> str:
    """The signature of one token under the claims of another."""
    head, _, tag = signed(claims(scope="view-model", model="a" * 32)).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(**changes)).encode()).decode().rstrip("=")
    return f"{head}.{body}.{tag}"


def at(seconds: int) -> int:
    """A time from now on, in whole Unix seconds."""
    return int(time.time()) + seconds


BAD: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "garbage": lambda: "garbage",
    "three empty parts": lambda: "..",
    "not ASCII": lambda: "ä.ö.ü",
    "a very long text": lambda: "a" * 10_000,
    "another key": lambda: signed(claims(), "another-key-of-more-than-32-characters"),
    "no signature": without_signature,
    "another algorithm": with_own_key_pair,
    "a confused algorithm": said_to_be_rs256,
    "HS512": lambda: jwt.encode(claims(), KEY * 2, algorithm="HS512"),
    "widened scope": lambda: with_other_body(scope="full", model=None),
    "another model": lambda: with_other_body(scope="view-model", model="b" * 32),
    "expired": lambda: signed(claims(iat=at(-700), exp=at(-100))),
    "issued in the future": lambda: signed(claims(iat=at(300), exp=at(500))),
    "lives too long": lambda: signed(claims(exp=at(3600))),
    "expires before it was issued": lambda: signed(claims(iat=at(0), exp=at(-1))),
    "times as text": lambda: signed(claims(iat=str(at(0)), exp=str(at(60)))),
    "endless": lambda: signed(claims(exp=2**70)),
    "another audience": lambda: signed(claims(aud="another-portal")),
    "several audiences": lambda: signed(claims(aud=["segmentation-portal", "x"])),
    "another issuer": lambda: signed(claims(iss="somebody")),
    **{
        f"no {name}": lambda name=name: signed(claims(**{name: None}))  # type: ignore[misc]
        for name in ("iss", "aud", "iat", "exp", "jti", "scope", "ancestor")
    },
    "a short jti": lambda: signed(claims(jti="1")),
    "a number as jti": lambda: signed(claims(jti=12345678901234567890)),
    "no known scope": lambda: signed(claims(scope="everything")),
    "one unknown scope": lambda: signed(claims(scope="full everything")),
    "an empty scope": lambda: signed(claims(scope="")),
    "scopes as a list": lambda: signed(claims(scope=["full"])),
    "a host that is not listed": lambda: signed(claims(ancestor="https://evil.example")),
    "a host that looks like one": lambda: signed(claims(ancestor="https://bi.example.evil")),
    "a pattern as host": lambda: signed(claims(ancestor="https://*.host.example")),
    "a host and a policy": lambda: signed(claims(ancestor=f"{HOST}; script-src *")),
    "a model that is not there": lambda: signed(claims(scope="view-model", model="c" * 32)),
    "a path as model": lambda: signed(claims(scope="view-model", model="../" * 9)),
    "view without a model": lambda: signed(claims(scope="view-model")),
    "an unknown theme": lambda: signed(claims(theme="<script>")),
    "an unknown claim": lambda: signed(claims(modle="a" * 32)),
}


@pytest.mark.parametrize("name", BAD)
def test_no_other_link_opens_anything(portal: Portal, name: str) -> None:
    token = BAD[name]()
    client = portal.app.server.test_client()
    answer = client.get("/embed", query_string={"t": token}, headers=FRAMED)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert PAGE_TOKEN not in answer.headers
    assert "portal-view" not in answer.text
    assert "_dash" not in answer.text
    assert not token or token not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_without_or_with_two_tokens_opens_nothing(portal: Portal) -> None:
    for path in ("/embed", f"{link()}&t=x"):
        answer, _ = launch(portal, path)
        assert answer.status_code == 401


def test_a_link_opens_once_on_whatever_process(portal: Portal) -> None:
    path = link()
    assert launch(portal, path)[0].status_code == 200
    assert launch(portal, path)[0].status_code == 401
    again = Portal.of(portal.context.settings)
    assert launch(again, path)[0].status_code == 401


def test_without_a_key_nothing_can_be_launched(tmp_path: Path) -> None:
    assert launch(hosted(tmp_path / "portal", embed_key=None), link())[0].status_code == 401


def test_a_host_needs_its_own_key_of_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Settings(embed_key="short")
