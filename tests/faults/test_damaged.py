"""Damaged databases: what nobody misses begins anew, all else is told in one line or sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import PORTAL, ROOT, WEB, WORKER, Answer, Machine
from tests.redis_server import RedisServer
from tests.waiting import until

CSV = b"Customer ID,Age\n" + b"".join(b"%d,30\n" % number for number in range(50))


def damage(path: Path, start: int = 0) -> None:
    """Overwrite a database file from a byte on."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(start)
        file.write(b"\xa5" * (size - start))


def close_databases(machine: Machine) -> Path:
    """Let no process have a database open; the folder they are in."""
    machine.ledger.add_item("a" * 32, "model", "1" * 32, "kept", {})
    machine.ledger.compact()
    machine.ledger.close()
    machine.store._entries._usage.close()
    return machine.settings.data_dir


@pytest.mark.parametrize("start", [0, 4096], ids=["header", "pages"])
@pytest.mark.parametrize("command", [WEB, WORKER, PORTAL], ids=["gunicorn", "worker", "portal"])
def test_a_damaged_ledger_stops_the_start_with_one_line(
    machine: Machine, command: list[str], start: int
) -> None:
    path = close_databases(machine) / "ledger.sqlite3"
    damage(path, start)
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=machine.environment, capture_output=True,
        timeout=60, check=False, text=True,
    )  # fmt: skip
    assert ended.returncode != 0
    refusals = [line for line in ended.stderr.splitlines() if "does not start" in line]
    assert len(refusals) == 1
    assert str(path) in refusals[0]
    assert "restore it from a backup" in refusals[0]
    assert "Traceback" not in ended.stderr + ended.stdout


def test_damaged_counts_and_usage_stop_nobody(machine: Machine) -> None:
    folder = close_databases(machine)
    for name in ("counts.sqlite3", "usage.sqlite3"):
        damage(folder / name)
    machine.start_web()
    cookie = machine.visitor()
    assert machine.upload(CSV, cookie).status == 202
    for name in ("counts.sqlite3", "usage.sqlite3"):
        assert (folder / f"{name}.damaged").exists()
    log = machine.log.read_text()
    assert "Traceback" not in log
    assert log.count("database_set_aside") == 2


def test_a_ledger_damaged_at_run_time_is_told_and_the_portal_is_not_ready(
    machine: Machine,
) -> None:
    machine.start_web()
    machine.start_worker()
    cookie = machine.visitor()
    assert machine.upload(CSV, cookie).status == 202
    assert machine.get("/readyz").status == 200
    machine.ledger.compact()
    damage(machine.settings.data_dir / "ledger.sqlite3", 4096)
    refused: list[Answer] = []

    def is_refused() -> bool:
        refused.append(machine.upload(CSV + b"%d,31\n" % len(refused), cookie))
        return refused[-1].status == 503

    until(is_refused, seconds=20, what="an upload meets the damage")
    assert {answer.status for answer in refused} <= {202, 503}
    assert "Its operator has to restore it" in refused[-1].json["error"]
    until(lambda: machine.get("/readyz").status == 503, seconds=10, what="it is not ready")
    for path in ("/", "/segments", "/healthz", "/metrics"):
        assert machine.get(path, cookie).status < 500, path
    log = machine.log.read_text()
    assert "Traceback" not in log
    assert "request_failed" not in log


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.mark.redis
def test_garbage_in_redis_is_told_and_never_a_defect(tmp_path: Path, redis: RedisServer) -> None:
    machine = Machine.new(tmp_path, redis_url=redis.url, secret_key="one secret for all " * 2)
    try:
        machine.start_web()
        cookie = machine.visitor()
        assert machine.upload(CSV, cookie).status == 202
        for key in redis.client.keys("*"):
            for garbage in (b"garbage", ["a", "list"]):
                redis.client.delete(key)
                if isinstance(garbage, bytes):
                    redis.client.set(key, garbage)
                else:
                    redis.client.rpush(key, *garbage)
                assert machine.upload(CSV + b"99,31\n", cookie).status in (202, 410, 429, 503)
                assert machine.get("/", cookie).status in (200, 503)
                assert machine.get("/readyz").status == 503
        assert "request_failed" not in machine.log.read_text()
    finally:
        machine.stop()
