"""``kill -9`` of gunicorn's workers: no session is lost, and nothing that was acknowledged."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.conftest import Machine, children, kill
from tests.waiting import until


def customers(session: int) -> bytes:
    """A small file that no other session has."""
    rows = "".join(f"{session}-{n},{20 + n % 50},{100 + 7 * n}\n" for n in range(40))
    return f"Customer ID,Age,Total Spend\n{rows}".encode()


def test_sessions_and_acknowledged_uploads_survive_every_kill(machine: Machine) -> None:
    web = machine.start_web()
    machine.start_worker()
    cookies = [machine.visitor() for _ in range(3)]
    accepted: list[tuple[int, str]] = []
    for turn in range(2):
        for visitor, cookie in enumerate(cookies):
            answer = machine.upload(customers(10 * turn + visitor), cookie)
            if answer.status == 202:
                accepted.append((visitor, answer.json["job"]))
            assert answer.status in {0, 202, 429}, answer.body
        # One after the other: while one comes back, its neighbour serves.
        kill(children(web.pid)[0])
        until(lambda: machine.get("/healthz").status == 200, seconds=30, what="it is back")
    assert len(accepted) >= 3
    for _, job_id in accepted:
        until(
            lambda job_id=job_id: not machine.ledger.job(job_id).active,  # type: ignore[union-attr]
            seconds=60,
            what="an acknowledged upload is read",
        )
    for visitor, job_id in accepted:
        job = machine.ledger.job(job_id)
        assert job is not None
        assert job.state == "done", job.error
        assert job.result is not None
        for other, cookie in enumerate(cookies):
            path = f"/download/rejects.csv?data={job.result['dataset']}"
            assert machine.get(path, cookie).status == (200 if other == visitor else 410)


def test_logs_tell_ids_and_counts_but_nothing_of_the_customers(machine: Machine) -> None:
    machine.start_web()
    machine.start_worker()
    cookie = machine.visitor()
    answer = machine.upload(b"Customer ID,Name\n1,Ann-of-Houston\n", cookie, "canary-file.csv")
    until(
        lambda: not machine.ledger.job(answer.json["job"]).active,  # type: ignore[union-attr]
        seconds=60,
        what="the file is read",
    )
    machine.get("/predict?data=canary-of-a-query", cookie)
    log = machine.log.read_text()
    assert answer.json["job"] in log
    for secret in ("Ann-of-Houston", "canary-file", "canary-of-a-query", cookie):
        assert secret not in log


def test_a_file_over_the_limit_is_told_to_a_client_that_sends_it_all(tmp_path: Path) -> None:
    machine = Machine.new(tmp_path, max_upload_mb=1)
    try:
        machine.start_web()
        answer = machine.upload(b"x" * 30_000_000, machine.visitor())
        assert answer.status == 413
        assert "at most 1 MB" in answer.json["error"]
    finally:
        machine.stop()


def maps(pid: int) -> str:
    """The files that a process has loaded."""
    return Path(f"/proc/{pid}/maps").read_text()


def resident_mb(pid: int) -> float:
    """Memory that a process holds, shared pages included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_a_web_worker_is_small_and_shares_what_its_parent_has_loaded(machine: Machine) -> None:
    web = machine.start_web()
    machine.visitor()
    for worker in children(web.pid):
        assert "/sklearn/" not in maps(worker)
        assert "/scipy/" not in maps(worker)
        assert resident_mb(worker) < 170
    # A worker that takes another's place is then there in less than a second.
    assert "/pandas/" in maps(web.pid)
