"""The ledger in SQLite: items, sessions, workers and counts beside the jobs."""

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

# No window of the clock has this number.
ONCE = -1
WEEK_SECONDS = 7 * 24 * 3600


class SqliteLedger(SqliteJobs):
    """The whole ledger; see :class:`dashapp.ledger.ledger.Ledger`.

    Parameters
    ----------
    path : Path
        The database file; counts of requests stand beside it.
    keep_seconds : int
        How long it is remembered that a session was deleted: as long as its cookie may live.
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
            # A ledger of an earlier version; of several processes that start, one changes it.
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
        """Note an item, unless its job no longer runs."""
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
        """Items of one kind, newest first."""
        rows = self.read(
            "SELECT * FROM items WHERE session = ? AND kind = ? ORDER BY number DESC",
            (session, kind),
        )
        return readable(rows, _item)

    def item(self, session: str, kind: str, item_id: str) -> Item | None:
        """One item."""
        rows = self.read(
            "SELECT * FROM items WHERE session = ? AND kind = ? AND id = ?",
            (session, kind, item_id),
        )
        return next(iter(readable(rows, _item)), None)

    def remove_item(self, session: str, kind: str, item_id: str) -> None:
        """Remove the note of an item."""
        with self.write() as connection:
            connection.execute(
                "DELETE FROM items WHERE session = ? AND kind = ? AND id = ?",
                (session, kind, item_id),
            )

    def beat(self, worker: str, seconds: float) -> None:
        """Note that a worker lives."""
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
        """Note a visit."""
        with self.write() as connection:
            connection.execute("UPDATE sessions SET seen = ? WHERE id = ?", (time.time(), session))

    def knows(self, session: str) -> bool:
        """Whether there is a record of a session."""
        return bool(self.read("SELECT 1 FROM sessions WHERE id = ?", (session,)))

    def ended_sessions(self, idle: float, absolute: float) -> tuple[str, ...]:
        """Sessions that are over."""
        now = time.time()
        rows = self.read(
            "SELECT id FROM sessions WHERE seen < ? OR created < ?", (now - idle, now - absolute)
        )
        return tuple(row["id"] for row in rows)

    def load(self) -> tuple[int, int]:
        """How many jobs wait and how many run."""
        total, running = self.read(
            "SELECT COUNT(*), COALESCE(SUM(state = 'running' AND lease >= ?), 0)"
            " FROM jobs WHERE state IN ('queued', 'running')",
            (time.time(),),
        )[0]
        return total - running, running

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        self._counts.close()
        super().close()

    def compact(self) -> None:
        """Move the logs into the databases, and take room for the next deletion."""
        self._counts.compact()
        super().compact()
        self._reserve.fill()

    def delete_session(self, session: str) -> None:
        """Remove all records of a session, with the room kept for that where there is no other."""
        try:
            self._delete_session(session)
        except QuotaExceededError:
            self._reserve.release()
            # The log of the deletions before this one is room as well.
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
        """Note the use of a name, in a window that does not end with the clock's."""
        now = time.time()
        with self.write() as connection:
            connection.execute("DELETE FROM hits WHERE until < ?", (now,))
            cursor = connection.execute(
                "INSERT OR IGNORE INTO hits VALUES (?, ?, 1, ?)",
                (name, ONCE, now + seconds + CLOCK_SECONDS),
            )
            return cursor.rowcount == 1


def lacks_client(connection: sqlite3.Connection) -> bool:
    """Whether jobs do not tell yet who asked for them."""
    return "client" not in {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}


def _item(row: sqlite3.Row) -> Item:
    return Item(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        info=json.loads(row["info"]),
        created=row["created"],
    )
