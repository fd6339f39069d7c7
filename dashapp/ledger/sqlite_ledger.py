"""The ledger in SQLite: items, sessions, workers and counts in addition to jobs."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from dashapp.ledger.records import CLOCK_SECONDS, Item, Job, readable
from dashapp.ledger.sqlite_counts import SqliteCounts
from dashapp.ledger.sqlite_jobs import SqliteJobs, begin_session, still_runs
from dashapp.storage.disk_reserve import Reserve
from dashapp.storage.errors import QuotaExceededError

# A window number that the clock never reaches.
ONCE = -1
WEEK_SECONDS = 7 * 24 * 3600


class SqliteLedger(SqliteJobs):
    """The whole ledger; see :class:`dashapp.ledger.ledger.Ledger`.

    Parameters
    ----------
    path : Path
        The database file; request counts are stored in the same folder.
    keep_seconds : int
        How long to remember that a session was deleted: as long as its cookie may live.
    """

    def __init__(self, path: Path, *, keep_seconds: int = WEEK_SECONDS) -> None:
        self._keep_seconds = keep_seconds
        self._reserve = Reserve(path.parent)
        super().__init__(path)
        self._counts = SqliteCounts(path.with_name("counts.sqlite3"))
        self._reserve.fill()

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        super()._make_tables(connection)
        if lacks_client(connection):
            # The ledger has an older format; of several processes that start, one migrates it.
            connection.execute("BEGIN IMMEDIATE")
            if lacks_client(connection):
                connection.execute("ALTER TABLE jobs ADD COLUMN client TEXT NOT NULL DEFAULT ''")
            connection.execute("COMMIT")

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
        """Record an item, unless its job no longer runs."""
        with self.write() as connection:
            if job is not None and not still_runs(connection, job):
                return False
            begin_session(connection, session)
            connection.execute(
                "INSERT INTO items (session, kind, id, name, info, created)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (session, kind, item_id, name, json.dumps(info), time.time()),
            )
            return True

    def items(self, session: str, kind: str) -> tuple[Item, ...]:
        """Return the items of one kind, newest first."""
        rows = self.read(
            "SELECT * FROM items WHERE session = ? AND kind = ? ORDER BY number DESC",
            (session, kind),
        )
        return readable(rows, _item)

    def item(self, session: str, kind: str, item_id: str) -> Item | None:
        """Return one item."""
        rows = self.read(
            "SELECT * FROM items WHERE session = ? AND kind = ? AND id = ?",
            (session, kind, item_id),
        )
        return next(iter(readable(rows, _item)), None)

    def remove_item(self, session: str, kind: str, item_id: str) -> None:
        """Remove the record of an item."""
        with self.write() as connection:
            connection.execute(
                "DELETE FROM items WHERE session = ? AND kind = ? AND id = ?",
                (session, kind, item_id),
            )

    def beat(self, worker: str, seconds: float) -> None:
        """Record that a worker is alive."""
        now = time.time()
        with self.write() as connection:
            connection.execute("DELETE FROM workers WHERE until < ?", (now,))
            if seconds > 0:
                connection.execute(
                    "INSERT INTO workers VALUES (?, ?)"
                    " ON CONFLICT (id) DO UPDATE SET until = excluded.until",
                    (worker, now + seconds),
                )
            else:
                connection.execute("DELETE FROM workers WHERE id = ?", (worker,))

    def workers(self) -> int:
        """Count the living workers."""
        rows = self.read("SELECT COUNT(*) FROM workers WHERE until >= ?", (time.time(),))
        return int(rows[0][0])

    def touch(self, session: str) -> None:
        """Record a visit."""
        with self.write() as connection:
            connection.execute("UPDATE sessions SET seen = ? WHERE id = ?", (time.time(), session))

    def knows(self, session: str) -> bool:
        """Whether a session has any record."""
        return bool(self.read("SELECT 1 FROM sessions WHERE id = ?", (session,)))

    def ended_sessions(self, idle: float, absolute: float) -> tuple[str, ...]:
        """Return the sessions that are over."""
        now = time.time()
        rows = self.read(
            "SELECT id FROM sessions WHERE seen < ? OR created < ?", (now - idle, now - absolute)
        )
        return tuple(row["id"] for row in rows)

    def load(self) -> tuple[int, int]:
        """Count the waiting and the running jobs."""
        total, running = self.read(
            "SELECT COUNT(*), COALESCE(SUM(state = 'running' AND lease >= ?), 0)"
            " FROM jobs WHERE state IN ('queued', 'running')",
            (time.time(),),
        )[0]
        return total - running, running

    def close(self) -> None:
        """Close idle connections."""
        self._counts.close()
        super().close()

    def compact(self) -> None:
        """Move the logs into the databases, and reserve space for the next deletion."""
        self._counts.compact()
        super().compact()
        self._reserve.fill()

    def delete_session(self, session: str) -> None:
        """Remove all records of a session; if the disk is full, use the reserved space."""
        try:
            self._delete_session(session)
        except QuotaExceededError:
            self._reserve.release()
            # The log of earlier deletions also frees space.
            super().compact()
            self._delete_session(session)

    def _delete_session(self, session: str) -> None:
        now = time.time()
        with self.write() as connection:
            connection.execute("DELETE FROM items WHERE session = ?", (session,))
            connection.execute("DELETE FROM jobs WHERE session = ?", (session,))
            connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
            connection.execute("DELETE FROM ended WHERE until < ?", (now,))
            connection.execute(
                "INSERT OR IGNORE INTO ended VALUES (?, ?, ?)",
                (session, now, now + self._keep_seconds),
            )

    def hits(self, name: str, seconds: int) -> int:
        """Count one event."""
        return self._counts.hits(name, seconds)

    def first_use(self, name: str, seconds: int) -> bool:
        """Record the use of a name in a window that does not end with the clock's."""
        now = time.time()
        with self.write() as connection:
            connection.execute("DELETE FROM hits WHERE until < ?", (now,))
            cursor = connection.execute(
                "INSERT OR IGNORE INTO hits VALUES (?, ?, 1, ?)",
                (name, ONCE, now + seconds + CLOCK_SECONDS),
            )
            return cursor.rowcount == 1


def lacks_client(connection: sqlite3.Connection) -> bool:
    """Whether the jobs table does not record the client yet."""
    return "client" not in {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}


def _item(row: sqlite3.Row) -> Item:
    return Item(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        info=json.loads(row["info"]),
        created=row["created"],
    )
