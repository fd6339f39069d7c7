"""Jobs in SQLite: the rows are the queue."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection
from typing import Any

from dashapp.ledger.ledger import ClientFullError, SessionFullError, WaitingRoomFullError
from dashapp.ledger.records import LONG, PLACES_BACK, Ahead, Job, Limits, readable
from dashapp.storage.errors import SessionEndedError
from dashapp.storage.sqlite_database import SqliteDatabase

# Fair order in which no job waits forever.
NEXT_JOB = f"""
SELECT id FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY session ORDER BY state = 'queued', number) - 1
    AS earlier
    FROM jobs WHERE state IN ('queued', 'running')
)
WHERE state = 'queued' AND kind NOT IN (SELECT value FROM json_each(?))
ORDER BY number + {PLACES_BACK} * earlier, number LIMIT 1
"""  # noqa: S608 - a constant
SOME_JOB = """
SELECT 1 FROM jobs WHERE state = 'queued' AND kind NOT IN (SELECT value FROM json_each(?)) LIMIT 1
"""
AHEAD = """
SELECT COUNT(*), MIN(created) FROM jobs
WHERE state = 'queued' AND (kind IN (SELECT value FROM json_each(?))) = ?
AND number < COALESCE((SELECT number FROM jobs WHERE id = ?), 9223372036854775807)
"""
PLACES_TAKEN = """
SELECT COALESCE(SUM(session = :session), 0), COALESCE(SUM(waits), 0),
COALESCE(SUM(waits AND client = :client AND client <> ''), 0)
FROM (
    SELECT *, state = 'queued' AND (kind IN (SELECT value FROM json_each(:long_kinds))) = :long
    AS waits FROM jobs WHERE state IN ('queued', 'running')
)
"""
LONG_KINDS = json.dumps(sorted(LONG))


class SqliteJobs(SqliteDatabase):
    """Jobs; see :class:`dashapp.ledger.ledger.Ledger`."""

    def add_job(self, job: Job, limits: Limits) -> Job:
        """Queue a job, or return the one with the same request."""
        with self.write() as connection:
            equal = connection.execute(
                "SELECT * FROM jobs WHERE session = ? AND signature = ?"
                " AND state IN ('queued', 'running', 'done') ORDER BY number DESC LIMIT 1",
                (job.session, job.signature),
            ).fetchone()
            for known in readable([equal] if equal else [], _job):
                return known
            _check_limits(connection, job, limits)
            begin_session(connection, job.session)
            connection.execute(
                "INSERT INTO jobs (id, session, kind, request, signature, state, progress,"
                " message, created, attempts, worker, lease, client)"
                " VALUES (?, ?, ?, ?, ?, 'queued', 0, '', ?, 0, '', 0, ?)",
                (
                    job.id,
                    job.session,
                    job.kind,
                    json.dumps(job.request),
                    job.signature,
                    job.created,
                    job.client,
                ),
            )
            return job

    def expect_room(self, job: Job, limits: Limits) -> None:
        """Check that a new job fits into the queue."""
        with self.errors(), self.connection() as connection:
            _check_limits(connection, job, limits)

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        rows = self.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return next(iter(readable(rows, _job)), None)

    def jobs(self, session: str) -> tuple[Job, ...]:
        """Return a session's jobs, newest first."""
        rows = self.read("SELECT * FROM jobs WHERE session = ? ORDER BY number DESC", (session,))
        return readable(rows, _job)

    def claim_job(self, worker: str, lease: float, without: Collection[str] = ()) -> Job | None:
        """Claim the next waiting job."""
        # Look first without a lock: most of the time no job is waiting.
        skipped = json.dumps(sorted(without))
        if not self.read(SOME_JOB, (skipped,)):
            return None
        with self.write() as connection:
            row = connection.execute(NEXT_JOB, (skipped,)).fetchone()
            if row is None:
                return None
            taken = connection.execute(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, worker = ?,"
                " lease = ?, progress = 0, message = '' WHERE id = ? RETURNING *",
                (worker, time.time() + lease, row["id"]),
            ).fetchone()
            return next(iter(readable([taken], _job)), None)

    def ahead_of(self, job: Job) -> Ahead:
        """Count the jobs queued ahead of this one."""
        count, since = self.read(AHEAD, (LONG_KINDS, job.long, job.id))[0]
        return Ahead(count, since)

    def renew_job(self, job: Job, lease: float, progress: float, message: str) -> bool:
        """Extend the lease and record progress."""
        return self._change_running(
            job,
            "lease = ?, progress = ?, message = ?",
            (time.time() + lease, progress, message),
        )

    def finish_job(
        self, job: Job, state: str, result: dict[str, Any] | None, error: str | None
    ) -> bool:
        """Finish a job."""
        return self._change_running(
            job,
            "state = ?, result = ?, error = ?, finished = ?,"
            " progress = CASE WHEN ? = 'done' THEN 1.0 ELSE progress END",
            (state, None if result is None else json.dumps(result), error, time.time(), state),
        )

    def release_job(self, job: Job, *, counts: bool) -> bool:
        """Return a job to the queue."""
        return self._change_running(
            job,
            "state = 'queued', worker = '', progress = 0, message = '', attempts = attempts - ?",
            (0 if counts else 1,),
        )

    def cancel_job(self, session: str, job_id: str) -> bool:
        """Cancel an active job."""
        with self.write() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET state = 'cancelled', finished = ?"
                " WHERE id = ? AND session = ? AND state IN ('queued', 'running')",
                (time.time(), job_id, session),
            )
            return cursor.rowcount == 1

    def lost_jobs(self) -> tuple[Job, ...]:
        """Return the running jobs whose lease has expired."""
        rows = self.read("SELECT * FROM jobs WHERE state = 'running' AND lease < ?", (time.time(),))
        return readable(rows, _job)

    def _change_running(self, job: Job, change: str, values: tuple[Any, ...]) -> bool:
        """Change a job if it still runs in the attempt that the caller started."""
        with self.write() as connection:
            cursor = connection.execute(
                f"UPDATE jobs SET {change} WHERE id = ? AND state = 'running' AND attempts = ?",  # noqa: S608 - constants above
                (*values, job.id, job.attempts),
            )
            return cursor.rowcount == 1


