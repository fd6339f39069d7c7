"""Ids come from us only."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from dashapp.session import identity
from dashapp.session.identity import COOKIE, HOSTED_COOKIE, Cookies, Identity, current_session
from dashapp.settings import Settings

COOKIES = Cookies(b"k" * 32, idle=100, absolute=1000)


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
    settings = Settings(data_dir=tmp_path / "portal", hosted=True, secret_key="s" * 32)
    cookie = server(settings).test_client().get("/").headers["Set-Cookie"]
    assert cookie.startswith(f"{HOSTED_COOKIE}=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_cookie_lives_in_a_frame_only_in_that_sites_own_jar(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal", hosted=True, secret_key="s" * 32,
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


@given(position=st.integers(0, 500), change=st.characters(codec="ascii"))
def test_a_changed_cookie_is_no_cookie(position: int, change: str) -> None:
    text = COOKIES.write(COOKIES.new())
    place = position % len(text)
    changed = text[:place] + change + text[place + 1 :]
    assert changed == text or COOKIES.read(changed) is None


def test_a_cookie_ends_when_idle_or_old() -> None:
    fresh = COOKIES.new()
    now = fresh.began
    assert COOKIES.read(COOKIES.write(fresh)) == fresh
    assert COOKIES.read(COOKIES.write(Identity(fresh.token, now, now - 101))) is None
    assert COOKIES.read(COOKIES.write(Identity(fresh.token, now - 1001, now))) is None


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
