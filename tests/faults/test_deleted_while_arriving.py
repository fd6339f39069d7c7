"""An upload that ends after “Delete my data” is refused and leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dashapp.ledger.ledger import open_ledger
from tests.faults.conftest import Machine
from tests.faults.deleting import connection_to, delete_my_data
from tests.faults.test_nothing_left import CANARY, CSV, machine_with, sweep_now, traces
from tests.redis_server import RedisServer
from tests.waiting import until

HEADERS = {
    "Sec-Fetch-Site": "same-origin",
    "X-Portal-Upload": "1",
    "X-File-Name": "customers.csv",
    "Content-Type": "application/octet-stream",
}
# More than one piece of the store is written before the deletion.
LARGE = CSV + b"9,filler,1,1\n" * 500_000


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer | None]:
    if request.param == "files":
        yield None
        return
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def test_an_upload_that_ends_after_the_deletion_leaves_nothing(
    tmp_path: Path, redis: RedisServer | None
) -> None:
    machine = machine_with(tmp_path, redis)
    try:
        machine.start_web()
        machine.start_worker()
        cookie = machine.visitor()
        with closing(connection_to(machine)) as slow:
            slow.putrequest("POST", "/upload")
            for name, value in {**HEADERS, "Cookie": cookie, "Content-Length": len(LARGE)}.items():
                slow.putheader(name, str(value))
            slow.endheaders()
            slow.send(LARGE[:-1000])
            until(machine.store.sessions, seconds=30, what="its first piece is stored")
            delete_my_data(machine, cookie, tmp_path)
            slow.send(LARGE[-1000:])
            answer = slow.getresponse()
            assert answer.status == 410, answer.read()
            assert b"was deleted before this arrived" in answer.read()
        # By now the browser has another session, which this late answer must not take away.
        assert answer.headers["Set-Cookie"] is None
        sweep_now(machine)
        until(lambda: not traces(machine, redis), seconds=20, what="nothing is left")
        assert CANARY not in machine.log.read_bytes()
        assert machine.store.sessions() == []
        assert open_ledger(machine.settings).load() == (0, 0)
    finally:
        machine.stop()


def test_a_browser_that_never_heard_of_the_deletion_gets_a_session_that_works(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start_web()
    old = machine.visitor()
    assert machine.upload(CSV, old).status == 202
    delete_my_data(machine, old, tmp_path)
    refused = machine.upload(CSV, old)
    assert refused.status == 410
    fresh = str(refused.headers["Set-Cookie"]).partition(";")[0]
    assert fresh != old
    assert machine.upload(CSV, fresh).status == 202
