"""A worker in a thread of the test, with job processes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from structlog.testing import capture_logs

from dashapp.jobs.queue import Job, JobQueue
from dashapp.jobs.worker import Worker
from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import SessionStore, open_store
from tests.dashapp.jobs.work import HANDLERS
from tests.waiting import until

SESSION, OTHER = "5" * 32, "6" * 32


@dataclass
class Bench:
    """Queue, store and ledger with a worker that serves them."""

    settings: Settings
    store: SessionStore
    ledger: Ledger
    queue: JobQueue

    def ended(self, job: Job, seconds: float = 20.0) -> Job:
        """The job once it has ended."""
        until(lambda: not self.now(job).active, seconds=seconds, what=f"{job.kind} ends")
        return self.now(job)

    def running(self, job: Job) -> Job:
        """The job once its handler has told something."""
        until(lambda: self.now(job).message, seconds=20, what=f"{job.kind} runs")
        return self.now(job)

    def now(self, job: Job) -> Job:
        """The job as it is."""
        found = self.queue.get(job.session, job.id)
        assert found is not None
        return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "portal", job_memory_mb=256, parse_seconds=30, workers=2)


@pytest.fixture
def bench(settings: Settings) -> Bench:
    ledger = open_ledger(settings)
    return Bench(settings, open_store(settings), ledger, JobQueue(settings, ledger))


@pytest.fixture
def working(bench: Bench) -> Iterator[Bench]:
    """The bench with a worker."""
    with at_work(bench):
        yield bench


@contextmanager
def at_work(bench: Bench) -> Iterator[None]:
    """Have a worker serve the bench."""
    worker = Worker(bench.settings, HANDLERS, bench.store, bench.ledger)
    thread = Thread(target=worker.run)
    with capture_logs():
        thread.start()
        try:
            yield
        finally:
            worker.stop()
            for job in (*bench.queue.jobs(SESSION), *bench.queue.jobs(OTHER)):
                bench.queue.cancel(job.session, job.id)
            thread.join(timeout=30)
    assert not thread.is_alive()
