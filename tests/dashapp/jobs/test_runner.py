"""Jobs run apart, within limits, once; and whatever happens to them becomes a sentence."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashapp.jobs.worker import Worker
from dashapp.storage.errors import StoreUnavailableError
from dashapp.storage.keys import Key, Kind
from tests.dashapp.jobs.conftest import OTHER, SESSION, Bench, at_work
from tests.dashapp.jobs.work import HANDLERS
from tests.waiting import until


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_job_runs_in_a_process_of_its_own_and_gives_its_result(working: Bench) -> None:
    done = working.ended(working.queue.submit(SESSION, "add", {"a": 2, "b": 3}))
    assert done.state == "done"
    assert done.result is not None
    assert done.result["sum"] == 5
    assert done.result["process"] != os.getpid()
    assert done.progress == 1.0


def test_a_job_keeps_values_in_its_own_session_only(working: Bench) -> None:
    done = working.ended(working.queue.submit(SESSION, "keep", {"text": "mine"}))
    assert done.result is not None
    key = Key(SESSION, Kind.MODEL, done.result["model"])
    assert working.store.get(key) == b"mine"
    assert [item.name for item in working.ledger.items(SESSION, Kind.MODEL)] == ["kept"]
    assert working.ledger.items("6" * 32, Kind.MODEL) == ()


def test_an_error_of_the_engine_is_shown_word_for_word(working: Bench) -> None:
    failed = working.ended(working.queue.submit(SESSION, "refuse", {}))
    assert failed.state == "failed"
    assert failed.error == "The number of segments must be at least 2."


def test_a_defect_gives_a_reference(working: Bench) -> None:
    failed = working.ended(working.queue.submit(SESSION, "break_down", {}))
    assert failed.state == "failed"
    assert re.search(r"Reference [0-9a-f]{8}", str(failed.error))
    assert "canary-of-a-customer" not in str(failed.error)


def test_a_library_that_aborts_fails_the_job_at_once(working: Bench) -> None:
    failed = working.ended(working.queue.submit(SESSION, "abort", {}))
    assert failed.state == "failed"
    assert failed.attempts == 1
    assert "broke off" in str(failed.error)


def test_a_job_that_wants_too_much_memory_fails_with_the_limit(working: Bench) -> None:
    failed = working.ended(working.queue.submit(SESSION, "swallow", {"mb": 600}))
    assert failed.state == "failed"
    assert "256 MB" in str(failed.error)


def test_a_job_may_use_the_memory_that_it_is_promised(working: Bench) -> None:
    done = working.ended(working.queue.submit(SESSION, "swallow", {"mb": 200}))
    assert done.state == "done", done.error


def test_a_cancelled_job_is_killed(working: Bench) -> None:
    job = working.running(working.queue.submit(SESSION, "hang", {}))
    assert working.queue.cancel(SESSION, job.id)
    assert working.now(job).state == "cancelled"
    until(lambda: not alive(int(job.message)), seconds=5, what="the process is gone")


def test_progress_is_seen_while_a_job_runs(working: Bench) -> None:
    job = working.running(working.queue.submit(SESSION, "hang", {}))
    assert job.state == "running"
    assert job.progress == 0.25


def test_a_killed_job_runs_once_more(working: Bench) -> None:
    done = working.ended(working.queue.submit(SESSION, "vanish", {}))
    assert done.state == "done"
    assert done.attempts == 2


@pytest.mark.parametrize(("times", "state"), [(1, "done"), (2, "failed")])
def test_a_job_for_which_the_memory_was_away_runs_once_more(
    working: Bench, times: int, state: str
) -> None:
    ended = working.ended(working.queue.submit(SESSION, "forget", {"times": times}))
    assert (ended.state, ended.attempts) == (state, 2)
    if state == "failed":
        assert "memory does not answer" in str(ended.error)


def test_a_job_that_is_killed_twice_fails_with_its_sentence(working: Bench) -> None:
    job = working.queue.submit(SESSION, "hang", {})
    first = int(working.running(job).message)
    os.kill(first, signal.SIGKILL)
    until(
        lambda: working.now(job).message not in {"", str(first)}, seconds=20, what="it runs again"
    )
    os.kill(int(working.now(job).message), signal.SIGKILL)
    failed = working.ended(job)
    assert failed.state == "failed"
    assert "worker was lost" in str(failed.error)


def test_more_jobs_than_places_all_get_done(working: Bench) -> None:
    jobs = [working.queue.submit(SESSION, "add", {"a": a, "b": 1}) for a in range(4)]
    assert [working.ended(job).result["sum"] for job in jobs] == [1, 2, 3, 4]  # type: ignore[index]


def test_files_are_read_while_all_places_for_trainings_are_taken(working: Bench) -> None:
    trainings = [working.queue.submit(SESSION, "train", {"n": n}) for n in range(3)]
    until(
        lambda: sum(bool(working.now(job).message) for job in trainings) == 2,
        seconds=20,
        what="two train",
    )
    done = working.ended(working.queue.submit(SESSION, "add", {"a": 1, "b": 1}))
    assert done.result is not None
    assert sorted(working.now(job).state for job in trainings) == ["queued", "running", "running"]


def test_many_files_hold_up_no_training(bench: Bench) -> None:
    files = [bench.queue.submit(SESSION, "hang", {"n": n}) for n in range(3)]
    training = bench.queue.submit(OTHER, "train", {})
    with at_work(bench):
        bench.running(training)
        assert "queued" in {bench.now(job).state for job in files}


def test_after_the_ledger_was_away_nobody_is_taken_for_lost_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.queue.submit(SESSION, "train", {})
    # Of another worker, who could not renew it meanwhile.
    others = bench.ledger.claim_job("another", -1)
    assert others is not None
    worker = Worker(bench.settings, HANDLERS, bench.store, bench.ledger)

    def away(*_: object) -> None:
        raise StoreUnavailableError

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(bench.ledger, "beat", away)
        worker.step()
    worker._pause_until = 0
    worker.step()
    assert bench.now(others).state == "running"
    with capture_logs():
        worker._recover()  # later
    assert bench.now(others).state == "queued"


def test_an_unknown_kind_of_job_fails_with_a_sentence(working: Bench) -> None:
    assert working.ended(working.queue.submit(SESSION, "unheard", {})).state == "failed"
