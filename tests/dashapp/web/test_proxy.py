"""Identity by proxy: only who comes through it, each user apart, with the roles it tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from dashapp.settings.portal_settings import Settings
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import ORIGIN, Portal

SECRET = "a-secret-of-the-proxy-of-40-characters!!"
ANN = {SECRET_HEADER: SECRET, USER_HEADER: "ann@example.com", ROLES_HEADER: "analyst"}


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    settings = Settings(data_dir=tmp_path / "portal", identity="proxy", proxy_secret=SECRET)
    return Portal.of(settings)


def ask(client: FlaskClient, headers: dict[str, str], path: str = "/") -> int:
    with client.get(path, headers=ORIGIN | headers) as answer:
        return answer.status_code


BAD = {
    "nothing": {},
    "no secret": {USER_HEADER: "ann", ROLES_HEADER: "admin"},
    "another secret": ANN | {SECRET_HEADER: "x" * 40},
    "the secret twice": ANN | {SECRET_HEADER: f"{SECRET},{SECRET}"},
    "no user": {SECRET_HEADER: SECRET, ROLES_HEADER: "admin"},
    "two users": ANN | {USER_HEADER: "ann,root"},
    "a blank user": ANN | {USER_HEADER: " "},
    "a very long user": ANN | {USER_HEADER: "a" * 300},
    "roles with commas": ANN | {ROLES_HEADER: "viewer,admin"},
}


@pytest.mark.parametrize("name", BAD)
def test_whoever_does_not_come_through_the_proxy_gets_nothing(portal: Portal, name: str) -> None:
    client = portal.app.server.test_client()
    answer = client.get("/", headers=ORIGIN | BAD[name])
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert ask(client, {}, "/healthz") == 200


def test_headers_that_come_twice_are_refused(portal: Portal) -> None:
    twice = [*ANN.items(), (USER_HEADER, "root"), *ORIGIN.items()]
    assert portal.app.server.test_client().get("/", headers=twice).status_code == 401


def test_a_cookie_alone_opens_nothing(portal: Portal) -> None:
    client = portal.app.server.test_client()
    assert ask(client, ANN) == 200
    assert ask(client, {}) == 401


def test_a_user_keeps_the_session_and_another_on_the_same_browser_gets_a_new_one(
    portal: Portal,
) -> None:
    client = portal.app.server.test_client()
    job = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    made = fire(client, job, {"data-sample.n_clicks": 1}, headers=ANN)
    portal.do_jobs()
    id_ = made.get_json()["response"]["shell-job"]["data"]["id"]
    found = portal.context.ledger.job(id_)
    assert found is not None
    assert found.result is not None
    path = f"/download/rejects.csv?data={found.result['dataset']}"
    assert ask(client, ANN, path) == 200
    assert ask(client, ANN | {USER_HEADER: "ben@example.com"}, path) == 410
    assert ask(client, ANN, path) == 410  # the first session is not given back either


def test_roles_are_those_of_the_present_request(portal: Portal) -> None:
    client = portal.app.server.test_client()
    template = "/download/template.csv"
    assert ask(client, ANN, template) == 200
    assert ask(client, ANN | {ROLES_HEADER: "viewer"}, template) == 403
    assert ask(client, ANN | {ROLES_HEADER: "viewer admin"}, template) == 200
    assert ask(client, ANN | {ROLES_HEADER: "superuser"}) == 403


def test_no_name_of_a_user_reaches_the_cookie(portal: Portal) -> None:
    cookie = portal.app.server.test_client().get("/", headers=ORIGIN | ANN).headers["Set-Cookie"]
    assert "ann" not in cookie


def test_the_mode_needs_its_secret() -> None:
    with pytest.raises(ValueError, match="PROXY_SECRET"):
        Settings(identity="proxy")
