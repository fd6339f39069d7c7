"""A SQLite file shared by the threads and processes of one machine."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog

from dashapp.storage.disk_reserve import Reserve
from dashapp.storage.errors import DamagedError, QuotaExceededError, StoreUnavailableError

logger = structlog.get_logger(__name__)

# How long a writer waits for another, in seconds; transactions take well under 10 ms.
BUSY_SECONDS = 5.0
# SQLite's primary result codes for a full disk or a file that does not respond.
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
NO_FILE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
NO_ANSWER = NO_FILE | {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
# Seconds between integrity checks of the whole file.
CHECK_SECONDS = 60.0

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
    lease REAL NOT NULL, client TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS jobs_of_session ON jobs (session, signature);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS workers (id TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits (
    name TEXT NOT NULL, window INTEGER NOT NULL, count INTEGER NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (name, window)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended (
    session TEXT PRIMARY KEY, since REAL NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
"""


class SqliteDatabase:
    """Connections and transactions of a SQLite file.

    Write-ahead logging lets readers continue while one process writes. Every commit reaches the
    disk before it returns (``synchronous=FULL``), because acknowledged data must survive a power
    cut.

    Parameters
    ----------
    path : Path
        The database file; its folder exists and is private.
    schema : str
        Statements that create its tables.
    durable : bool
        Whether commits wait for the disk; if not, they take a hundredth of the time.

    Raises
    ------
    DamagedError
        If the file is not a database; all methods raise it once they find damage.
    """

    def __init__(self, path: Path, schema: str = SCHEMA, *, durable: bool = True) -> None:
        self._path = path
        self._schema = schema
        self._durable = durable
        self._idle: list[tuple[sqlite3.Connection, int]] = []
        self._damaged = False
        self._next_check = 0.0
        with self.errors(), self.connection():
            pass

    def read(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self.errors(), self.connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction that takes the write lock first, so that its reads stay valid."""
        with self.errors(), self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # Aborted by the caller, or by a disk without room for the commit.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def check(self) -> None:
        """Check that the database responds and, now and then, its integrity.

        Raises
        ------
        DamagedError
            If the file is damaged, until it is repaired.
        """
        self.read("SELECT 1")
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            self.verify()
        elif self._damaged:
            raise DamagedError(self._path)

    def verify(self) -> None:
        """Check the integrity of the whole file; 100 MB take a third of a second.

        Raises
        ------
        DamagedError
            If a page of the file is damaged.
        """
        if self.read("PRAGMA quick_check(1)")[0][0] != "ok":
            self._note_damage()
            raise DamagedError(self._path)
        self._damaged = False

    def compact(self) -> None:
        """Move the write-ahead log into the database, so that no deleted data remain in it."""
        with self.errors(), self.connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close idle connections."""
        while self._idle:
            self._idle.pop()[0].close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for exclusive use; the most recently used one comes first.

        The pool grows to the largest number in use at once, far fewer than the threads: each
        connection takes some hundred kilobytes.
        """
        connection, inode = self._take()
        broken = False
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            broken = is_damage(error)
            raise
        finally:
            if broken:
                connection.close()
            else:
                self._idle.append((connection, inode))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Translate disk errors and timeouts into store errors; our own bugs pass unchanged."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                self._note_damage()
                raise DamagedError(self._path) from error
            code = primary_code(error)
            if code in NO_ROOM:
                raise QuotaExceededError from error
            if code in NO_ANSWER:
                raise StoreUnavailableError from error
            raise

    def _note_damage(self) -> None:
        """Log damage once, however often it is found."""
        if not self._damaged:
            logger.error("database_damaged", file=self._path.name)
        self._damaged = True

    def _take(self) -> tuple[sqlite3.Connection, int]:
        """Return an idle connection to the file now in place, which may have been restored."""
        inode = inode_of(self._path)
        while self._idle:
            try:
                connection, opened = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if opened == inode:
                return connection, inode
            connection.close()
        connection = self._open()
        return connection, inode_of(self._path)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            if primary_code(error) not in NO_ROOM | NO_FILE:
                raise
            # A full disk has no room even for the files of a connection.
            Reserve(self._path.parent).release()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        with suppress(OSError):  # SQLite reports the reason
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            keep_log(connection)
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
            # The system caches the pages anyway: 256 kB.
            connection.execute("PRAGMA cache_size = -256")
            # Deleted data must not remain on the disk.
            connection.execute("PRAGMA secure_delete = ON")
            self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        """Create the tables that a new or older file lacks."""
        for statement in self._schema.split(";"):
            connection.execute(statement)


T = TypeVar("T")


class DisposableDatabase(SqliteDatabase):
    """A database that starts afresh when its file is damaged; its contents are expendable.

    Parameters
    ----------
    path, schema
        As for :class:`SqliteDatabase`. Commits do not wait for the disk.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._lock_path = path.with_name(f"{path.name}.lock")
        try:
            super().__init__(path, schema, durable=False)
        except DamagedError:
            self._set_aside()
            super().__init__(path, schema, durable=False)

    def attempt(self, work: Callable[[], T]) -> T:
        """Run an operation, and retry it once with a new file if this one is damaged."""
        try:
            return work()
        except DamagedError:
            self._set_aside()
            return work()

    def compact(self) -> None:
        """Move the write-ahead log into the database."""
        self.attempt(super().compact)

    def _set_aside(self) -> None:
        """Rename the damaged file, unless another process has already done so."""
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self.close()
            try:
                self.verify()
            except DamagedError:
                self.close()
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
                for end in ("-wal", "-shm"):
                    self._path.with_name(f"{self._path.name}{end}").unlink(missing_ok=True)
                logger.warning("database_set_aside", file=self._path.name)
                self._damaged = False
        finally:
            os.close(descriptor)


def keep_log(connection: sqlite3.Connection) -> None:
    """Enable write-ahead logging; retry while another process creates the file."""
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


def primary_code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code, or None for an error of Python's own."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether an error means a damaged file; invalid UTF-8 text has no result code."""
    code = primary_code(error)
    return code in DAMAGED or (code is None and isinstance(error, sqlite3.OperationalError))


def inode_of(path: Path) -> int:
    """Return the inode of a file, or 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
