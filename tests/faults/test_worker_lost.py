"""``kill -9`` of the job worker or of a training process: nothing is lost, nothing is stuck."""

from __future__ import annotations

import os
import signal

from dashapp.ledger.records import Job
from dashapp.storage.keys import Kind
from tests.faults.conftest import Machine, descendants, kill, runs
from tests.waiting import until

SESSION = "5" * 32
# TRUST: a lost worker is noticed, and the job done or failed, within this time.
SECONDS = 15.0


def now(machine: Machine, job: Job) -> Job:
    found = machine.queue.get(SESSION, job.id)
    assert found is not None
    return found


def trained(machine: Machine, job: Job, seconds: float = 60.0) -> Job:
    until(lambda: not now(machine, job).active, seconds=seconds, what=f"{job.kind} ends")
    return now(machine, job)


def train(machine: Machine) -> Job:
    """Submit a training on sample customers, with the sample made first."""
    sample = trained(machine, machine.queue.submit(SESSION, "sample", {"rows": 2000, "seed": 1}))
    assert sample.result is not None, sample.error
    request = {"dataset": sample.result["dataset"], "options": {}, "previous": None}
    job = machine.queue.submit(SESSION, "train", request)
    until(lambda: now(machine, job).message, seconds=30, what="the training tells a stage")
    return job


def job_process(worker: int) -> int:
    """The newest process below the worker's fork server."""
    return max(descendants(worker))


def test_a_killed_training_runs_once_more_and_succeeds(machine: Machine) -> None:
    worker = machine.start_worker()
    job = train(machine)
    kill(job_process(worker.pid))
    done = trained(machine, job)
    assert (done.state, done.attempts) == ("done", 2), done.error
    assert len(machine.ledger.items(SESSION, Kind.MODEL)) == 1


def test_a_killed_worker_takes_its_processes_along_and_the_next_one_takes_over(
    machine: Machine,
) -> None:
    first = machine.start_worker()
    job = train(machine)
    family = descendants(first.pid)
    kill(first.pid)
    first.wait()
    until(lambda: not any(map(runs, family)), seconds=5, what="its processes are gone")
    machine.start_worker()
    done = trained(machine, job)
    assert (done.state, done.attempts) == ("done", 2), done.error


def test_a_job_that_kills_its_worker_twice_fails_with_its_sentence(machine: Machine) -> None:
    worker = machine.start_worker()
    job = train(machine)
    for attempt in (1, 2):
        until(
            lambda attempt=attempt: (
                now(machine, job).attempts == attempt and now(machine, job).message
            ),
            seconds=30,
            what=f"attempt {attempt} runs",
        )
        kill(job_process(worker.pid))
    failed = trained(machine, job, seconds=SECONDS)
    assert failed.state == "failed"
    assert "worker was lost" in str(failed.error)


def test_a_worker_that_is_told_to_stop_puts_its_job_back_and_exits_with_0(
    machine: Machine,
) -> None:
    worker = machine.start_worker()
    running = train(machine)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=SECONDS) == 0
    after = now(machine, running)
    assert (after.state, after.attempts) in {("queued", 0), ("done", 1)}
    assert machine.ledger.workers() == 0


def test_a_stop_that_reaches_all_processes_at_once_costs_no_attempt(machine: Machine) -> None:
    worker = machine.start_worker()
    running = train(machine)
    # As platforms do that know only processes, and not who looks after whom.
    for pid in (worker.pid, *descendants(worker.pid)):
        os.kill(pid, signal.SIGTERM)
    assert worker.wait(timeout=SECONDS) == 0
    after = now(machine, running)
    assert (after.state, after.attempts) == ("queued", 0)
    assert b"Traceback" not in machine.log.read_bytes()
