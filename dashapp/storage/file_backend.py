"""Entries as files in the data folder, based on flask-caching's file backend.

cachelib's ``set`` neither syncs to disk nor cleans up after a full disk, and its single folder is
readable by others. This backend syncs, keeps one folder of mode 0700 per session, and raises
errors.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import structlog
from flask_caching.backends import FileSystemCache

from dashapp.storage.backend import Quota
from dashapp.storage.errors import (
    QuotaExceededError,
    SessionEndedError,
    StoreError,
    StoreUnavailableError,
)
from dashapp.storage.keys import HEX_ID
from dashapp.storage.secret_key import private_folder
from dashapp.storage.signing import PlainBytes
from dashapp.storage.sqlite_usage import SqliteUsage

logger = structlog.get_logger(__name__)

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
DRAFT = ".draft"
# A draft this old belongs to a killed writer: writing one chunk takes well under a minute.
DRAFT_SECONDS = 600
# Size of the expiry time that flask-caching writes before each entry.
HEAD_BYTES = 4


class _Backend(FileSystemCache):
    """flask-caching's files, in one private folder per session, written durably."""

    serializer = PlainBytes()  # type: ignore[assignment]  # duck-typed by cachelib

    def path_of(self, key: str) -> Path:
        """Return the path of an entry in its session's folder."""
        session = key.split(":")[1]
        return Path(self._path) / session / hashlib.sha256(key.encode()).hexdigest()

    def _get_filename(self, key: str) -> str:
        return str(self.path_of(key))

    def set(
        self,
        key: str,
        value: bytes,
        timeout: Any = None,
        mgmt_element: bool = False,  # noqa: ARG002, FBT - part of the signature we override
    ) -> bool:
        """Write and sync a draft, then rename it into place; raise errors, never hide them."""
        path = Path(self._get_filename(key))
        head = struct.pack("I", self._normalize_timeout(timeout))
        try:
            _write_durably(path, head, value)
        except FileNotFoundError:
            # The sweeper has just removed the session's empty folder.
            _write_durably(path, head, value)
        return True


class FileEntries:
    """Entries in files; see :class:`dashapp.storage.backend.Entries`.

    Parameters
    ----------
    data_dir : Path
        The private data folder.
    default_seconds : int
        Lifetime of an entry that does not set its own.
    """

    def __init__(self, data_dir: Path, default_seconds: int) -> None:
        private_folder(data_dir)
        self._root = private_folder(data_dir / "sessions")
        self._locks = private_folder(data_dir / "locks")
        self._cache = _Backend(str(self._root), threshold=0, default_timeout=default_seconds)
        self._usage = SqliteUsage(data_dir / "usage.sqlite3", self._count)

    def set(self, session: str, name: str, entry: bytes, seconds: int, quota: Quota) -> None:
        """Write an entry."""
        growth = HEAD_BYTES + len(entry) - _size(self._path(name))
        self._usage.reserve(session, growth, quota)
        try:
            with _plain_errors():
                self._cache.set(name, entry, timeout=max(1, seconds))
        except BaseException:
            self._release(session, growth)
            raise
        try:
            self._usage.refuse_ended(session)
        except SessionEndedError:
            # The session was deleted during the write: one of the two sees the other.
            self._remove_folder(session)
            raise

    def get(self, name: str) -> bytes | None:
        """Read an entry."""
        entry: bytes | None = self._cache.get(name)
        return entry

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries."""
        self._release(session, sum(_remove(self._path(name)) for name in names))

    def delete_session(self, session: str, refuse_seconds: float) -> None:
        """Remove a session's folder."""
        ended = refuse_seconds <= 0 or self._end(session, refuse_seconds)
        self._remove_folder(session)
        # On a full disk there is no room before this point.
        if not ended and not self._end(session, refuse_seconds):
            logger.warning("end_not_noted", session=session)
        with suppress(StoreError):
            self._usage.forget(session)

    def assign(self, session: str, client: str) -> None:
        """Record which client owns a session."""
        self._usage.assign(session, client)

    def client_of(self, session: str) -> str:
        """Return the client that owns a session."""
        return self._usage.client_of(session)

    def used(self, session: str) -> int:
        """Return the total size of a session's files."""
        return sum(_size(path) for path in _files(self._root / session))

    def sessions(self) -> list[tuple[str, float]]:
        """Return the sessions' folders, each with the time of its last change."""
        found = []
        for folder in _files(self._root):
            if HEX_ID.fullmatch(folder.name):
                with suppress(OSError):
                    found.append((folder.name, folder.stat().st_mtime))
        return found

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a file lock, which the system releases when the process dies."""
        path = self._locks / hashlib.sha256(name.encode()).hexdigest()
        descriptor = _locked_file(path)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
            os.close(descriptor)

    def sweep(self) -> int:
        """Remove expired entries, drafts of killed writers, and empty folders."""
        now = time.time()
        removed = 0
        folders = [self._root / session for session, _ in self.sessions()]
        for path in chain.from_iterable(map(_files, [self._root, *folders])):
            if _is_waste(path, now):
                with suppress(OSError):
                    path.unlink()
                    removed += 1
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()
        self._usage.recount(DRAFT_SECONDS, self.used)
        return removed

    def check(self) -> None:
        """Write a small file and remove it."""
        with _plain_errors():
            path = self._root / f"check.{secrets.token_hex(8)}{DRAFT}"
            try:
                path.write_bytes(b"check")
            finally:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._cache.path_of(name)

    def _count(self) -> dict[str, int]:
        return {session: self.used(session) for session, _ in self.sessions()}

    def _remove_folder(self, session: str) -> None:
        folder = self._root / session
        for path in _files(folder):
            path.unlink(missing_ok=True)
        # A new writer may just have arrived; it then removes what it wrote.
        with suppress(OSError):
            folder.rmdir()

    def _end(self, session: str, seconds: float) -> bool:
        try:
            self._usage.end(session, seconds)
        except StoreError:
            return False
        return True

    def _release(self, session: str, size: int) -> None:
        """Return space to the quota; if the disk is full, the next recount corrects the numbers."""
        with suppress(StoreError):
            self._usage.release(session, size)


def _write_durably(path: Path, *parts: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}{DRAFT}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Translate file system errors into store errors."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise QuotaExceededError from error
        raise StoreUnavailableError from error


def _sync_folder(folder: Path) -> None:
    """Sync a folder, so that a rename in it is durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _remove(path: Path) -> int:
    """Remove a file and return the bytes freed; of concurrent callers, only one counts them."""
    size = _size(path)
    try:
        path.unlink()
    except OSError:
        return 0
    return size


def _is_waste(path: Path, now: float) -> bool:
    """Whether a file is an expired entry or a draft of a killed writer."""
    try:
        if path.name.endswith(DRAFT):
            return now - path.stat().st_mtime > DRAFT_SECONDS
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return False
    return len(head) < 4 or struct.unpack("I", head)[0] < now


def _locked_file(path: Path) -> int:
    """Open and lock a file, and check that it is still in place after locking."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailableError from error
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        os.close(descriptor)
