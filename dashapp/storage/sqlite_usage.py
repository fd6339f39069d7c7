"""Count the bytes each session keeps in files, across all processes of a machine.

Space is reserved in one transaction before a file is written, so that all processes together never
exceed their quota. The numbers can be recounted from the files at any time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from dashapp.storage.backend import Quota
from dashapp.storage.errors import SessionEndedError
from dashapp.storage.sqlite_database import DisposableDatabase

SCHEMA = """
CREATE TABLE IF NOT EXISTS usage (
    session TEXT PRIMARY KEY, client TEXT NOT NULL, bytes INTEGER NOT NULL, changed REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_of_client ON usage (client, bytes);
CREATE TABLE IF NOT EXISTS ended (
    session TEXT PRIMARY KEY, since REAL NOT NULL, until REAL NOT NULL
) WITHOUT ROWID
"""
ADD = """
INSERT INTO usage VALUES (?, '', MAX(0, ?), ?)
ON CONFLICT DO UPDATE SET bytes = MAX(0, bytes + ?), changed = excluded.changed
"""
USED = """
SELECT (SELECT SUM(bytes) FROM usage), (SELECT bytes FROM usage WHERE session = :session),
(SELECT SUM(bytes) FROM usage WHERE client <> ''
    AND client = (SELECT client FROM usage WHERE session = :session))
"""


class SqliteUsage(DisposableDatabase):
    """Bytes, owners and end times of sessions.

    Parameters
    ----------
    path : Path
        The database file; its folder exists and is private.
    count : callable
        Returns the bytes of all sessions, counted from their files.
    """

    def __init__(self, path: Path, count: Callable[[], Mapping[str, int]]) -> None:
        self._count = count
        super().__init__(path, SCHEMA)

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        super()._make_tables(connection)
        if _is_new(connection):
            connection.execute("BEGIN IMMEDIATE")
            if _is_new(connection):
                rows = [(session, size, time.time()) for session, size in self._count().items()]
                connection.executemany("INSERT OR IGNORE INTO usage VALUES (?, '', ?, ?)", rows)
                connection.execute("PRAGMA user_version = 1")
            connection.execute("COMMIT")

    def assign(self, session: str, client: str) -> None:
        """Record which client owns a session."""
        self._change(
            "INSERT INTO usage VALUES (?, ?, 0, ?) ON CONFLICT DO UPDATE SET client = ?",
            (session, client, time.time(), client),
        )

    def client_of(self, session: str) -> str:
        """Return the client that owns a session, or an empty string if unknown."""
        query = "SELECT client FROM usage WHERE session = ?"
        rows = self.attempt(lambda: self.read(query, (session,)))
        return str(rows[0]["client"]) if rows else ""

    def reserve(self, session: str, size: int, quota: Quota) -> None:
        """Reserve space for bytes that will be written next.

        Raises
        ------
        QuotaExceededError
            If there is not enough space.
        SessionEndedError
            If the session was deleted.
        """
        self.attempt(lambda: self._reserve(session, size, quota))

    def _reserve(self, session: str, size: int, quota: Quota) -> None:
        with self.write() as connection:
            _refuse_ended(connection, session)
            total, of_session, of_client = connection.execute(USED, {"session": session}).fetchone()
            owned = 0 if of_client is None else of_client + size
            quota.check((of_session or 0) + size, owned, (total or 0) + size)
            connection.execute(ADD, (session, size, time.time(), size))

    def release(self, session: str, size: int) -> None:
        """Return space; a negative size reserves it regardless of the quota."""
        self._change(ADD, (session, -size, time.time(), -size))

    def refuse_ended(self, session: str) -> None:
        """Raise :class:`SessionEndedError` for a session that was deleted."""

        def look() -> None:
            with self.errors(), self.connection() as connection:
                _refuse_ended(connection, session)

        self.attempt(look)

    def end(self, session: str, seconds: float) -> None:
        """Refuse all further writes for a session."""
        now = time.time()
        self._change("INSERT OR IGNORE INTO ended VALUES (?, ?, ?)", (session, now, now + seconds))

    def forget(self, session: str) -> None:
        """Remove all records of a session, except that it has ended."""
        self._change("DELETE FROM usage WHERE session = ?", (session,))

    def recount(self, quiet_seconds: float, used: Callable[[str], int]) -> None:
        """Correct the numbers of sessions without a writer, and forget empty ones.

        Parameters
        ----------
        quiet_seconds
            Longer than any write takes.
        used
            Returns the bytes of a session's files.
        """
        quiet = time.time() - quiet_seconds
        for row in self.read("SELECT session, changed FROM usage WHERE changed < ?", (quiet,)):
            size = used(row["session"])
            unchanged = (row["session"], row["changed"])
            if size:
                query = (
                    "UPDATE usage SET bytes = ? WHERE session = ? AND changed = ? AND bytes <> ?"
                )
                self._change(query, (size, *unchanged, size))
            else:
                self._change("DELETE FROM usage WHERE session = ? AND changed = ?", unchanged)
        self._change("DELETE FROM ended WHERE until < ?", (time.time(),))

    def _change(self, statement: str, values: tuple[str | float, ...]) -> None:
        def run() -> None:
            with self.write() as connection:
                connection.execute(statement, values)

        self.attempt(run)


def _is_new(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == 0)


def _refuse_ended(connection: sqlite3.Connection, session: str) -> None:
    row = connection.execute("SELECT since FROM ended WHERE session = ?", (session,)).fetchone()
    if row is not None:
        raise SessionEndedError(row["since"])
