"""Ten visitors at once on two web workers, each with a file of their own: no mix-up, no error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.faults.conftest import Machine
from tests.waiting import until

VISITORS = 10


def customers(visitor: int) -> bytes:
    """A file whose rejected row and number of rows belong to one visitor only."""
    rows = "".join(f"{visitor}-{n},{20 + n},{100 + 7 * n}\n" for n in range(20 + visitor))
    return f"Customer ID,Age,Canary{visitor}\n{rows}".encode()


def journey(machine: Machine, visitor: int) -> tuple[str, str, int]:
    """Upload and wait until it is read; cookie, data set and number of rows."""
    cookie = machine.visitor()
    answer = machine.upload(customers(visitor), cookie, name=f"visitor-{visitor}.csv")
    assert answer.status == 202, answer.body
    job_id = answer.json["job"]
    until(
        lambda: not machine.ledger.job(job_id).active,  # type: ignore[union-attr]
        seconds=90,
        what="the file is read",
    )
    job = machine.ledger.job(job_id)
    assert job is not None
    assert job.result is not None, job.error
    machine.ledger.close()
    (item,) = [
        found
        for found in machine.ledger.items(job.session, "dataset")
        if found.id == job.result["dataset"]
    ]
    assert item.name == f"visitor-{visitor}.csv"
    return cookie, item.id, item.info["rows"]


def test_ten_visitors_each_see_their_own_data_only(machine: Machine) -> None:
    machine.start_web()
    machine.start_worker()
    with ThreadPoolExecutor(VISITORS) as pool:
        found = list(pool.map(lambda visitor: journey(machine, visitor), range(VISITORS)))
    assert [rows for _, _, rows in found] == [20 + visitor for visitor in range(VISITORS)]
    for asking, (cookie, _, _) in enumerate(found):
        for owner, (_, dataset, _) in enumerate(found):
            answer = machine.get(f"/download/rejects.csv?data={dataset}", cookie)
            assert answer.status == (200 if asking == owner else 410)
    assert b"Traceback" not in machine.log.read_bytes()
    assert b"visitor-" not in machine.log.read_bytes()
