"""What the ledger promises about jobs on every back end."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from dashapp.ledger.ledger import (
    Ahead,
    Ledger,
    Limits,
    SessionFullError,
    WaitingRoomFullError,
    open_ledger,
)
from dashapp.ledger.records import PLACES_BACK, Job
from dashapp.settings.portal_settings import Settings

ANN, BEN = "a" * 32, "b" * 32


FREE = Limits()


def job(session: str = ANN, **request: Any) -> Job:
    return Job(
        id=secrets.token_hex(16), session=session, kind="train", request=request,
        created=time.time(),
    )  # fmt: skip


def started(ledger: Ledger, lease: float = 60.0) -> Job:
    taken = ledger.claim_job("worker", lease)
    assert taken is not None
    return taken


def test_the_same_request_is_the_same_job(ledger: Ledger) -> None:
    first = ledger.add_job(job(k=4), FREE)
    assert ledger.add_job(job(k=4), FREE).id == first.id
    assert ledger.add_job(job(k=5), FREE).id != first.id
    assert ledger.add_job(job(BEN, k=4), FREE).id != first.id
    running = started(ledger)
    assert ledger.add_job(job(k=4), FREE).id == first.id
    ledger.finish_job(running, "done", {"model": "m"}, None)
    again = ledger.add_job(job(k=4), FREE)
    assert (again.id, again.state, again.result) == (first.id, "done", {"model": "m"})


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_request_that_did_not_work_can_be_made_again(ledger: Ledger, end: str) -> None:
    first = ledger.add_job(job(), FREE)
    if end == "failed":
        ledger.finish_job(started(ledger), "failed", None, "It did not work.")
        assert ledger.job(first.id).error == "It did not work."  # type: ignore[union-attr]
    else:
        assert ledger.cancel_job(ANN, first.id)
    assert ledger.add_job(job(), FREE).id != first.id


def test_a_double_click_from_two_processes_is_one_job(backed: Settings) -> None:
    together = threading.Barrier(8)
    ids: list[str] = []

    def click() -> None:
        ledger = open_ledger(backed)
        together.wait()
        ids.append(ledger.add_job(job(k=4), FREE).id)
        ledger.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_a_session_may_have_so_many_active_jobs(ledger: Ledger) -> None:
    limits = Limits(per_session=2, waiting=100)
    ledger.add_job(job(n=1), limits)
    ledger.add_job(job(n=2), limits)
    with pytest.raises(SessionFullError):
        ledger.add_job(job(n=3), limits)
    assert ledger.add_job(job(n=1), limits).state == "queued"
    ledger.add_job(job(BEN, n=3), limits)


def test_so_many_jobs_may_wait_altogether(ledger: Ledger) -> None:
    limits = Limits(per_session=9, waiting=2)
    ledger.add_job(job(ANN), limits)
    ledger.add_job(job(BEN), limits)
    with pytest.raises(WaitingRoomFullError):
        ledger.add_job(job("c" * 32), limits)


def test_trainings_and_files_wait_in_rows_of_their_own(ledger: Ledger) -> None:
    limits = Limits(per_session=9, waiting=2)
    for n in range(2):
        ledger.add_job(job(ANN, n=n), limits)
    for n in range(2):
        ledger.add_job(replace(job(BEN, n=n), kind="import"), limits)
    for kind in ("score", "preview"):
        with pytest.raises(WaitingRoomFullError):
            ledger.add_job(replace(job("c" * 32), kind=kind), limits)


def test_a_job_knows_who_waits_before_it(ledger: Ledger) -> None:
    assert ledger.ahead_of(job()) == Ahead(0, None)
    first, second, third = (ledger.add_job(job(n=n), FREE) for n in range(3))
    ledger.add_job(replace(job(BEN), kind="import"), FREE)
    assert ledger.ahead_of(first).count == 0
    assert ledger.ahead_of(third).count == 2
    assert ledger.ahead_of(third).since == pytest.approx(first.created)
    assert ledger.ahead_of(job(n=4)).count == 3
    started(ledger)
    assert ledger.ahead_of(third).since == pytest.approx(second.created)


def test_each_job_is_claimed_once(backed: Settings) -> None:
    ledger = open_ledger(backed)
    wanted = {ledger.add_job(job(n=n), FREE).id for n in range(20)}
    taken: list[str] = []

    def work(name: str) -> None:
        own = open_ledger(backed)
        while (got := own.claim_job(name, 60)) is not None:
            taken.append(got.id)
        own.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(taken) == sorted(wanted)


def test_jobs_run_in_the_order_of_arrival(ledger: Ledger) -> None:
    ids = [ledger.add_job(job(n=n), FREE).id for n in range(3)]
    assert [started(ledger).id for _ in range(3)] == ids
    assert ledger.claim_job("worker", 60) is None


def test_a_session_that_asks_for_much_is_served_all_the_same(ledger: Ledger) -> None:
    often = [ledger.add_job(job(ANN, n=n), FREE).id for n in range(2)]
    others = [ledger.add_job(job(f"{n:032x}"), FREE).id for n in range(2 * PLACES_BACK)]
    order = [started(ledger).id for _ in range(PLACES_BACK + 3)]
    assert [order.index(one) for one in often] == [0, PLACES_BACK]
    assert [one for one in order if one in others] == others[: PLACES_BACK + 1]


def test_a_session_with_many_jobs_does_not_hold_up_another(ledger: Ledger) -> None:
    for n in range(3):
        ledger.add_job(job(ANN, n=n), FREE)
    ledger.add_job(job(BEN), FREE)
    assert [started(ledger).session for _ in range(4)] == [ANN, BEN, ANN, ANN]


def test_progress_is_seen_by_everybody_who_may(ledger: Ledger, backed: Settings) -> None:
    ledger.add_job(job(), FREE)
    running = started(ledger)
    assert ledger.renew_job(running, 60, 0.5, "Comparing 2 to 10 segments")
    seen = open_ledger(backed).jobs(ANN)[0]
    assert (seen.progress, seen.message) == (0.5, "Comparing 2 to 10 segments")
    assert ledger.jobs(BEN) == ()


def test_a_cancelled_job_takes_no_more_news(ledger: Ledger) -> None:
    first = ledger.add_job(job(), FREE)
    running = started(ledger)
    assert not ledger.cancel_job(BEN, first.id)
    assert ledger.cancel_job(ANN, first.id)
    assert not ledger.cancel_job(ANN, first.id)
    assert not ledger.renew_job(running, 60, 0.9, "late")
    assert not ledger.finish_job(running, "done", {}, None)
    assert not ledger.add_item(ANN, "model", "1" * 32, "late", {}, job=running)
    assert ledger.items(ANN, "model") == ()
    assert ledger.job(first.id).state == "cancelled"  # type: ignore[union-attr]


def test_a_job_whose_worker_is_gone_can_be_taken_over(ledger: Ledger) -> None:
    ledger.add_job(job(), FREE)
    lost = started(ledger, lease=-1)
    assert [found.id for found in ledger.lost_jobs()] == [lost.id]
    assert ledger.release_job(lost, counts=True)
    assert ledger.lost_jobs() == ()
    second = started(ledger)
    assert second.attempts == 2
    # The first worker was only slow: nothing it says counts any more.
    assert not ledger.finish_job(lost, "done", {"by": "first"}, None)
    assert ledger.finish_job(second, "done", {"by": "second"}, None)
    assert ledger.job(lost.id).result == {"by": "second"}  # type: ignore[union-attr]


def test_a_job_put_back_at_shutdown_keeps_its_attempts(ledger: Ledger) -> None:
    ledger.add_job(job(), FREE)
    ledger.release_job(started(ledger), counts=False)
    assert started(ledger).attempts == 1


def test_deleting_a_session_deletes_its_records_only(ledger: Ledger) -> None:
    ledger.add_item(ANN, "dataset", "1" * 32, "mine", {})
    mine = ledger.add_job(job(ANN), FREE)
    running = started(ledger)
    ledger.add_job(job(BEN), FREE)
    ledger.delete_session(ANN)
    assert not ledger.knows(ANN)
    assert ledger.items(ANN, "dataset") == ()
    assert ledger.job(mine.id) is None
    assert not ledger.renew_job(running, 60, 0.5, "late")
    assert not ledger.add_item(ANN, "model", "1" * 32, "late", {}, job=running)
    assert not ledger.knows(ANN)
    assert ledger.lost_jobs() == ()
    assert started(ledger).session == BEN


def test_how_much_waits_and_runs_is_known(ledger: Ledger) -> None:
    for n in range(3):
        ledger.add_job(job(n=n), FREE)
    ledger.claim_job("w", 60)
    assert ledger.load() == (2, 1)
    ledger.claim_job("a worker that is lost", -1)
    assert ledger.load() == (2, 1)


def test_a_worker_may_leave_kinds_to_others(ledger: Ledger) -> None:
    slow = ledger.add_job(replace(job(n=1), kind="train"), FREE)
    quick = ledger.add_job(replace(job(n=2), kind="import"), FREE)
    taken = ledger.claim_job("w", 60, without=("train", "score"))
    assert taken is not None
    assert taken.id == quick.id
    assert ledger.claim_job("w", 60, without=("train", "score")) is None
    rest = ledger.claim_job("w", 60)
    assert rest is not None
    assert rest.id == slow.id
