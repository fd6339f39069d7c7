"""Floods: the request after the last one allowed in a minute gets 429, whichever worker it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.session.ledger import open_ledger
from dashapp.settings import Settings
from dashapp.web import limits
from tests.dashapp.portal import Portal


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that does not end during the test."""
    monkeypatch.setattr(limits, "MINUTE", 10**9)


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


def test_no_address_is_written_down(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    portal = Portal.of(settings)
    portal.app.server.test_client().get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    open_ledger(settings).compact()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"192.0.2.77" not in kept
