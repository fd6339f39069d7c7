"""Data that are deleted while a job runs on them do not come back."""

from __future__ import annotations

import threading
from pathlib import Path

from dashapp.jobs.queue import JobQueue
from dashapp.jobs.worker import Worker
from dashapp.ledger.ledger import open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Kind
from dashapp.storage.store import open_store
from tests.waiting import until

SESSION = "5" * 32
HANDLERS = {"write": "tests.faults.stubborn:write"}


def test_what_a_job_writes_after_the_deletion_is_removed_with_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    store, ledger = open_store(settings), open_ledger(settings)
    worker = Worker(settings, HANDLERS, store, ledger)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        JobQueue(settings, ledger).submit(SESSION, "write", {})
        until(store.sessions, seconds=30, what="the job writes")
        ledger.delete_session(SESSION)
        store.delete_session(SESSION)
        until(lambda: not store.sessions(), seconds=10, what="the last write is removed")
    finally:
        worker.stop()
        thread.join(timeout=30)
    assert store.sessions() == []
    assert not ledger.knows(SESSION)
    assert ledger.items(SESSION, Kind.MODEL) == ()
