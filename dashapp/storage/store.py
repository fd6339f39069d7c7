"""Store the values of each session: bytes under typed keys."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator

import structlog

from dashapp.settings.portal_settings import Settings
from dashapp.storage.backend import Entries, Quota
from dashapp.storage.errors import (
    QuotaExceededError,
    SessionExpiredError,
    StoreError,
    StoreUnavailableError,
)
from dashapp.storage.keys import LIFETIMES, SHARED, SHARED_SECONDS, Key, Kind, check_session
from dashapp.storage.secret_key import derived_key
from dashapp.storage.signing import Seal
from dashapp.telemetry import metrics

__all__ = [
    "QuotaExceededError",
    "SessionExpiredError",
    "SessionStore",
    "StoreError",
    "StoreUnavailableError",
    "open_store",
]

logger = structlog.get_logger(__name__)

# Larger values are stored in chunks: memory use stays flat while a file of 200 MB passes through,
# and each Redis command stays short enough for its timeout.
CHUNK_BYTES = 4 * 1024 * 1024
MEGABYTE = 1024 * 1024
# Web workers stream files to many users at once and hold a chunk or two of each in memory.
PIECE_BYTES = {Kind.EXPORT: 512 * 1024}
VALUE, PIECES = b"V", b"P"


class SessionStore:
    """Immutable values of sessions, in files or in Redis.

    A value is signed together with its full name; a request from another session or for a changed
    entry only finds that the value does not exist.

    Parameters
    ----------
    entries : Entries
        The backend.
    seal : Seal
        Signs entries.
    seconds : int
        Lifetime of a value, positive.
    quota : Quota
        Limits for one session, for all sessions of one client, and for all together.
    """

    def __init__(
        self,
        entries: Entries,
        seal: Seal,
        *,
        seconds: int,
        quota: Quota,
    ) -> None:
        if seconds <= 0:
            raise ValueError("values need a positive life")
        self._entries = entries
        self._seal = seal
        self._seconds = seconds
        self._quota = quota

    def put(self, key: Key, data: bytes) -> None:
        """Store a value durably: after this returns, it survives a crash of any process.

        Raises
        ------
        QuotaExceededError
            If the session, its client, the portal or the disk is full.
        SessionEndedError
            If the session was deleted, even during the write.
        StoreUnavailableError
            If the backend does not respond.
        """
        if len(data) > CHUNK_BYTES:
            self.put_stream(key, _slices(data))
            return
        self._set(key, key.name, VALUE + data)

    def put_stream(self, key: Key, chunks: Iterable[bytes]) -> int:
        """Store a value that arrives in chunks, holding one chunk in memory.

        Parameters
        ----------
        chunks
            Chunks of any size; if the iteration fails, nothing is stored.

        Returns
        -------
        int
            Number of bytes stored.
        """
        generation = secrets.token_hex(8)
        written: list[str] = []
        size = 0
        try:
            for piece in _regrouped(chunks, PIECE_BYTES.get(key.kind, CHUNK_BYTES)):
                name = f"{key.name}#{generation}#{len(written)}"
                written.append(name)
                self._set(key, name, VALUE + piece)
                size += len(piece)
            manifest = {"generation": generation, "pieces": len(written), "size": size}
            self._set(key, key.name, PIECES + json.dumps(manifest).encode())
        except BaseException:
            self._discard(key.session, written)
            raise
        return size

    def get(self, key: Key) -> bytes:
        """Return a value.

        Raises
        ------
        SessionExpiredError
            If the value is missing, expired or damaged.
        StoreUnavailableError
            If the backend does not respond.
        """
        return b"".join(self.open_stream(key))

    def open_stream(self, key: Key) -> Iterator[bytes]:
        """Return a value in chunks, each verified before it is yielded."""
        head = self._load(key, key.name)
        if head.startswith(VALUE):
            yield head[1:]
            return
        for name in _piece_names(key, head):
            yield self._load(key, name)[1:]

    def get_or_compute(self, key: Key, compute: Callable[[], bytes]) -> bytes:
        """Return a value; if several callers ask for it at once, only one computes it.

        Callers in other threads and processes wait for that one.
        """
        try:
            return self.get(key)
        except SessionExpiredError:
            pass
        with self._entries.lock(key.name):
            try:
                return self.get(key)
            except SessionExpiredError:
                data = compute()
                self.put(key, data)
                return data

    def delete(self, key: Key) -> None:
        """Remove a value; a missing one is ignored."""
        entry = self._entries.get(key.name)
        head = None if entry is None else self._seal.open(key.name, entry)
        pieces = _piece_names(key, head) if head and head.startswith(PIECES) else []
        self._entries.delete(key.session, [key.name, *pieces])

    def delete_session(self, session: str) -> None:
        """Remove all values of a session for good and refuse later writes."""
        with metrics.stored("delete"):
            self._entries.delete_session(check_session(session), self._seconds)

    def delete_leftovers(self, session: str) -> None:
        """Remove all values of a session that may continue."""
        self._entries.delete_session(check_session(session), 0)

    def assign(self, session: str, client: str) -> None:
        """Record which client owns a session: its values count toward the client's quota."""
        self._entries.assign(check_session(session), client)

    def client_of(self, session: str) -> str:
        """Return the client that owns a session, or an empty string if unknown."""
        return self._entries.client_of(session)

    def sessions(self) -> list[tuple[str, float]]:
        """Return the sessions that have values, each with the Unix time of its last write."""
        return self._entries.sessions()

    def sweep(self) -> int:
        """Remove expired values and leftovers of killed writers; return their number."""
        return self._entries.sweep()

    def check(self) -> None:
        """Check that values can be written.

        Raises
        ------
        StoreError
            If they cannot be written.
        """
        self._entries.check()

    def _set(self, key: Key, name: str, payload: bytes) -> None:
        with metrics.stored("write"):
            seconds = SHARED_SECONDS if key.session == SHARED else self._seconds
            seconds = min(seconds, LIFETIMES.get(key.kind, seconds))
            entry = self._seal.close(name, payload)
            self._entries.set(key.session, name, entry, seconds, self._quota)

    def _load(self, key: Key, name: str) -> bytes:
        with metrics.stored("read"):
            entry = self._entries.get(name)
        if entry is None:
            raise SessionExpiredError
        payload = self._seal.open(name, entry)
        if payload is None:
            logger.warning("entry_damaged", session=key.session, kind=key.kind, id=key.id)
            raise SessionExpiredError
        return payload

    def _discard(self, session: str, names: list[str]) -> None:
        """Remove the chunks of an incomplete value."""
        try:
            self._entries.delete(session, names)
        except StoreError:
            logger.warning("pieces_left_behind", session=session, count=len(names))


def open_store(settings: Settings) -> SessionStore:
    """Return the configured store: Redis if a URL is set, otherwise files."""
    entries: Entries
    if settings.redis_url is not None:
        from dashapp.storage.redis_backend import RedisEntries

        entries = RedisEntries(settings.redis_url.get_secret_value(), settings.absolute_seconds)
    else:
        from dashapp.storage.file_backend import FileEntries

        entries = FileEntries(settings.data_dir, settings.absolute_seconds)
    return SessionStore(
        entries,
        Seal(derived_key(settings, "store")),
        seconds=settings.absolute_seconds,
        quota=Quota(
            session=settings.session_quota_mb * MEGABYTE,
            client=settings.total_quota_mb * MEGABYTE * settings.client_share // 100,
            total=settings.total_quota_mb * MEGABYTE,
        ),
    )


def _piece_names(key: Key, head: bytes) -> list[str]:
    manifest = json.loads(head[1:])
    return [f"{key.name}#{manifest['generation']}#{i}" for i in range(manifest["pieces"])]


def _slices(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK_BYTES):
        yield data[start : start + CHUNK_BYTES]


def _regrouped(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Return the same bytes in chunks of the stored size."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)
