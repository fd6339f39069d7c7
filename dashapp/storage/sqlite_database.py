"""One SQLite file, shared by the threads and processes of one machine."""

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

# How long a writer waits for another one, in seconds; transactions take well under 10 ms.
BUSY_SECONDS = 5.0
# Primary result codes of SQLite: nothing more fits, or the file does not answer.
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
NO_FILE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
NO_ANSWER = NO_FILE | {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
# How often the whole file is looked through, in seconds.
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

    Raises
    ------
    DamagedError
        If the file is no database; so do all methods once they meet damage.
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
        """All rows of a query."""
        with self.errors(), self.connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at once, so that reads in it stay true."""
        with self.errors(), self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # Broken off by the caller, or by a disk that had no room for the commit.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def check(self) -> None:
        """See that the database answers and, now and then, that it is whole.

        Raises
        ------
        DamagedError
            If it is not, until it is whole again.
        """
        self.read("SELECT 1")
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            self.verify()
        elif self._damaged:
            raise DamagedError(self._path)

    def verify(self) -> None:
        """Look through the whole file; 100 MB take a third of a second.

        Raises
        ------
        DamagedError
            If a page of it is damaged.
        """
        if self.read("PRAGMA quick_check(1)")[0][0] != "ok":
            self._note_damage()
            raise DamagedError(self._path)
        self._damaged = False

    def compact(self) -> None:
        """Move the log into the database, so that nothing deleted stays behind in it."""
        with self.errors(), self.connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        while self._idle:
            self._idle.pop()[0].close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that is nobody else's meanwhile; the last one used is used again first.

        There are as many as were ever in use at once, which is far fewer than there are threads:
        each takes some hundred kilobytes.
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
        """Turn errors of the disk and of waiting into ours; defects of ours pass as they are."""
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
        """Tell once in the log, whoever meets the damage how often."""
        if not self._damaged:
            logger.error("database_damaged", file=self._path.name)
        self._damaged = True

    def _take(self) -> tuple[sqlite3.Connection, int]:
        """An idle connection to the file that is in place now, which may have been restored."""
        inode = inode_of(self._path)
        while self._idle:
            try:
                connection, opened = self._idle.pop()
            except IndexError:  # another thread was faster
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
            # A full disk has no room even for the files that a connection needs.
            Reserve(self._path.parent).release()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        with suppress(OSError):  # SQLite tells why
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            keep_log(connection)
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
            # Pages are in the system's cache anyway: 256 kB.
            connection.execute("PRAGMA cache_size = -256")
            # What is deleted must not be found on disk afterwards.
            connection.execute("PRAGMA secure_delete = ON")
            self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        """Make the tables that a new file, or one of an older version, lacks."""
        for statement in self._schema.split(";"):
            connection.execute(statement)


T = TypeVar("T")


class DisposableDatabase(SqliteDatabase):
    """A database that begins anew when its file is damaged; nobody misses what it held.

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
        """Do what reads or writes; once more, with a new file, where this one is damaged."""
        try:
            return work()
        except DamagedError:
            self._set_aside()
            return work()

    def compact(self) -> None:
        """Move the log into the database."""
        self.attempt(super().compact)

    def _set_aside(self) -> None:
        """Rename the damaged file, unless another process has done so."""
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


def primary_code(error: sqlite3.Error) -> int | None:
    """SQLite's result code without its details; None where Python itself complains."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file cannot be understood; text that is not UTF-8 has no code of its own."""
    code = primary_code(error)
    return code in DAMAGED or (code is None and isinstance(error, sqlite3.OperationalError))


def inode_of(path: Path) -> int:
    """Which file is in place; 0 where none is."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
