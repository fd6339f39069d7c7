"""Entries in Redis, based on flask-caching's Redis backend, shared by several machines."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_caching.backends import RedisCache
from redis.exceptions import LockError

from dashapp.storage.backend import Quota
from dashapp.storage.errors import SessionEndedError, StoreUnavailableError
from dashapp.storage.redis_client import PREFIX, Link
from dashapp.storage.signing import PlainBytes

# A lock of a killed process expires after this many seconds.
LOCK_SECONDS = 120.0
# Scripts run atomically: two writers never reserve the same space, and nothing is written for a
# session that has ended. "sizes" holds the bytes of each session, "total" their sum, "owned" the
# sessions of a client that have entries.
NAMES = f"""
local P = '{PREFIX}'
local sizes, total = P .. 'sizes', P .. 'total'
local function change(session, growth)
    redis.call('HINCRBY', sizes, session, growth)
    redis.call('INCRBY', total, growth)
end
"""
SET = """
local session, name, entry, seconds, keep, now, of_session, of_client, of_all = unpack(ARGV)
local ended = redis.call('GET', P .. 'ended:' .. session)
if ended then return {'ended', ended} end
local index, client = P .. 'index:' .. session, redis.call('GET', P .. 'client:' .. session)
local growth = #entry - (redis.call('HGET', index, name) or 0)
local mine = (redis.call('HGET', sizes, session) or 0) + growth
local owned = 0
if client then
    owned = growth
    for _, other in ipairs(redis.call('SMEMBERS', P .. 'owned:' .. client)) do
        if redis.call('GET', P .. 'client:' .. other) == client then
            owned = owned + (redis.call('HGET', sizes, other) or 0)
        end
    end
    if redis.call('SISMEMBER', P .. 'owned:' .. client, session) == 0 then
        owned = owned + mine - growth
    end
end
local all = (redis.call('GET', total) or 0) + growth
if mine > tonumber(of_session) or owned > tonumber(of_client) or all > tonumber(of_all) then
    return {'full', tostring(mine), tostring(owned), tostring(all)}
end
redis.call('SET', P .. 'entry:' .. name, entry, 'EX', seconds)
redis.call('HSET', index, name, #entry)
redis.call('EXPIRE', index, keep)
change(session, growth)
redis.call('ZADD', P .. 'written', now, session)
if client then
    redis.call('SADD', P .. 'owned:' .. client, session)
    redis.call('EXPIRE', P .. 'owned:' .. client, keep)
    redis.call('EXPIRE', P .. 'client:' .. session, keep)
end
return {'kept'}
"""
# Removals come first: a full Redis lets a script continue once it has started to write.
DELETE = """
local session, names = ARGV[1], cjson.decode(ARGV[2])
for _, name in ipairs(names) do
    redis.call('UNLINK', P .. 'entry:' .. name)
    local size = redis.call('HGET', P .. 'index:' .. session, name)
    if size then
        redis.call('HDEL', P .. 'index:' .. session, name)
        change(session, -size)
    end
end
redis.call('INCR', P .. 'deletions')
"""
DELETE_SESSION = """
local session, now, seconds = unpack(ARGV)
local index = P .. 'index:' .. session
for _, name in ipairs(redis.call('HKEYS', index)) do
    redis.call('UNLINK', P .. 'entry:' .. name)
end
redis.call('DEL', index)
local client = redis.call('GET', P .. 'client:' .. session)
if client then redis.call('SREM', P .. 'owned:' .. client, session) end
redis.call('DEL', P .. 'client:' .. session)
redis.call('DECRBY', total, redis.call('HGET', sizes, session) or 0)
redis.call('HDEL', sizes, session)
redis.call('ZREM', P .. 'written', session)
if tonumber(seconds) > 0 then
    redis.call('SET', P .. 'ended:' .. session, now, 'NX', 'EX', seconds)
end
redis.call('INCR', P .. 'deletions')
"""
RECOUNT = """
local all = 0
for _, size in ipairs(redis.call('HVALS', sizes)) do all = all + size end
redis.call('SET', total, all)
"""


class _Backend(RedisCache):
    """flask-caching's Redis backend, storing bytes unchanged."""

    serializer = PlainBytes()  # type: ignore[assignment]  # duck-typed by cachelib


class RedisEntries:
    """Entries in Redis; see :class:`dashapp.storage.backend.Entries`.

    In addition to the entries, ``index:<session>`` holds the size of each entry by name, ``sizes``
    the sum for each session, and ``written`` the time of its last write. All are written
    atomically, so ``delete_session`` always finds every entry.

    Parameters
    ----------
    url : str
        ``redis://…``
    seconds : int
        Lifetime of a session's index after its last write.
    """

    def __init__(self, url: str, seconds: int) -> None:
        self._link = Link(url)
        self._redis: Any = self._link.redis
        self._seconds = seconds
        self._cache = _Backend(
            host=self._redis, default_timeout=seconds, key_prefix=f"{PREFIX}entry:"
        )

    def set(self, session: str, name: str, entry: bytes, seconds: int, quota: Quota) -> None:
        """Write an entry."""
        answer, *facts = self._run(
            SET, session, name, entry, max(1, seconds), max(self._seconds, seconds), time.time(),
            quota.session, quota.client, quota.total,
        )  # fmt: skip
        if answer == b"ended":
            raise SessionEndedError(float(facts[0]))
        if answer == b"full":
            quota.check(*(int(float(fact)) for fact in facts))

    def get(self, name: str) -> bytes | None:
        """Read an entry."""
        with self._link.errors():
            return cast("bytes | None", self._cache.get(name))

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries and their index records."""
        self._run(DELETE, session, json.dumps(list(names)))

    def delete_session(self, session: str, refuse_seconds: float) -> None:
        """Remove all entries in the session's index, then the index."""
        self._run(DELETE_SESSION, session, time.time(), max(0, math.ceil(refuse_seconds)))

    def assign(self, session: str, client: str) -> None:
        """Record which client owns a session."""
        with self._link.errors():
            self._redis.set(f"{PREFIX}client:{session}", client, ex=self._seconds)

    def client_of(self, session: str) -> str:
        """Return the client that owns a session."""
        with self._link.errors():
            return (self._redis.get(f"{PREFIX}client:{session}") or b"").decode()

    def used(self, session: str) -> int:
        """Return the number of bytes a session uses."""
        with self._link.errors():
            return int(self._redis.hget(f"{PREFIX}sizes", session) or 0)

    def sessions(self) -> list[tuple[str, float]]:
        """Return the sessions, each with the time of its last write."""
        with self._link.errors():
            rows = self._redis.zrange(f"{PREFIX}written", 0, -1, withscores=True)
        return [(session.decode(), float(written)) for session, written in rows]

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock in Redis; other callers wait up to its maximum lifetime."""
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
                # The lock was held beyond its lifetime, or Redis went away: it expires by itself.
                pass

    def sweep(self) -> int:
        """Forget sessions whose entries have expired in Redis."""
        removed = 0
        for session, _ in self.sessions():
            with self._link.errors():
                gone = not self._redis.exists(self._index(session))
            if gone:
                self.delete_session(session, 0)
                removed += 1
        self._run(RECOUNT)
        return removed

    def check(self) -> None:
        """Check that a value can be written and removed."""
        with self._link.errors():
            self._redis.set(f"{PREFIX}check", b"1", ex=60)

    def _run(self, script: str, *values: object) -> Any:
        with self._link.errors():
            return self._redis.eval(NAMES + script, 0, *values)

    def _index(self, session: str) -> str:
        return f"{PREFIX}index:{session}"
