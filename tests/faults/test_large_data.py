"""Large data by the real job worker: cancelled, on a cluster that is lost, and to the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashapp.ledger.records import Job
from dashapp.services.large.data_locations import look_around
from dashapp.services.large.large_sets import SENTENCES
from dashapp.storage.keys import Key, Kind
from segmentation import SegmentModel, sample_customers
from tests.dask_cluster import running_cluster
from tests.faults.conftest import Machine, children, descendants, runs
from tests.waiting import until

SESSION = "6" * 32
CUSTOMERS, MANY = 4_000, 1_000_000
OPTIONS = {"n_clusters": 3, "k_range": [3, 4]}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    (tmp_path / "crm").mkdir()
    sample_customers(CUSTOMERS, seed=4).to_parquet(tmp_path / "crm" / "all.parquet", index=False)
    return tmp_path / "crm"


@pytest.fixture
def machines(tmp_path: Path, lake: Path) -> Iterator[Any]:
    """Make machines that find their large data in the lake."""
    made: list[Machine] = []

    def make(scheduler: str) -> Machine:
        machine = Machine.new(
            tmp_path, dask_scheduler=scheduler, data_sources=str(lake), data_sample_rows=1_000
        )
        made.append(machine)
        return machine

    yield make
    for machine in made:
        machine.stop()


def now(machine: Machine, job: Job) -> Job:
    found = machine.queue.get(SESSION, job.id)
    assert found is not None
    return found


def ended(machine: Machine, job: Job) -> Job:
    until(lambda: not now(machine, job).active, seconds=90, what=f"{job.kind} ends")
    return now(machine, job)


def read(machine: Machine, attempt: int = 0) -> Job:
    """Ask for the one data set that there is."""
    offer = look_around(machine.settings).offers[0]
    request = {"place": offer.place, "path": offer.path, "name": offer.name, "mark": str(attempt)}
    return machine.queue.submit(SESSION, "survey", request)


def train(machine: Machine, done: Job) -> Job:
    assert done.state == "done", done.error
    assert done.result is not None
    request = {"dataset": done.result["dataset"], "options": OPTIONS, "previous": None}
    return machine.queue.submit(SESSION, "train", request)


def test_processes_of_this_machine_end_with_a_cancelled_job_and_serve_the_next(
    machines: Any,
) -> None:
    machine = machines("local")
    worker = machine.start_worker()
    first = read(machine)

    def job_has_processes() -> bool:
        assert now(machine, first).active
        return any(len(children(pid)) > 1 for pid in descendants(worker.pid)[1:])

    until(job_has_processes, seconds=60, what="the job has started processes")
    family = descendants(worker.pid)
    assert machine.queue.cancel(SESSION, first.id)
    # The fork server and its resource tracker stay; the job and all below it go.
    until(lambda: len(list(filter(runs, family))) <= 2, seconds=15, what="they are gone")
    done = ended(machine, read(machine, attempt=1))
    trained = ended(machine, train(machine, done))
    assert trained.state == "done", trained.error
    assert trained.result is not None
    (item,) = machine.ledger.items(SESSION, Kind.DATASET)
    assert item.info["rows"] == CUSTOMERS
    stored = machine.store.get(Key(SESSION, Kind.MODEL, trained.result["model"]))
    assert SegmentModel.from_bytes(stored).n_rows == CUSTOMERS


def test_a_lost_scheduler_ends_the_job_with_a_sentence(
    machines: Any, lake: Path, tmp_path: Path
) -> None:
    # So many that a look at all of them cannot be over between two looks at the job.
    sample_customers(MANY, seed=4).to_parquet(lake / "all.parquet", index=False)
    (tmp_path / "dask").mkdir()
    with running_cluster(tmp_path / "dask") as cluster:
        machine = machines(cluster.address)
        machine.start_worker()
        job = train(machine, ended(machine, read(machine)))
        until(lambda: "all rows" in now(machine, job).message, seconds=30, what="it reads all rows")
        cluster.scheduler.kill()
        lost = ended(machine, job)
    assert (lost.state, lost.error) == ("failed", SENTENCES["lost"])
    assert lost.result == {"status": 503}
