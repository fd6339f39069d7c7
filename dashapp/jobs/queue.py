"""Submit slow work, follow its progress, and cancel it.

The job's row in the ledger is the queue: the worker that claims a job writes its lease into the
row. A separate queue would be a second source of truth, and would lose the message that a killed
worker had taken.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dashapp.ledger.ledger import (
    ClientFullError,
    Ledger,
    SessionFullError,
    WaitingRoomFullError,
)
from dashapp.ledger.records import Job, Limits
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import check_session
from segmentation import SegmentationError

__all__ = ["Job", "JobLimitError", "JobQueue"]


# Retry-After when the queue is full: this share of the oldest job's wait, and bounds in seconds.
GONE_SHARE = 0.1
RETRY_SECONDS = (5, 60)


class JobLimitError(SegmentationError):
    """A limit of active jobs is reached.

    Attributes
    ----------
    status : int
        HTTP status: 429 for the limit of this session or client, 503 for that of everyone.
    retry_after : int
        Seconds to wait before retrying.
    """

    def __init__(self, message: str, *, status: int, retry_after: int) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class JobQueue:
    """The jobs of all sessions.

    Parameters
    ----------
    settings : Settings
        The limits.
    ledger : Ledger
        Stores the rows.
    client_of : callable, optional
        Returns the client that owns a session, so that no client fills the queue by using
        many sessions.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        client_of: Callable[[str], str] = lambda _session: "",
    ) -> None:
        share = max(1, settings.jobs_waiting * settings.client_share // 100)
        self._limits = Limits(settings.jobs_per_session, settings.jobs_waiting, share)
        self._ledger = ledger
        self._client_of = client_of

    def submit(self, session: str, kind: str, request: Mapping[str, Any]) -> Job:
        """Submit a job; the same request returns the same job while it is active or done.

        Parameters
        ----------
        session
            The session that asks.
        kind
            Selects the handler.
        request
            Plain JSON.

        Raises
        ------
        JobLimitError
            If this session, its client, or everyone together has too many active jobs.
        dashapp.storage.errors.SessionEndedError
            If the session was deleted.
        """
        job = self._new_job(session, kind, request)
        with self._limit_errors(job):
            return self._ledger.add_job(job, self._limits)

    def expect_room(self, session: str, kind: str) -> None:
        """Refuse early what :meth:`submit` would refuse after a large file was uploaded.

        Raises
        ------
        JobLimitError
            As for :meth:`submit`.
        """
        job = self._new_job(session, kind, {})
        with self._limit_errors(job):
            self._ledger.expect_room(job, self._limits)

    def ahead_of(self, job: Job) -> int:
        """Return the number of jobs queued ahead of a waiting one."""
        return self._ledger.ahead_of(job).count

    def _new_job(self, session: str, kind: str, request: Mapping[str, Any]) -> Job:
        return replace(new_job(session, kind, request), client=self._client_of(session))

    @contextmanager
    def _limit_errors(self, job: Job) -> Iterator[None]:
        """Translate ledger errors into a sentence with the limit and the time to retry."""
        try:
            yield
        except SessionFullError:
            raise JobLimitError(
                f"You already have {self._limits.per_session} tasks under way. Wait for one to "
                "finish, or cancel one.",
                status=429,
                retry_after=5,
            ) from None
        except ClientFullError:
            raise JobLimitError(
                f"{self._limits.per_client} tasks of yours, or of others in your network, wait "
                "already. Trying again until there is room…",
                status=503,
                retry_after=self._seconds_until_room(job),
            ) from None
        except WaitingRoomFullError:
            raise JobLimitError(
                "Very many tasks are waiting right now. Trying again until there is room…",
                status=503,
                retry_after=self._seconds_until_room(job),
            ) from None

    def _seconds_until_room(self, job: Job) -> int:
        """Estimate Retry-After from the oldest waiting job."""
        since = self._ledger.ahead_of(job).since or job.created
        least, most = RETRY_SECONDS
        return round(min(most, max(least, GONE_SHARE * (job.created - since))))

    def get(self, session: str, job_id: str) -> Job | None:
        """Return a job of this session, or None if there is none."""
        job = self._ledger.job(job_id)
        return job if job is not None and job.session == session else None

    def jobs(self, session: str) -> tuple[Job, ...]:
        """Return all jobs of a session, newest first."""
        return self._ledger.jobs(session)

    def cancel(self, session: str, job_id: str) -> bool:
        """Cancel a job; its process is killed within a second.

        Returns
        -------
        bool
            False if this session has no such job or the job has already ended.
        """
        return self._ledger.cancel_job(session, job_id)


def new_job(session: str, kind: str, request: Mapping[str, Any]) -> Job:
    """Return a new job that is not yet in the ledger."""
    return Job(
        id=secrets.token_hex(16),
        session=check_session(session),
        kind=kind,
        request=dict(request),
        created=time.time(),
    )
