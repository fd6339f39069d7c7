"""Ids come from us only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from dashapp.auth import identity
from dashapp.auth.identity import (
    COOKIE,
    HOSTED_COOKIE,
    PAGE_TOKEN,
    Identity,
    Tokens,
    current_session,
    page_tokens,
)
from dashapp.auth.permissions import SCOPES
from dashapp.settings.portal_settings import Settings

TOKENS = Tokens(b"k" * 32, idle=100, absolute=1000)
FULL = SCOPES["full"]


def server(settings: Settings) -> Flask:
    flask = Flask(__name__)
    identity.install(flask, settings)

    @flask.get("/")
    def who() -> str:
        return current_session()

    @flask.get("/assets/file.css")
    def file() -> str:
        return "body {}"

    @flask.post("/delete")
    def delete() -> str:
        identity.renew()
        return current_session()

    return flask


@contextmanager
def freeze(seconds: float) -> Iterator[None]:
    """Let the portal's clock show a Unix time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity.time, "time", lambda: seconds)
        yield


@pytest.fixture
def flask(tmp_path: Path) -> Flask:
    return server(Settings(data_dir=tmp_path / "portal"))


def test_a_browser_keeps_its_session(flask: Flask) -> None:
    client = flask.test_client()
    assert client.get("/").text == client.get("/").text
    assert flask.test_client().get("/").text != client.get("/").text


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(flask: Flask) -> None:
    cookie = flask.test_client().get("/").headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_hosted_cookie_is_for_https_and_this_host_only(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal", hosted=True, open_to_all=True, secret_key="s" * 32
    )
    cookie = server(settings).test_client().get("/").headers["Set-Cookie"]
    assert cookie.startswith(f"{HOSTED_COOKIE}=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_cookie_lives_in_a_frame_only_in_that_sites_own_jar(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal", hosted=True, open_to_all=True, secret_key="s" * 32,
        frame_ancestors="https://bi.example",
    )  # fmt: skip
    cookie = server(settings).test_client().get("/").headers["Set-Cookie"]
    assert cookie.startswith(f"{HOSTED_COOKIE}=")
    assert "SameSite=None" in cookie
    assert "Partitioned" in cookie
    assert "Secure" in cookie


def test_the_cookie_is_not_sent_again_with_every_answer(flask: Flask) -> None:
    client = flask.test_client()
    client.get("/")
    assert "Set-Cookie" not in client.get("/").headers


def test_public_files_carry_no_cookie(flask: Flask) -> None:
    assert "Set-Cookie" not in flask.test_client().get("/assets/file.css").headers


@pytest.mark.parametrize("planted", ["", "x", "a.1.1.b", "...", "a" * 500, "ä.1.1.ß"])
def test_a_planted_cookie_gets_a_new_session(flask: Flask, planted: str) -> None:
    client = flask.test_client()
    client.set_cookie(COOKIE, planted)
    response = client.get("/")
    assert response.status_code == 200
    assert "Set-Cookie" in response.headers


@given(position=st.integers(0, 1000), change=st.characters(codec="ascii"))
def test_a_changed_text_is_no_identity(position: int, change: str) -> None:
    text = TOKENS.write(Identity.new(FULL))
    place = position % len(text)
    changed = text[:place] + change + text[place + 1 :]
    assert changed == text or TOKENS.read(changed) is None


@given(seconds=st.integers(0, 2000), absence=st.integers(0, 300))
def test_an_identity_ends_when_idle_or_old(seconds: int, absence: int) -> None:
    fresh = Identity.new(FULL)
    written = TOKENS.write(replace(fresh, began=fresh.began - seconds))
    with freeze(fresh.began + absence):
        known = TOKENS.read(written)
    assert (known is None) == (absence > 100 or seconds + absence > 1000)


def test_a_text_tells_all_of_an_identity() -> None:
    visitor = Identity.new(SCOPES["predict"], user="0" * 32, ancestor="https://bi.example")
    assert TOKENS.read(TOKENS.write(visitor)) == visitor


def test_a_page_token_is_asked_alone(flask: Flask, tmp_path: Path) -> None:
    client = flask.test_client()
    by_cookie = client.get("/").text
    visitor = Identity.new(FULL)
    sent = page_tokens(Settings(data_dir=tmp_path / "portal")).write(visitor)
    answer = client.get("/", headers={PAGE_TOKEN: sent})
    assert answer.text == visitor.session != by_cookie
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("sent", ["", "x", "a.b", "e30.0", "ä", "a" * 5000])
def test_a_bad_page_token_never_falls_back_to_the_cookie(flask: Flask, sent: str) -> None:
    client = flask.test_client()
    client.get("/")
    answer = client.get("/", headers={PAGE_TOKEN: sent.encode()})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_neither_text_serves_as_the_other(flask: Flask, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    client = flask.test_client()
    before = client.get("/").text
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert flask.test_client().get("/", headers={PAGE_TOKEN: cookie.value}).status_code == 401
    client.set_cookie(COOKIE, page_tokens(settings).write(Identity.new(FULL)))
    assert client.get("/").text != before


def test_a_page_token_is_renewed_while_it_is_used_and_ends_when_it_is_not(
    flask: Flask, tmp_path: Path
) -> None:
    visitor = Identity.new(FULL)
    pages = page_tokens(Settings(data_dir=tmp_path / "portal"))
    first = pages.write(visitor)
    client = flask.test_client()
    with freeze(visitor.began + 10 * 60):
        renewed = client.get("/", headers={PAGE_TOKEN: first}).headers[PAGE_TOKEN]
    with freeze(visitor.began + 20 * 60):
        assert client.get("/", headers={PAGE_TOKEN: first}).status_code == 401
        assert client.get("/", headers={PAGE_TOKEN: renewed}).text == visitor.session


def test_the_public_id_tells_nothing_about_the_cookie(flask: Flask) -> None:
    client = flask.test_client()
    session = client.get("/").text
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert session not in cookie.value


def test_a_renewed_session_never_comes_back(flask: Flask) -> None:
    client = flask.test_client()
    before = client.get("/").text
    assert client.post("/delete").text == before
    assert client.get("/").text != before
