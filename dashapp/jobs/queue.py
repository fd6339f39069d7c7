"""Asking for slow work, seeing how far it is, and calling it off.

The job's row in the ledger is the queue: whoever claims it writes its lease into it. A second
queue beside the rows would be a second truth, and a message that a killed worker had taken out
would be lost; so there is none.
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


# When everybody waits: by the time told, about so much of the row has gone; in seconds at least
# and at most.
GONE_SHARE = 0.1
RETRY_SECONDS = (5, 60)


class JobLimitError(SegmentationError):
    """Too many jobs are active.

    Attributes
    ----------
    status : int
        What an HTTP answer says: 429 when this session has too many, 503 when everybody has.
    retry_after : int
        Seconds after which to try again.
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
        Gives the limits.
    ledger : Ledger
        Keeps the rows.
    client_of : callable, optional
        Tells whose a session is, so that nobody takes all places with many sessions.
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
        """Ask for work; the same request again gives the same job while it is active or done.

        Parameters
        ----------
        session
            Who asks.
        kind
            Which handler does it.
        request
            Plain JSON.

        Raises
        ------
        JobLimitError
            If this session, its client, or everybody together has too many active jobs.
        dashapp.storage.errors.SessionEndedError
            If the session was deleted.
        """
        job = self._new_job(session, kind, request)
        with self._limit_errors(job):
            return self._ledger.add_job(job, self._limits)

    def expect_room(self, session: str, kind: str) -> None:
        """Refuse at once what :meth:`submit` would refuse after a large file was taken.

        Raises
        ------
        JobLimitError
            As there.
        """
        job = self._new_job(session, kind, {})
        with self._limit_errors(job):
            self._ledger.expect_room(job, self._limits)

    def ahead_of(self, job: Job) -> int:
        """How many jobs wait before one that waits."""
        return self._ledger.ahead_of(job).count

    def _new_job(self, session: str, kind: str, request: Mapping[str, Any]) -> Job:
        return replace(new_job(session, kind, request), client=self._client_of(session))

    @contextmanager
    def _limit_errors(self, job: Job) -> Iterator[None]:
        """Say in a sentence which limit a new job would exceed, and when to try again."""
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
        """How long whoever is first in the row has waited tells how fast it moves."""
        since = self._ledger.ahead_of(job).since or job.created
        least, most = RETRY_SECONDS
        return round(min(most, max(least, GONE_SHARE * (job.created - since))))

    def get(self, session: str, job_id: str) -> Job | None:
        """A job of this session, or None if it has none such."""
        job = self._ledger.job(job_id)
        return job if job is not None and job.session == session else None

    def jobs(self, session: str) -> tuple[Job, ...]:
        """All jobs of a session, newest first."""
        return self._ledger.jobs(session)

    def cancel(self, session: str, job_id: str) -> bool:
        """Call a job off; its process is killed within a second.

        Returns
        -------
        bool
            False if this session has no such job, or it has already ended.
        """
        return self._ledger.cancel_job(session, job_id)


def new_job(session: str, kind: str, request: Mapping[str, Any]) -> Job:
    """A job that nobody knows yet."""
    return Job(
        id=secrets.token_hex(16),
        session=check_session(session),
        kind=kind,
        request=dict(request),
        created=time.time(),
    )
