"""The worker process: claim jobs, run each in its own process, and supervise them.

The supervisor is a single thread that only waits, so it never forks while numerical code runs. Job
processes come from a fork server in which everything is imported: they start in a few milliseconds
and share its memory.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from multiprocessing.forkserver import set_forkserver_preload

import structlog

from dashapp.jobs.job_main import AWAY
from dashapp.jobs.job_process import LOST, Slot, await_fork_server
from dashapp.jobs.sweeper import Sweeper
from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.ledger.records import LONG, Job
from dashapp.settings.portal_settings import Settings, limit_threads
from dashapp.storage.errors import StoreError
from dashapp.storage.store import SessionStore, open_store
from dashapp.telemetry import logs, metrics

logger = structlog.get_logger(__name__)

# Seconds between looks for waiting jobs; one look costs a twentieth of a millisecond.
POLL_SECONDS = 0.05
# A worker that has not renewed its lease for this long is lost; another takes over.
LEASE_SECONDS = 5.0
RENEW_SECONDS = 1.0
# Seconds between heartbeats of a worker, and how long each counts.
BEAT_SECONDS = 3.0
LIFE_SECONDS = 15.0
# Seconds between writes of progress, and the longest delay of a cancellation.
TELL_SECONDS = 0.25
# The first attempt, and a second one if a worker was lost.
ATTEMPTS = 2
# Jobs that run when the worker is stopped may finish within this time; then they are requeued.
GRACE_SECONDS = 5.0
# Pause in seconds after the ledger did not respond.
PAUSE_SECONDS = 1.0


def run_worker(
    settings: Settings, handlers: Mapping[str, str], *, parent: int | None = None
) -> None:
    """Run jobs until SIGTERM or SIGINT; running jobs then finish or are requeued.

    Parameters
    ----------
    settings : Settings
        Number of concurrent jobs, and their limits.
    handlers : mapping
        Job kind to ``package.module:function``; the function takes the request and a
        :class:`~dashapp.jobs.workspace.Workspace` and returns a JSON result.
    parent : int, optional
        Id of the process that started this worker; the worker stops when that process ends.
    """
    limit_threads()
    logs.configure(machine=settings.hosted)
    metrics.start(settings, "worker")
    store, ledger = open_store(settings), open_ledger(settings)
    ledger.verify()
    worker = Worker(settings, handlers, store, ledger, parent=parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()


class Worker:
    """Claim and supervise jobs.

    Parameters
    ----------
    settings, handlers, parent
        See :func:`run_worker`.
    store, ledger
        The server's storage.
    """

    def __init__(
        self,
        settings: Settings,
        handlers: Mapping[str, str],
        store: SessionStore,
        ledger: Ledger,
        *,
        parent: int | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._settings = settings
        self._handlers = dict(handlers)
        self._store = store
        self._ledger = ledger
        self._parent = parent
        self._slots: list[Slot] = []
        self._stop_at: float | None = None
        self._next_beat = 0.0
        self._next_recovery = 0.0
        self._next_tell = 0.0
        self._next_renewal = 0.0
        self._pause_until = 0.0

    def stop(self) -> None:
        """Claim no more jobs; give running ones a moment to finish."""
        if self._stop_at is None:
            self._stop_at = time.monotonic() + GRACE_SECONDS

    def run(self) -> None:
        """Work until stopped."""
        modules = sorted({handler.partition(":")[0] for handler in self._handlers.values()})
        set_forkserver_preload(["dashapp.jobs.preload", "dashapp.jobs.job_main", *modules])
        await_fork_server()  # a worker that is ready takes no core from the first visitor
        sweeper = Sweeper(self._settings, self._store, self._ledger)
        sweeper.start()
        logger.info("worker_started", worker=self.name, slots=self._settings.workers)
        while self._stop_at is None or self._slots:
            self.step()
            self._give_up()
        sweeper.stop()
        self._guarded(lambda: self._ledger.beat(self.name, 0))
        logger.info("worker_stopped", worker=self.name)

    def step(self) -> None:
        """Do what is due, then wait for an event or a short time."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stop()
        if time.monotonic() >= self._pause_until:
            self._guarded(self._look_around)
        wakers = [waker for slot in self._slots for waker in slot.wakers]
        if wakers:
            wait(wakers, POLL_SECONDS)
        else:
            time.sleep(POLL_SECONDS)
        for slot in self._slots:
            slot.listen()
            slot.check_time()

    def _look_around(self) -> None:
        """Do everything that needs the ledger."""
        now = time.monotonic()
        if now >= self._next_beat:
            self._ledger.beat(self.name, LIFE_SECONDS)
            self._next_beat = now + BEAT_SECONDS
        if now >= self._next_recovery:
            self._recover()
            self._next_recovery = now + RENEW_SECONDS
        for slot in [slot for slot in self._slots if slot.ended]:
            self._end(slot)
        if now >= self._next_tell:
            self._next_tell = now + TELL_SECONDS
            self._tell_all(renew=now >= self._next_renewal)
        if self._stop_at is None:
            self._fill()
        elif now > self._stop_at:
            self._put_back()

    def _fill(self) -> None:
        while (job := self._next_job()) is not None:
            handler = self._handlers.get(job.kind)
            if handler is None:
                logger.error("unknown_kind", job=job.id)
                self._ledger.finish_job(job, "failed", None, "This portal cannot do that.")
            else:
                self._slots.append(Slot(job, handler, self._settings))
                logger.info("job_started", job=job.id, kind=job.kind, attempt=job.attempts)

    def _next_job(self) -> Job | None:
        """Claim the next job that fits into a free slot.

        One extra slot takes only short jobs, so that an upload never waits for a training. The
        other slots take any job, so that many files do not delay a training either.
        """
        if len(self._slots) > self._settings.workers:
            return None
        trainings = sum(slot.job.long for slot in self._slots)
        job = None
        if trainings == len(self._slots):
            job = self._ledger.claim_job(self.name, LEASE_SECONDS, without=LONG)
        if job is None and trainings < self._settings.workers:
            job = self._ledger.claim_job(self.name, LEASE_SECONDS)
        return job

    def _tell_all(self, *, renew: bool) -> None:
        """Write progress, renew leases, and detect cancelled jobs."""
        if renew:
            self._next_renewal = time.monotonic() + RENEW_SECONDS
        for slot in list(self._slots):
            news = (slot.progress, slot.message)
            if renew or news != slot.told:
                ours = self._ledger.renew_job(slot.job, LEASE_SECONDS, *news)
                slot.told = news
            else:
                row = self._ledger.job(slot.job.id)
                ours = row is not None and row.state == "running"
            if not ours:
                self._drop(slot)

    def _drop(self, slot: Slot) -> None:
        """Kill a job that no longer belongs to us: cancelled, deleted, or taken over."""
        slot.kill()
        self._release(slot)
        logger.info("job_dropped", job=slot.job.id)
        if not self._ledger.knows(slot.job.session):
            # The job may have written once more after "Delete my data".
            self._store.delete_session(slot.job.session)

    def _end(self, slot: Slot) -> None:
        """Record how a job ended; keep it in its slot until the ledger has accepted this."""
        slot.listen()
        state, result, error = slot.verdict()
        if state == "lost" and self._stop_at is not None:
            # A signal to this worker often reaches all its processes: that is not the job's fault.
            self._ledger.release_job(slot.job, counts=False)
        elif state == "lost":
            self._retry(slot.job, error or LOST)
        else:
            self._ledger.finish_job(slot.job, state, result, error)
        metrics.meters().jobs.labels(slot.job.kind, state).inc()
        metrics.meters().job_seconds.labels(slot.job.kind).observe(time.time() - slot.job.created)
        logger.info("job_ended", job=slot.job.id, kind=slot.job.kind, state=state)
        self._release(slot)

    def _retry(self, job: Job, error: str) -> None:
        """Requeue a job, or fail it with the reason if its attempts are used up."""
        if job.attempts < ATTEMPTS:
            self._ledger.release_job(job, counts=True)
        else:
            self._ledger.finish_job(job, "failed", {"status": AWAY}, error)

    def _recover(self) -> None:
        """Take over jobs of workers that are gone."""
        mine = {slot.job.id for slot in self._slots}
        for job in self._ledger.lost_jobs():
            if job.id not in mine:
                logger.warning("worker_lost", job=job.id, attempt=job.attempts)
                self._retry(job, LOST)

    def _put_back(self) -> None:
        """Requeue jobs that did not finish in time; the attempt does not count."""
        for slot in list(self._slots):
            slot.kill()
            self._ledger.release_job(slot.job, counts=False)
            self._release(slot)

    def _give_up(self) -> None:
        """Stop while the ledger does not respond; the leases then expire by themselves."""
        if self._stop_at is not None and time.monotonic() > self._stop_at + GRACE_SECONDS:
            for slot in list(self._slots):
                slot.kill()
                self._release(slot)

    def _release(self, slot: Slot) -> None:
        self._slots.remove(slot)
        slot.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run a step that needs the ledger; if the ledger does not respond, pause and go on."""
        try:
            work()
        except StoreError as error:
            logger.warning("ledger_unavailable", exc_info=error)
            self._pause_until = time.monotonic() + PAUSE_SECONDS
            # No worker could renew a lease meanwhile: give the others time to send heartbeats
            # first.
            self._next_recovery = time.monotonic() + LEASE_SECONDS
