"""One SQLite file, shared by the threads and processes of one machine."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashapp.session.errors import QuotaExceededError, StoreUnavailableError

# How long a writer waits for another one, in seconds; transactions take well under 10 ms.
BUSY_SECONDS = 5.0
# Primary result codes of SQLite: nothing more fits, or the file does not answer.
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
NO_ANSWER = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, created REAL NOT NULL, seen REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    number INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, kind TEXT NOT NULL,
    id TEXT NOT NULL, name TEXT NOT NULL, info TEXT NOT NULL, created REAL NOT NULL,
    UNIQUE (session, kind, id) ON CONFLICT REPLACE
);
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL,
    kind TEXT NOT NULL, request TEXT NOT NULL, signature TEXT NOT NULL, state TEXT NOT NULL,
    progress REAL NOT NULL, message TEXT NOT NULL, result TEXT, error TEXT,
    created REAL NOT NULL, finished REAL, attempts INTEGER NOT NULL, worker TEXT NOT NULL,
    lease REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_of_session ON jobs (session, signature);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS workers (id TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits (
    name TEXT NOT NULL, window INTEGER NOT NULL, count INTEGER NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (name, window)
) WITHOUT ROWID;
"""


class SqliteDatabase:
    """Connections and transactions.

    Write-ahead logging lets readers go on while one writes, and every commit reaches the disk
    before it returns (``synchronous=FULL``), since what was acknowledged must survive a power cut.

    Parameters
    ----------
    path : Path
        The database file; its folder exists and is private.
    schema : str
        Statements that make its tables.
    durable : bool
        Whether commits wait for the disk; without, they take a hundredth of the time.
    """

    def __init__(self, path: Path, schema: str = SCHEMA, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable
        self._idle: list[sqlite3.Connection] = []
        with self.write() as connection:
            for statement in schema.split(";"):
                connection.execute(statement)

    def read(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with plain_errors(), self.connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at once, so that reads in it stay true."""
        with plain_errors(), self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # Broken off by the caller, or by a disk that had no room for the commit.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def check(self) -> None:
        """Ask for nothing."""
        self.read("SELECT 1")

    def compact(self) -> None:
        """Move the log into the database, so that nothing deleted stays behind in it."""
        with plain_errors(), self.connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that is nobody else's meanwhile; the last one used is used again first.

        There are as many as were ever in use at once, which is far fewer than there are threads:
        each takes some hundred kilobytes.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._opened()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        keep_log(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        # Pages are in the system's cache anyway: 256 kB.
        connection.execute("PRAGMA cache_size = -256")
        # What is deleted must not be found on disk afterwards.
        connection.execute("PRAGMA secure_delete = ON")
        return connection


def keep_log(connection: sqlite3.Connection) -> None:
    """Write ahead into a log; of a new file SQLite lets one do so, and does not wait for it."""
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors of the disk and of waiting into ours; defects of ours pass as they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code in NO_ROOM:
            raise QuotaExceededError from error
        if code in NO_ANSWER:
            raise StoreUnavailableError from error
        raise
