"""The ledger: small durable records shared by all processes of the portal.

It records which values a session has and which jobs are queued, running or finished. It is kept by
SQLite in the data folder, or by Redis when several machines work together. Both pass the same
contract test.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from dashapp.ledger.records import ACTIVE, Ahead, Item, Job, Limits
from dashapp.settings.portal_settings import Settings

__all__ = [
    "ACTIVE",
    "Ahead",
    "ClientFullError",
    "Item",
    "Job",
    "Ledger",
    "Limits",
    "SessionFullError",
    "WaitingRoomFullError",
    "open_ledger",
]


class SessionFullError(Exception):
    """The session has reached its limit of active jobs."""


class ClientFullError(Exception):
    """The client has reached its limit of waiting jobs."""


class WaitingRoomFullError(Exception):
    """The queue has reached its limit of waiting jobs."""


class Ledger(Protocol):
    """Protocol of a ledger of items and jobs; times are Unix seconds.

    Any method raises :class:`~dashapp.storage.errors.StoreUnavailableError` if the backend does not
    respond, and writes raise :class:`~dashapp.storage.errors.QuotaExceededError` if there is no
    room. A write that would restart a deleted session raises
    :class:`~dashapp.storage.errors.SessionEndedError`. A write is durable when it returns.
    """

    def add_item(
        self,
        session: str,
        kind: str,
        item_id: str,
        name: str,
        info: dict[str, Any],
        *,
        job: Job | None = None,
    ) -> bool:
        """Record that a session has an item; recording it again makes it the newest.

        Parameters
        ----------
        job
            The job that made the item. If the job no longer runs (cancelled, taken over by
            another worker, or deleted with its session), nothing is recorded.

        Returns
        -------
        bool
            Whether the item was recorded.
        """

    def items(self, session: str, kind: str) -> tuple[Item, ...]:
        """Return a session's items of one kind, newest first."""

    def item(self, session: str, kind: str, item_id: str) -> Item | None:
        """Return one item, or None if this session does not have it."""

    def remove_item(self, session: str, kind: str, item_id: str) -> None:
        """Remove the record of an item; a missing one is ignored."""

    def add_job(self, job: Job, limits: Limits) -> Job:
        """Queue a job, or return the session's active or finished job for the same request.

        Raises
        ------
        SessionFullError, ClientFullError, WaitingRoomFullError
            If a new job would exceed a limit.
        """

    def expect_room(self, job: Job, limits: Limits) -> None:
        """Raise the errors that :meth:`add_job` would raise for a new job."""

    def job(self, job_id: str) -> Job | None:
        """Return one job."""

    def jobs(self, session: str) -> tuple[Job, ...]:
        """Return all jobs of a session, newest first."""

    def claim_job(self, worker: str, lease: float, without: Collection[str] = ()) -> Job | None:
        """Claim the oldest waiting job; each extra job of a session is deferred."""

    def ahead_of(self, job: Job) -> Ahead:
        """Count the jobs queued ahead of this one (all, if it is not queued)."""

    def renew_job(self, job: Job, lease: float, progress: float, message: str) -> bool:
        """Renew a job's lease; return False if the job no longer belongs to this worker."""

    def finish_job(
        self, job: Job, state: str, result: dict[str, Any] | None, error: str | None
    ) -> bool:
        """Finish a job; if it no longer belongs to this worker, change nothing and return False."""

    def release_job(self, job: Job, *, counts: bool) -> bool:
        """Return a running job to the queue; ``counts`` says whether this uses up an attempt."""

    def cancel_job(self, session: str, job_id: str) -> bool:
        """Cancel an active job of a session; return False if there is none."""

    def lost_jobs(self) -> tuple[Job, ...]:
        """Return the running jobs whose lease has expired."""

    def beat(self, worker: str, seconds: float) -> None:
        """Record that a worker is alive for the given time."""

    def workers(self) -> int:
        """Return the number of living workers."""

    def load(self) -> tuple[int, int]:
        """Count the waiting and the running jobs of all sessions.

        A job whose worker is gone counts as waiting.
        """

    def touch(self, session: str) -> None:
        """Record a visit to a session, if the ledger knows the session."""

    def knows(self, session: str) -> bool:
        """Whether a session has any record."""

    def ended_sessions(self, idle: float, absolute: float) -> tuple[str, ...]:
        """Return sessions not visited for ``idle`` seconds, or begun more than ``absolute`` ago."""

    def delete_session(self, session: str) -> None:
        """Remove all records of a session for good, even if the disk is full."""

    def hits(self, name: str, seconds: int) -> int:
        """Count one event and return the count in the current window of that many seconds."""

    def first_use(self, name: str, seconds: int) -> bool:
        """Whether no process has used a name within that many seconds."""

    def check(self) -> None:
        """Check that the ledger responds and is intact."""

    def verify(self) -> None:
        """Check the whole ledger, which may take a moment; raise the errors of :meth:`check`."""

    def compact(self) -> None:
        """Make sure that no deleted data remain on the disk."""

    def close(self) -> None:
        """Close idle connections."""


def open_ledger(settings: Settings) -> Ledger:
    """Return the configured ledger: Redis if a URL is set, otherwise SQLite."""
    if settings.redis_url is not None:
        from dashapp.ledger.redis_ledger import RedisLedger

        return RedisLedger(
            settings.redis_url.get_secret_value(), keep_seconds=settings.absolute_seconds
        )
    from dashapp.ledger.sqlite_ledger import SqliteLedger
    from dashapp.storage.secret_key import private_folder

    return SqliteLedger(
        private_folder(settings.data_dir) / "ledger.sqlite3",
        keep_seconds=settings.absolute_seconds,
    )
