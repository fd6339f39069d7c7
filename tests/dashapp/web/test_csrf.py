"""Only our own pages may ask for changes: the table of cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.web.csrf import is_own
from tests.dashapp.portal import Portal

HOST = "portal.example:8050"
OWN = {"Origin": f"https://{HOST}"}
FOREIGN = {"Origin": "https://evil.example"}


@pytest.mark.parametrize("has_cookies", [True, False])
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
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], own: bool, has_cookies: bool) -> None:
    assert is_own(headers, HOST, has_cookies=has_cookies) is own


def test_a_program_without_cookies_may_ask_and_acts_for_nobody() -> None:
    assert is_own({}, HOST, has_cookies=False)
    assert not is_own({}, HOST, has_cookies=True)


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
    headers = {"Origin": "https://portal.example", "X-Forwarded-Host": "portal.example"}
    assert client.post("/_dash-update-component", headers=headers).status_code == status
