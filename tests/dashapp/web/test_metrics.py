"""Numbers for Prometheus: of all processes together, for those who may, and about nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashapp.settings.portal_settings import Settings
from dashapp.telemetry import metrics
from tests.dashapp.portal import Portal

TOKEN = "a token for the monitor"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Each test counts from nothing."""
    metrics.meters.cache_clear()
    yield
    metrics.meters.cache_clear()


def shown(portal: Portal) -> dict[str, float]:
    """Every line of numbers."""
    lines = portal.client.get("/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_requests_callbacks_and_the_store_are_counted(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    portal.with_sample()
    assert portal.client.get("/download/nothing").status_code == 404
    found = shown(portal)
    assert found['segmentation_requests_total{kind="page",status="200"}'] >= 1
    assert found['segmentation_requests_total{kind="download",status="404"}'] == 1
    assert found['segmentation_callback_seconds_count{page="shell"}'] >= 1
    assert found['segmentation_store_total{operation="write",outcome="done"}'] >= 1
    assert found['segmentation_jobs_now{state="waiting"}'] == 0


def test_what_waits_is_read_from_the_ledger(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    portal.upload("customers.csv", b"a,b\n1,2\n")
    assert shown(portal)['segmentation_jobs_now{state="waiting"}'] == 1


def test_refusals_are_counted_by_their_reason(tmp_path: Path) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", uploads_per_minute=1))
    for _ in range(2):
        portal.upload("customers.csv", b"a,b\n1,2\n")
    assert shown(portal)['segmentation_refused_total{reason="limit"}'] >= 1


def test_nothing_tells_of_sessions_or_customers(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    refs = portal.with_sample()
    portal.upload("canary-file.csv", b"Customer ID,Name\n1,Ann-of-Houston\n")
    portal.client.get("/predict?data=canary-of-a-query")
    portal.client.get("/canary-of-a-path")
    text = portal.client.get("/metrics").text
    ((session, _),) = portal.context.store.sessions()
    for secret in ("canary", "Ann", "Houston", session, refs["dataset"]):
        assert secret not in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("203.0.113.9", {"Authorization": "Bearer another"}, 403),
    ],
)
def test_only_this_machine_and_who_has_the_token_may_read(
    tmp_path: Path, address: str, headers: dict[str, str], status: int
) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", metrics_token=TOKEN))
    answer = portal.client.get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
