"""Only our own pages may ask for changes: the table of cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from dashapp.app import create_app
from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from dashapp.settings.portal_settings import Settings
from dashapp.web.guards.csrf import is_own
from tests.dashapp.portal import Portal

HOST = "portal.example:8050"
OWN = {"Origin": f"https://{HOST}"}
FOREIGN = {"Origin": "https://evil.example"}


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", **OWN}, False),
        ({"Sec-Fetch-Site": "same-origin", **FOREIGN}, True),
        (OWN, True),
        (FOREIGN, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": f"https://{HOST}.evil.example"}, False),
        ({"Origin": "https://portal.example"}, False),
        ({"Origin": f"http://{HOST}"}, False),
        ({"Origin": f"ftp://{HOST}"}, False),
        ({"Origin": "file://"}, False),
        ({"Origin": ""}, False),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], own: bool, acts: bool) -> None:
    assert is_own(headers, f"https://{HOST}", acts_for_somebody=acts) is own


def test_a_program_without_an_identity_may_ask() -> None:
    assert is_own({}, f"https://{HOST}", acts_for_somebody=False)
    assert not is_own({}, f"https://{HOST}", acts_for_somebody=True)


@pytest.mark.parametrize(
    ("hosted", "origin", "status"),
    [
        (False, "http://localhost", 415),
        (False, "https://localhost", 403),
        (True, "https://localhost", 415),
        (True, "http://localhost", 403),
    ],
)
def test_the_scheme_of_the_origin_counts(
    tmp_path: Path, hosted: bool, origin: str, status: int
) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal",
        hosted=hosted,
        open_to_all=hosted,
        secret_key=SecretStr("s" * 32),
    )
    client = create_app(settings).server.test_client()
    client.get("/", base_url=origin)
    sent = client.post("/_dash-update-component", data=b"{}", headers={"Origin": origin})
    assert sent.status_code == status


def test_a_signed_in_program_must_say_where_it_comes_from(tmp_path: Path) -> None:
    secret = "a-secret-of-the-proxy-of-40-characters!!"
    settings = Settings(
        data_dir=tmp_path / "portal", identity="proxy", proxy_secret=SecretStr(secret)
    )
    client = create_app(settings).server.test_client(use_cookies=False)
    ann = {SECRET_HEADER: secret, USER_HEADER: "ann", ROLES_HEADER: "analyst"}
    for path in ("/_dash-update-component", "/upload"):
        assert client.post(path, data=b"{}", headers=ann).status_code == 403
        own = ann | {"Origin": "http://localhost"}
        assert client.post(path, data=b"{}", headers=own).status_code in {400, 415}


@pytest.mark.parametrize("path", ["/_dash-update-component", "/upload"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_another_site_reaches_neither_callbacks_nor_uploads(
    portal: Portal, path: str, site: str | None
) -> None:
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    response = portal.client.post(path, data=b"{}", headers=headers)
    assert response.status_code == 403
    assert set(response.get_json()) == {"error", "id"}


def test_every_route_that_changes_something_is_guarded(portal: Portal) -> None:
    for rule in portal.app.server.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            path = rule.rule.replace("<path:path>", "any")
            response = portal.client.open(
                path, method=method, headers={"Sec-Fetch-Site": "cross-site"}
            )
            assert response.status_code == 403, (method, rule.rule)


@pytest.mark.parametrize(("hops", "status"), [(0, 403), (1, 411)])
def test_the_host_is_taken_from_a_proxy_only_where_there_is_one(
    tmp_path: Path, hops: int, status: int
) -> None:
    app = create_app(Settings(data_dir=tmp_path / "portal", proxy_hops=hops))
    client = app.server.test_client()
    client.get("/")
    headers = {
        "Origin": "https://portal.example",
        "X-Forwarded-Host": "portal.example",
        "X-Forwarded-Proto": "https",
    }
    assert client.post("/_dash-update-component", headers=headers).status_code == status
