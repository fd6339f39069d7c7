"""Floods: the request after the last one allowed in a minute gets 429, whichever worker it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.ledger.ledger import open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.web.guards import rate_limits
from tests.dashapp.portal import ORIGIN, Portal


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that does not end during the test."""
    monkeypatch.setattr(rate_limits, "MINUTE", 10**9)


def test_one_request_too_many_is_told_when_to_come_again(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal", requests_per_minute=10)
    here, elsewhere = Portal.of(settings), Portal.of(settings)
    elsewhere.client.set_cookie("portal_session", here.client.get_cookie("portal_session").value)  # type: ignore[union-attr]
    statuses = [portal.client.get("/").status_code for portal in (here, elsewhere) * 5]
    assert statuses == [200] * 10
    refused = elsewhere.client.get("/")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert here.visitor().client.get("/").status_code == 200
    assert here.client.get("/healthz").status_code == 200


def test_files_of_pages_are_not_counted(tmp_path: Path) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", requests_per_minute=10))
    for _ in range(30):
        with portal.client.get("/assets/portal.js") as answer:
            assert answer.status_code == 200


def test_whoever_sends_no_cookie_is_counted_by_address(tmp_path: Path) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", new_sessions_per_minute=3))
    visits = [portal.app.server.test_client().get("/").status_code for _ in range(4)]
    assert visits == [200, 200, 429, 429]
    other = portal.app.server.test_client().get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert other.status_code == 200


def from_address(address: str) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_an_address_may_do_as_much_as_ten_sessions_whatever_cookies_it_sends(
    tmp_path: Path,
) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", requests_per_minute=10))
    visits = [
        portal.app.server.test_client().get("/", **from_address("2001:db8::1")).status_code
        for _ in range(101)
    ]
    assert visits == [200] * 100 + [429]
    same_network, other_network = from_address("2001:db8::f:2"), from_address("2001:db8:0:1::1")
    assert portal.app.server.test_client().get("/", **same_network).status_code == 429
    assert portal.app.server.test_client().get("/", **other_network).status_code == 200


def test_a_user_who_drops_the_cookie_has_no_more_requests(tmp_path: Path) -> None:
    portal = Portal.of(
        Settings(
            data_dir=tmp_path / "portal", identity="proxy", proxy_secret="s" * 32,
            requests_per_minute=10,
        )
    )  # fmt: skip

    def visit(user: str) -> int:
        headers = {"X-Portal-Secret": "s" * 32, "X-Portal-User": user, "X-Portal-Roles": "analyst"}
        return portal.app.server.test_client().get("/", headers=headers).status_code

    assert [visit("ann") for _ in range(11)] == [200] * 10 + [429]
    assert visit("ben") == 200


def test_an_address_with_many_sessions_takes_its_share_of_places(tmp_path: Path) -> None:
    """Every upload comes with a fresh cookie; a fourth of the places is the share."""
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", jobs_waiting=8))

    def upload(number: int, address: str) -> int:
        answer = portal.app.server.test_client().post(
            "/upload", data=b"id,age\n%d,30\n" % number,
            headers=ORIGIN | {"X-Portal-Upload": "1", "X-File-Name": "c.csv"},
            content_type="application/octet-stream", **from_address(address),
        )  # fmt: skip
        if answer.status_code == 503:
            assert "in your network" in answer.get_json()["error"]
            assert int(answer.headers["Retry-After"]) > 0
        return int(answer.status_code)

    assert [upload(number, "192.0.2.1") for number in range(4)] == [202, 202, 503, 503]
    assert upload(5, "192.0.2.2") == 202


def test_an_address_with_many_sessions_takes_its_share_of_storage(tmp_path: Path) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", total_quota_mb=8))

    def upload(address: str) -> int:
        answer = portal.app.server.test_client().post(
            "/upload", data=b"id,age\n" + b"1,30\n" * 180_000,
            headers=ORIGIN | {"X-Portal-Upload": "1", "X-File-Name": "c.csv"},
            content_type="application/octet-stream", **from_address(address),
        )  # fmt: skip
        return int(answer.status_code)

    assert [upload("192.0.2.1") for _ in range(4)] == [202, 202, 507, 507]
    assert upload("192.0.2.2") == 202


def test_no_address_is_written_down(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    portal = Portal.of(settings)
    portal.app.server.test_client().get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    open_ledger(settings).compact()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"192.0.2.77" not in kept
