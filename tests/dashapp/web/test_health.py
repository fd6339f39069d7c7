"""Whether the portal can do its work."""

from __future__ import annotations

import pytest

from dashapp.storage.store import StoreUnavailableError
from tests.dashapp.portal import Portal


def test_a_living_process_says_so(portal: Portal) -> None:
    assert portal.client.get("/healthz").get_json() == {"status": "ok"}


def test_a_portal_without_a_worker_is_not_ready(portal: Portal) -> None:
    response = portal.client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["worker"] is False
    assert "Retry-After" in response.headers


def test_a_portal_with_a_worker_is_ready(portal: Portal) -> None:
    portal.context.ledger.beat("worker", 60)
    response = portal.client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "ready", "store": True, "ledger": True, "worker": True
    }  # fmt: skip


def test_a_store_that_does_not_answer_is_named(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(portal.context.store, "check", silent)
    response = portal.client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["store"] is False
