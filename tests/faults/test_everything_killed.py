"""``kill -9`` of everything: after a restart sessions, data and models are there again."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import find_by_input
from tests.faults.conftest import Machine, descendants, kill, runs
from tests.visitor import Visitor
from tests.waiting import until

CSV = b"Customer ID,Age,Total Spend\n" + b"".join(
    b"%d,%d,%d\n" % (n, 20 + n % 50, n % 3 * 400 + n) for n in range(200)
)


@pytest.fixture
def visitor_of(tmp_path: Path):  # type: ignore[no-untyped-def]  # a function of the test
    app = create_app(Settings(data_dir=tmp_path / "map"))
    return lambda machine: Visitor(
        machine.url("").rstrip("/"), lambda output, input_: find_by_input(app, output, input_)
    )


def kill_all(machine: Machine) -> None:
    family = [
        pid for process in machine.processes for pid in (process.pid, *descendants(process.pid))
    ]
    for pid in family:
        kill(pid)
    for process in machine.processes:
        process.wait()
    until(lambda: not any(map(runs, family)), seconds=10, what="nothing runs")


def test_sessions_data_and_models_are_there_after_the_restart(machine: Machine, visitor_of) -> None:  # type: ignore[no-untyped-def]
    machine.start_web()
    machine.start_worker()
    visitor = visitor_of(machine)
    visitor.upload("customers.csv", CSV)
    visitor.find_segments()
    before = visitor.customers()
    kill_all(machine)
    machine.start_web()
    machine.start_worker()
    assert visitor.customers() == before
    visitor.upload("others.csv", CSV.replace(b"Age", b"Years"))
    assert "entry_damaged" not in machine.log.read_text()


def test_what_was_accepted_before_sigterm_is_answered(machine: Machine) -> None:
    web = machine.start_web()
    cookies = [machine.visitor() for _ in range(8)]
    statuses: list[int] = []

    def send(cookie: str) -> None:
        statuses.append(machine.upload(CSV * 200, cookie).status)

    threads = [threading.Thread(target=send, args=(cookie,)) for cookie in cookies]
    for thread in threads:
        thread.start()
    until(machine.store.sessions, seconds=20, what="the first upload is on its way")
    web.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(timeout=60)
    assert web.wait(timeout=60) == 0
    # 0 is a connection that came after the door was closed.
    assert set(statuses) <= {202, 0, 503}
    assert 202 in statuses
    uploads = len(machine.store.sessions())
    assert statuses.count(202) <= uploads
