"""Entries in Redis, on flask-caching's Redis back end, for several machines together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_caching.backends import RedisCache
from redis.exceptions import LockError

from dashapp.session.errors import StoreUnavailableError
from dashapp.session.redis_client import PREFIX, Link
from dashapp.session.seal import PlainBytes

# A lock is let go of after this time if its holder was killed, in seconds.
LOCK_SECONDS = 120.0
# How long the sum over all sessions may be reused, in seconds.
TOTAL_SECONDS = 10.0


class _Backend(RedisCache):
    """flask-caching's Redis with bytes as they are."""

    serializer = PlainBytes()  # type: ignore[assignment]  # duck-typed by cachelib


class RedisEntries:
    """Entries in Redis; see :class:`dashapp.session.entries.Entries`.

    Beside the entries, ``index:<session>`` holds the size of each by name, ``sizes`` the sum of
    each session and ``written`` the time of its last write. The index is written before the
    entry, so no entry is ever out of reach of ``delete_session``.

    Parameters
    ----------
    url : str
        ``redis://…``
    seconds : int
        Life of the index of a session after its last write.
    """

    def __init__(self, url: str, seconds: int) -> None:
        self._link = Link(url)
        self._redis: Any = self._link.redis
        self._seconds = seconds
        self._cache = _Backend(
            host=self._redis, default_timeout=seconds, key_prefix=f"{PREFIX}entry:"
        )
        self._total = (float("-inf"), 0)

    def set(self, session: str, name: str, entry: bytes, seconds: int) -> None:
        """Write index and entry."""
        with self._link.errors():
            index = self._index(session)
            before = int(self._redis.hget(index, name) or 0)
            with self._redis.pipeline() as batch:
                batch.hset(index, name, len(entry))
                batch.expire(index, max(self._seconds, seconds))
                batch.hincrby(f"{PREFIX}sizes", session, len(entry) - before)
                batch.zadd(f"{PREFIX}written", {session: time.time()})
                batch.execute()
            if not self._cache.set(name, entry, timeout=max(1, seconds)):
                raise StoreUnavailableError

    def get(self, name: str) -> bytes | None:
        """Read an entry."""
        with self._link.errors():
            return cast("bytes | None", self._cache.get(name))

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries and what the index says of them."""
        with self._link.errors():
            for name in names:
                size = int(self._redis.hget(self._index(session), name) or 0)
                with self._together() as batch:
                    batch.unlink(f"{PREFIX}entry:{name}")
                    batch.hdel(self._index(session), name)
                    batch.hincrby(f"{PREFIX}sizes", session, -size)
                    batch.execute()

    def delete_session(self, session: str) -> None:
        """Remove everything that the index names, then the index."""
        with self._link.errors():
            names = [name.decode() for name in self._redis.hkeys(self._index(session))]
            with self._together() as batch:
                for name in names:
                    batch.unlink(f"{PREFIX}entry:{name}")
                batch.delete(self._index(session))
                batch.hdel(f"{PREFIX}sizes", session)
                batch.zrem(f"{PREFIX}written", session)
                batch.execute()

    def used(self, session: str) -> int:
        """Bytes of a session."""
        with self._link.errors():
            return int(self._redis.hget(f"{PREFIX}sizes", session) or 0)

    def total(self) -> int:
        """Bytes of all sessions, added up at most every ten seconds."""
        counted, total = self._total
        if time.monotonic() - counted > TOTAL_SECONDS:
            with self._link.errors():
                total = sum(map(int, self._redis.hvals(f"{PREFIX}sizes")))
            self._total = (time.monotonic(), total)
        return total

    def sessions(self) -> list[tuple[str, float]]:
        """Sessions with the time of their last write."""
        with self._link.errors():
            rows = self._redis.zrange(f"{PREFIX}written", 0, -1, withscores=True)
        return [(session.decode(), float(written)) for session, written in rows]

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock in Redis; others wait up to its longest life."""
        lock = self._redis.lock(
            f"{PREFIX}lock:{name}", timeout=LOCK_SECONDS, blocking_timeout=LOCK_SECONDS, sleep=0.02
        )
        with self._link.errors():
            if not lock.acquire():
                raise StoreUnavailableError
        try:
            yield
        finally:
            try:
                with self._link.errors():
                    lock.release()
            except (LockError, StoreUnavailableError):
                # Held for longer than its life, or Redis went away: it lapses by itself.
                pass

    def sweep(self) -> int:
        """Forget sessions whose entries Redis has let expire."""
        removed = 0
        for session, _ in self.sessions():
            with self._link.errors():
                gone = not self._redis.exists(self._index(session))
            if gone:
                self.delete_session(session)
                removed += 1
        return removed

    def check(self) -> None:
        """Write something and remove it."""
        with self._link.errors():
            self._redis.set(f"{PREFIX}check", b"1", ex=60)

    def _together(self) -> Any:
        """Commands in one go, but not as a transaction: a full Redis would refuse to queue it."""
        return self._redis.pipeline(transaction=False)

    def _index(self, session: str) -> str:
        return f"{PREFIX}index:{session}"