def begin_session(connection: sqlite3.Connection, session: str) -> None:
    """Make sure that a session has a record.

    Raises
    ------
    SessionEndedError
        If the session was deleted.
    """
    now = time.time()
    ended = connection.execute("SELECT since FROM ended WHERE session = ?", (session,)).fetchone()
    if ended is not None:
        raise SessionEndedError(ended["since"])
    connection.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, ?)", (session, now, now))


def still_runs(connection: sqlite3.Connection, job: Job) -> bool:
    """Whether a job runs in the attempt that the caller knows."""
    found = connection.execute(
        "SELECT 1 FROM jobs WHERE id = ? AND state = 'running' AND attempts = ?",
        (job.id, job.attempts),
    )
    return found.fetchone() is not None


def _check_limits(connection: sqlite3.Connection, job: Job, limits: Limits) -> None:
    asked = {
        "session": job.session, "client": job.client, "long": job.long, "long_kinds": LONG_KINDS
    }  # fmt: skip
    mine, waiting, of_client = connection.execute(PLACES_TAKEN, asked).fetchone()
    if mine >= limits.per_session:
        raise SessionFullError
    if of_client >= limits.per_client:
        raise ClientFullError
    if waiting >= limits.waiting:
        raise WaitingRoomFullError


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        session=row["session"],
        kind=row["kind"],
        request=json.loads(row["request"]),
        state=row["state"],
        progress=row["progress"],
        message=row["message"],
        result=None if row["result"] is None else json.loads(row["result"]),
        error=row["error"],
        created=row["created"],
        finished=row["finished"],
        attempts=row["attempts"],
        worker=row["worker"],
        lease=row["lease"],
        client=row["client"],
    )
