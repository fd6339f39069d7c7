"""A real disk that is full under real processes, and one that has become read-only."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashapp.jobs.sweeper import Sweeper
from dashapp.storage import file_backend
from dashapp.storage.keys import Key, Kind
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import Portal
from tests.faults.conftest import Machine, children
from tests.faults.deleting import delete_my_data
from tests.faults.small_disk import LimitedFiles, MountedDisk, small_disk
from tests.waiting import until

SMALL = b"Customer ID,Age\n" + b"".join(b"%d,30\n" % number for number in range(50))
LARGE = b"Customer ID,Age\n" + b"".join(b"%d,30\n" % number for number in range(200_000))
RECOVER_SECONDS = 5.0

Disk = MountedDisk | LimitedFiles


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Disk, Machine]]:
    """A machine whose data folder is a small disk."""
    machines: list[Machine] = []

    def pids() -> list[int]:
        started = [process.pid for process in machines[0].processes]
        return started + [child for pid in started for child in children(pid)]

    made = small_disk(tmp_path / "data", pids)
    machines.append(Machine.new(tmp_path))
    yield made, machines[0]
    machines[0].stop()
    machines[0].ledger.close()
    made.close()


def imported(machine: Machine, cookie: str) -> str:
    """Upload a small file and wait until it is read; the id of its data set."""
    answer = machine.upload(SMALL, cookie)
    assert answer.status == 202, answer.body
    job_id = answer.json["job"]
    until(lambda: not machine.ledger.job(job_id).active, seconds=60, what="the file is read")  # type: ignore[union-attr]
    job = machine.ledger.job(job_id)
    assert job is not None
    assert job.result is not None, job.error
    return str(job.result["dataset"])


def test_a_full_disk_is_told_reads_go_on_and_it_recovers(disk: tuple[Disk, Machine]) -> None:
    small, machine = disk
    machine.start_web()
    machine.start_worker()
    cookie = machine.visitor()
    path = f"/download/rejects.csv?data={imported(machine, cookie)}"
    small.fill()
    refused = machine.upload(LARGE, cookie, "large.csv")
    assert refused.status == 507
    assert "no room" in refused.json["error"]
    for _ in range(4):
        assert machine.get(path, cookie).status == 200
        assert machine.get("/", cookie).status == 200
    assert machine.get("/readyz").status == (503 if isinstance(small, MountedDisk) else 200)
    small.free()
    until(
        lambda: machine.upload(SMALL + b"99,31\n", cookie).status == 202,
        seconds=RECOVER_SECONDS,
        what="uploads work again",
    )
    assert b"Traceback" not in machine.log.read_bytes()
    left = list(machine.settings.data_dir.rglob("*.draft"))
    assert left == []


def test_on_a_full_disk_data_can_be_deleted_and_that_makes_room(
    disk: tuple[Disk, Machine], tmp_path: Path
) -> None:
    small, machine = disk
    machine.start_web()
    machine.start_worker()
    leaving, staying = machine.visitor(), machine.visitor()
    imported(machine, staying)
    assert machine.upload(LARGE, leaving, "large.csv").status == 202
    small.fill()
    before = len(machine.store.sessions())
    delete_my_data(machine, leaving, tmp_path)
    assert len(machine.store.sessions()) == before - 1
    assert machine.get("/metrics").status == 200
    until(
        lambda: machine.upload(SMALL, staying).status == 202,
        seconds=RECOVER_SECONDS,
        what="what was deleted makes room",
    )
    assert b"Traceback" not in machine.log.read_bytes()
    assert b'"event": "delete"' in machine.log.read_bytes() + audit_of(machine)


def audit_of(machine: Machine) -> bytes:
    return (machine.settings.data_dir / "audit.jsonl").read_bytes().replace(b'":"', b'": "')


def test_on_a_full_disk_sessions_end_at_their_time(disk: tuple[Disk, Machine]) -> None:
    small, machine = disk
    sessions = [f"{number:032x}" for number in range(40)]
    for session in sessions:
        machine.store.put(Key(session, Kind.DATASET, "1" * 32), SMALL)
        machine.ledger.add_item(session, "dataset", "1" * 32, "x" * 2000, {})
    small.fill()
    short = machine.settings.model_copy(update={"idle_ttl_hours": 1e-9})
    until(
        lambda: set(machine.ledger.ended_sessions(1, 10**6)) == set(sessions),
        seconds=10,
        what="their time is over",
    )
    Sweeper(short, machine.store, machine.ledger).sweep()
    assert machine.store.sessions() == []
    assert not any(map(machine.ledger.knows, sessions))


def test_on_a_full_disk_the_portal_can_be_started_anew(disk: tuple[Disk, Machine]) -> None:
    small, machine = disk
    machine.start_web()
    cookie = machine.visitor()
    assert machine.upload(SMALL, cookie).status == 202
    machine.stop()
    machine.ledger.close()
    machine.store._entries._usage.close()  # type: ignore[attr-defined]
    small.fill()
    machine.start_web()
    assert machine.get("/", cookie).status == 200
    assert machine.upload(LARGE, cookie, "large.csv").status == 507


def test_a_read_only_disk_is_told_and_reads_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal.new(tmp_path / "portal")
    refs = portal.with_sample()
    open_file = os.open

    def read_only(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return open_file(path, flags, *rest, **named)

    monkeypatch.setattr(file_backend.os, "open", read_only)
    refused = portal.upload("customers.csv", SMALL)
    assert refused.status_code == 507
    assert "no room" in refused.get_json()["error"]
    page = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    assert fire(portal.client, page, {"shell-refs.data": refs}).status_code == 200
    monkeypatch.undo()
    assert portal.upload("customers.csv", SMALL).status_code == 202


def test_a_ledger_that_cannot_be_written_is_told_and_reads_go_on(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    refs = portal.with_sample()
    ledger: Any = portal.context.ledger
    start = find_by_input(portal.app, "shell-job.data", "segments-find.n_clicks")
    values = {"segments-find.n_clicks": 1, "shell-refs.data": refs}
    with ledger.connection() as connection:
        connection.execute("PRAGMA query_only = ON")
    refused = fire(portal.client, start, values)
    assert refused.status_code == 507
    assert "no room" in refused.get_json()["error"]
    page = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    assert fire(portal.client, page, {"shell-refs.data": refs}).status_code == 200
    with ledger.connection() as connection:
        connection.execute("PRAGMA query_only = OFF")
    assert fire(portal.client, start, values).status_code == 200
