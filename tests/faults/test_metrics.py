"""The numbers of all processes together, which a killed one does not take along."""

from __future__ import annotations

from tests.faults.conftest import Machine, children, kill
from tests.waiting import until


def numbers(machine: Machine) -> dict[str, float]:
    lines = machine.get("/metrics").body.decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_sums_of_web_and_worker_survive_a_killed_web_worker(machine: Machine) -> None:
    web = machine.start_web()
    machine.start_worker()
    cookie = machine.visitor()
    answer = machine.upload(b"Customer ID,Age\n" + b"1,30\n" * 20, cookie)
    until(
        lambda: not machine.ledger.job(answer.json["job"]).active,  # type: ignore[union-attr]
        seconds=60,
        what="the file is read",
    )
    uploads = 'segmentation_requests_total{kind="upload",status="202"}'
    jobs = 'segmentation_jobs_total{kind="import",outcome="done"}'
    until(lambda: numbers(machine).get(jobs) == 1, seconds=10, what="the job is counted")
    assert numbers(machine)[uploads] == 1
    assert numbers(machine)["segmentation_workers"] == 1
    before = children(web.pid)
    for pid in before:
        kill(pid)
    until(lambda: len(set(children(web.pid)) - set(before)) == 2, seconds=30, what="both are back")
    until(lambda: machine.get("/healthz").status == 200, seconds=30, what="it answers")
    found = numbers(machine)
    assert found[uploads] == 1
    assert found[jobs] == 1
    (machine.settings.data_dir / "metrics" / "counter_web-7.db").write_bytes(b"\xff" * 4096)
    (machine.settings.data_dir / "metrics" / "histogram_web-7.db").write_bytes(b"")
    assert numbers(machine)[uploads] == 1, "damaged files count nothing"
    for kind in ("counter", "histogram"):
        (machine.settings.data_dir / "metrics" / f"{kind}_web-7.db").unlink()
    files = list((machine.settings.data_dir / "metrics").glob("*.db"))
    assert {path.stem.partition("_")[2] for path in files} <= {
        "web-0",
        "web-1",
        "worker-0",
        "job-0",
    }
