"""A canary in a customer's file: in no log, no number, and nowhere once deleted or expired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import find_by_input
from tests.faults.conftest import Machine
from tests.redis_server import RedisServer
from tests.visitor import Visitor
from tests.waiting import until

CANARY = b"canary-of-houston"
CSV = b"Customer ID,Name,Age,Total Spend\n" + b"".join(
    b"%d,%s %d,%d,%d\n" % (n, CANARY, n, 20 + n % 50, n % 3 * 400 + n) for n in range(200)
)
SHORT_HOURS = 8 / 3600


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer | None]:
    if request.param == "files":
        yield None
        return
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def machine_with(folder: Path, redis: RedisServer | None, **more: float) -> Machine:
    shared = {"redis_url": redis.url, "secret_key": "one secret for all " * 2} if redis else {}
    return Machine.new(folder, **shared, **more)


def traces(machine: Machine, redis: RedisServer | None) -> list[str]:
    """Everywhere that the canary stands, compressed or not."""
    found = [
        str(path)
        for path in machine.settings.data_dir.rglob("*")
        if path.is_file() and CANARY in path.read_bytes()
    ]
    if redis is not None:
        found += [
            key.decode()
            for key in redis.client.scan_iter("*")
            if CANARY in (redis.client.dump(key) or b"")
        ]
    return found


def visit(machine: Machine, folder: Path) -> Visitor:
    """A visitor who has uploaded, trained and looked at the customers."""
    app = create_app(Settings(data_dir=folder / "map"))
    url = machine.url("").rstrip("/")
    visitor = Visitor(url, lambda output, input_: find_by_input(app, output, input_))
    visitor.upload(f"{CANARY.decode()}.csv", CSV)
    visitor.find_segments()
    assert CANARY.decode() in visitor.customers()
    visitor.fire("predict-content.children", "shell-refs.data", {})
    return visitor


def sweep_now(machine: Machine) -> None:
    """A worker sweeps when it starts, and every minute."""
    swept = machine.log.read_text().count("worker_started")
    machine.start_worker()
    until(
        lambda: machine.log.read_text().count("worker_started") > swept,
        seconds=30,
        what="another worker sweeps",
    )


def nothing_is_told(machine: Machine) -> None:
    log, numbers = machine.log.read_bytes(), machine.get("/metrics").body
    assert b"segmentation_requests_total" in numbers
    assert CANARY not in log
    assert CANARY not in numbers


def test_after_delete_my_data_nothing_is_left(tmp_path: Path, redis: RedisServer | None) -> None:
    machine = machine_with(tmp_path, redis)
    try:
        machine.start_web()
        machine.start_worker()
        visitor = visit(machine, tmp_path)
        assert traces(machine, redis)
        visitor.fire(
            "shell-delete-dialog.is_open", "shell-delete-confirm.n_clicks",
            {"shell-delete-confirm.n_clicks": 1},
        )  # fmt: skip
        sweep_now(machine)
        until(lambda: not traces(machine, redis), seconds=20, what="nothing is left")
        nothing_is_told(machine)
    finally:
        machine.stop()


def test_after_its_time_nothing_is_left(tmp_path: Path, redis: RedisServer | None) -> None:
    machine = machine_with(tmp_path, redis, idle_ttl_hours=SHORT_HOURS)
    try:
        machine.start_web()
        machine.start_worker()
        visit(machine, tmp_path)
        sessions = machine.store.sessions
        until(
            lambda: machine.ledger.ended_sessions(machine.settings.idle_seconds, 10**6),
            seconds=30,
            what="the session is over",
        )
        sweep_now(machine)
        until(lambda: not sessions(), seconds=20, what="the session is swept")
        until(lambda: not traces(machine, redis), seconds=20, what="nothing is left")
        nothing_is_told(machine)
    finally:
        machine.stop()
