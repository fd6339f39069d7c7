"""Web and worker on different machines share Redis and no disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Machine
from tests.redis_server import RedisServer
from tests.waiting import until

pytestmark = pytest.mark.redis

CSV = b"Customer ID,Age,Total Spend\n" + b"".join(b"%d,%d,%d\n" % (n, 20 + n, n) for n in range(40))


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """Two machines with data folders of their own, one Redis and one secret."""
    redis = RedisServer(tmp_path)
    made = []
    for name in ("web", "worker"):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        made.append(Machine.new(folder, redis_url=redis.url, secret_key="one secret for all " * 2))
    yield made[0], made[1]
    for machine in made:
        machine.stop()
    redis.stop()


def test_what_one_machine_takes_another_reads(machines: tuple[Machine, Machine]) -> None:
    web, worker = machines
    web.start_web()
    assert web.get("/readyz").status == 503
    worker.start_worker()
    assert web.get("/readyz").status == 200
    cookie = web.visitor()
    answer = web.upload(CSV, cookie)
    assert answer.status == 202
    until(
        lambda: not web.ledger.job(answer.json["job"]).active,  # type: ignore[union-attr]
        seconds=60,
        what="the file is read",
    )
    job = worker.ledger.job(answer.json["job"])
    assert job is not None
    assert job.result is not None, job.error
    path = f"/download/rejects.csv?data={job.result['dataset']}"
    assert web.get(path, cookie).status == 200
    assert web.get(path, web.visitor()).status == 410
    for machine in machines:
        files = (path for path in machine.settings.data_dir.rglob("*") if path.is_file())
        left = [path for path in files if path.parent.name != "metrics"]
        assert left == []
