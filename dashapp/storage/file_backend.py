"""Entries as files below the data folder, on flask-caching's file back end.

cachelib's own ``set`` neither syncs to disk nor cleans up after a full disk, and its folder is
flat and open; this one syncs, keeps a folder of mode 0700 per session and tells what failed.
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
# A draft this old belongs to a writer that was killed: writing one chunk takes well under a minute.
DRAFT_SECONDS = 600
# What flask-caching writes before an entry: when it expires.
HEAD_BYTES = 4


class _Backend(FileSystemCache):
    """flask-caching's files, one private folder per session, written durably."""

    serializer = PlainBytes()  # type: ignore[assignment]  # duck-typed by cachelib

    def path_of(self, key: str) -> Path:
        """The file of an entry, in the folder of its session."""
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
        """Write, sync, and only then put in place; errors are raised, not swallowed."""
        path = Path(self._get_filename(key))
        head = struct.pack("I", self._normalize_timeout(timeout))
        try:
            _write_durably(path, head, value)
        except FileNotFoundError:
            # The sweeper took the session's empty folder away in this very moment.
            _write_durably(path, head, value)
        return True


class FileEntries:
    """Entries in files; see :class:`dashapp.storage.backend.Entries`.

    Parameters
    ----------
    data_dir : Path
        The private data folder.
    default_seconds : int
        Life of an entry without its own.
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
            # Deleted while this was written: one of both sees the other.
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
        # On a full disk there is room only now.
        if not ended and not self._end(session, refuse_seconds):
            logger.warning("end_not_noted", session=session)
        with suppress(StoreError):
            self._usage.forget(session)

    def assign(self, session: str, client: str) -> None:
        """Note whose a session is."""
        self._usage.assign(session, client)

    def client_of(self, session: str) -> str:
        """Whose a session is."""
        return self._usage.client_of(session)

    def used(self, session: str) -> int:
        """Bytes of the files of a session."""
        return sum(_size(path) for path in _files(self._root / session))

    def sessions(self) -> list[tuple[str, float]]:
        """Folders of sessions with the time of their last change."""
        found = []
        for folder in _files(self._root):
            if HEX_ID.fullmatch(folder.name):
                with suppress(OSError):
                    found.append((folder.name, folder.stat().st_mtime))
        return found

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock file; the system lets go of it when the process dies."""
        path = self._locks / hashlib.sha256(name.encode()).hexdigest()
        descriptor = _locked_file(path)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
            os.close(descriptor)

    def sweep(self) -> int:
        """Remove expired entries, drafts of killed writers and empty folders."""
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
        # A writer may have just come in, who then removes what it wrote.
        with suppress(OSError):
            folder.rmdir()

    def _end(self, session: str, seconds: float) -> bool:
        try:
            self._usage.end(session, seconds)
        except StoreError:
            return False
        return True

    def _release(self, session: str, size: int) -> None:
        """Give room back; on a full disk the next recount does."""
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
    """Turn errors of the file system into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise QuotaExceededError from error
        raise StoreUnavailableError from error


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
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
    """Remove a file; returns how many bytes that freed, for one of those who try at once."""
    size = _size(path)
    try:
        path.unlink()
    except OSError:
        return 0
    return size


def _is_waste(path: Path, now: float) -> bool:
    """Whether a file is an expired entry or a draft whose writer is gone."""
    try:
        if path.name.endswith(DRAFT):
            return now - path.stat().st_mtime > DRAFT_SECONDS
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return False
    return len(head) < 4 or struct.unpack("I", head)[0] < now


def _locked_file(path: Path) -> int:
    """Open and lock a file that is still in place once we hold it."""
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
