"""The ledger: small durable records that all processes of the portal share.

It knows which values a session has and which jobs wait, run and ended. SQLite keeps it in the
data folder; Redis keeps it when several machines work together. Both pass one contract test.
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
    """The session has as many active jobs as it may."""


class ClientFullError(Exception):
    """The client has as many waiting jobs as one may."""


class WaitingRoomFullError(Exception):
    """As many jobs wait in a row as may wait there."""


class Ledger(Protocol):
    """Items and jobs; times are Unix seconds.

    Any method raises :class:`~dashapp.storage.errors.StoreUnavailableError` when the back end
    does not answer, and writes raise :class:`~dashapp.storage.errors.QuotaExceededError` when
    nothing more fits. What would begin a session that was deleted raises
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
        """Note that a session has something; noting it again makes it the newest.

        Parameters
        ----------
        job
            The job that made it. If that no longer runs (cancelled, taken over by another
            worker, or deleted with its session), nothing is noted.

        Returns
        -------
        bool
            Whether it was noted.
        """

    def items(self, session: str, kind: str) -> tuple[Item, ...]:
        """What a session has of one kind, newest first."""

    def item(self, session: str, kind: str, item_id: str) -> Item | None:
        """One item, or None if this session has no such thing."""

    def remove_item(self, session: str, kind: str, item_id: str) -> None:
        """Remove the note of an item; one that is not there counts as removed."""

    def add_job(self, job: Job, limits: Limits) -> Job:
        """Queue a job, or give the one of the same session and request that is active or done.

        Raises
        ------
        SessionFullError, ClientFullError, WaitingRoomFullError
            If a new job would be one too many.
        """

    def expect_room(self, job: Job, limits: Limits) -> None:
        """Raise what :meth:`add_job` would raise for a new job."""

    def job(self, job_id: str) -> Job | None:
        """One job."""

    def jobs(self, session: str) -> tuple[Job, ...]:
        """All jobs of a session, newest first."""

    def claim_job(self, worker: str, lease: float, without: Collection[str] = ()) -> Job | None:
        """Take the job that waits longest; a session's further ones stand further back."""

    def ahead_of(self, job: Job) -> Ahead:
        """Who waits before a job in its row; everybody there, before one that is not queued."""

    def renew_job(self, job: Job, lease: float, progress: float, message: str) -> bool:
        """Tell that a job is alive; False if it is no longer this worker's."""

    def finish_job(
        self, job: Job, state: str, result: dict[str, Any] | None, error: str | None
    ) -> bool:
        """End a job; False, without a change, if it is no longer this worker's."""

    def release_job(self, job: Job, *, counts: bool) -> bool:
        """Put a running job back to wait; ``counts`` tells whether the attempt was used up."""

    def cancel_job(self, session: str, job_id: str) -> bool:
        """Cancel an active job of a session; False if it has none such."""

    def lost_jobs(self) -> tuple[Job, ...]:
        """Running jobs whose lease is over."""

    def beat(self, worker: str, seconds: float) -> None:
        """Tell that a worker lives for that long."""

    def workers(self) -> int:
        """How many workers live."""

    def load(self) -> tuple[int, int]:
        """How many jobs wait and how many run, of all sessions.

        A job whose worker is gone waits for the next one.
        """

    def touch(self, session: str) -> None:
        """Note that a session was visited, if the ledger knows it."""

    def knows(self, session: str) -> bool:
        """Whether a session has any record."""

    def ended_sessions(self, idle: float, absolute: float) -> tuple[str, ...]:
        """Sessions not visited for ``idle`` seconds, or begun more than ``absolute`` ago."""

    def delete_session(self, session: str) -> None:
        """Remove all records of a session, for good, also where nothing more can be stored."""

    def hits(self, name: str, seconds: int) -> int:
        """Count one event; returns the count within the current window of that many seconds."""

    def first_use(self, name: str, seconds: int) -> bool:
        """Whether nobody, in whatever process, has used a name within that many seconds."""

    def check(self) -> None:
        """See that the ledger answers and is whole."""

    def verify(self) -> None:
        """Look through all of it, which may take a moment; raises as :meth:`check` does."""

    def compact(self) -> None:
        """Make sure that nothing deleted is left on disk."""

    def close(self) -> None:
        """Close the connections that nobody uses now."""


def open_ledger(settings: Settings) -> Ledger:
    """The ledger that the settings ask for: Redis when there is an address, else SQLite."""
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
