"""What a job may do once it is no longer the one that runs."""

from __future__ import annotations

import pytest

from dashapp.jobs.queue import JobQueue
from dashapp.jobs.workspace import Workspace
from dashapp.ledger.ledger import open_ledger
from dashapp.ledger.records import Job
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Kind
from dashapp.storage.store import SessionExpiredError, open_store

SESSION = "5" * 32


def claimed(settings: Settings) -> Job:
    found = open_ledger(settings).claim_job("worker", 60)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["taken over", "cancelled", "deleted"])
def test_a_process_that_was_stopped_and_goes_on_keeps_nothing_more(
    settings: Settings, end: str
) -> None:
    store, ledger = open_store(settings), open_ledger(settings)
    JobQueue(settings, ledger).submit(SESSION, "train", {})
    job = claimed(settings)
    workspace = Workspace(job, settings, store, ledger, lambda _stage, _fraction: None)
    workspace.write(Kind.MODEL, b"first")
    store.delete_leftovers(SESSION)
    if end == "taken over":
        ledger.release_job(job, counts=True)
        assert claimed(settings).attempts == job.attempts + 1
    elif end == "cancelled":
        ledger.cancel_job(SESSION, job.id)
    else:
        ledger.delete_session(SESSION)
    with pytest.raises(SessionExpiredError):
        workspace.write(Kind.MODEL, b"second")
    workspace.add_item(Kind.MODEL, "1" * 32, "second", {})
    assert store.sessions() == []
    assert ledger.items(SESSION, Kind.MODEL) == ()
