"""The ledger in Redis: items, sessions, workers and counts in addition to jobs."""

from __future__ import annotations

import json
import time
from typing import Any

import redis

from dashapp.ledger.records import CLOCK_SECONDS, Item, Job, readable
from dashapp.ledger.redis_jobs import RedisJobs, check_refusal
from dashapp.storage.keys import SHARED, SHARED_SECONDS
from dashapp.storage.redis_client import PREFIX

# Deleted data must be gone within a minute; this leaves half of that time to Redis.
REWRITE_SECONDS = 30

ADD_ITEM = """
local session, kind, id, value, now, keep, job, attempts = unpack(ARGV)
if job ~= '' and not runs(job, attempts) then return '' end
local ended = redis.call('GET', P .. 'ended:' .. session)
if ended then return 'ended:' .. ended end
local number = redis.call('INCR', order)
local list = P .. 'items:' .. session .. ':' .. kind
redis.call('HSET', list .. ':values', id, value)
redis.call('ZADD', list, number, id)
redis.call('EXPIRE', list, keep)
redis.call('EXPIRE', list .. ':values', keep)
redis.call('SADD', P .. 'kinds:' .. session, kind)
redis.call('EXPIRE', P .. 'kinds:' .. session, keep)
redis.call('ZADD', P .. 'seen', 'NX', now, session)
redis.call('ZADD', P .. 'began', 'NX', now, session)
return 'noted'
"""
DELETE_SESSION = """
local session, now, keep = unpack(ARGV)
for _, id in ipairs(redis.call('ZRANGE', P .. 'jobs:' .. session, 0, -1)) do
    redis.call('ZREM', queued, id)
    redis.call('ZREM', running, id)
    redis.call('DEL', row(id))
end
for _, kind in ipairs(redis.call('SMEMBERS', P .. 'kinds:' .. session)) do
    local list = P .. 'items:' .. session .. ':' .. kind
    redis.call('DEL', list, list .. ':values')
end
redis.call('DEL', P .. 'jobs:' .. session, P .. 'signatures:' .. session, P .. 'kinds:' .. session)
redis.call('ZREM', P .. 'seen', session)
redis.call('ZREM', P .. 'began', session)
-- After the first removal: a full Redis lets a script go on that has begun to write.
redis.call('SET', P .. 'ended:' .. session, now, 'NX', 'EX', keep)
redis.call('INCR', P .. 'deletions')
return 1
"""


class RedisLedger(RedisJobs):
    """The whole ledger; see :class:`dashapp.ledger.ledger.Ledger`.

    Durability depends on Redis: with ``appendonly yes`` and ``appendfsync everysec``, a power cut
    loses at most the last second.
    """

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
        """Record an item, unless its job no longer runs."""
        now = time.time()
        value = json.dumps({"name": name, "info": info, "created": now})
        keep = SHARED_SECONDS if session == SHARED else self.keep_seconds
        answer = self.script(
            ADD_ITEM, session, str(kind), item_id, value, now, keep,
            job.id if job else "", job.attempts if job else "",
        ).decode()  # fmt: skip
        check_refusal(answer)
        return bool(answer)

    def items(self, session: str, kind: str) -> tuple[Item, ...]:
        """Return the items of one kind, newest first."""
        name = _list(session, kind)
        with self._link.errors():
            ids = self.redis.zrevrange(name, 0, -1)
            values = self.redis.hmget(f"{name}:values", ids) if ids else []
        pairs = zip(ids, values, strict=True)
        return readable(pairs, lambda pair: _item(kind, *pair))

    def item(self, session: str, kind: str, item_id: str) -> Item | None:
        """Return one item."""
        with self._link.errors():
            value = self.redis.hget(f"{_list(session, kind)}:values", item_id)
        found = readable([value], lambda text: _item(kind, item_id.encode(), text))
        return next(iter(found), None)

    def remove_item(self, session: str, kind: str, item_id: str) -> None:
        """Remove the record of an item."""
        name = _list(session, kind)
        with self._link.errors(), self.redis.pipeline() as batch:
            batch.zrem(name, item_id)
            batch.hdel(f"{name}:values", item_id)
            batch.execute()

    def beat(self, worker: str, seconds: float) -> None:
        """Record that a worker is alive."""
        now = self.now()
        with self._link.errors(), self.redis.pipeline() as batch:
            batch.zremrangebyscore(f"{PREFIX}workers", "-inf", now)
            if seconds > 0:
                batch.zadd(f"{PREFIX}workers", {worker: now + seconds})
            else:
                batch.zrem(f"{PREFIX}workers", worker)
            batch.execute()

    def workers(self) -> int:
        """Count the living workers."""
        now = self.now()
        with self._link.errors():
            return int(self.redis.zcount(f"{PREFIX}workers", now, "+inf"))

    def load(self) -> tuple[int, int]:
        """Count the waiting and the running jobs."""
        with self._link.errors(), self.redis.pipeline(transaction=False) as batch:
            batch.zcard(f"{PREFIX}queued")
            batch.zcard(f"{PREFIX}running")
            batch.zcount(f"{PREFIX}running", time.time(), "inf")
            queued, taken, running = map(int, batch.execute())
        return queued + taken - running, running

    def touch(self, session: str) -> None:
        """Record a visit."""
        with self._link.errors():
            self.redis.zadd(f"{PREFIX}seen", {session: time.time()}, xx=True)

    def knows(self, session: str) -> bool:
        """Whether a session has any record."""
        with self._link.errors():
            return self.redis.zscore(f"{PREFIX}began", session) is not None

    def ended_sessions(self, idle: float, absolute: float) -> tuple[str, ...]:
        """Return the sessions that are over."""
        now = time.time()
        with self._link.errors():
            unseen = self.redis.zrangebyscore(f"{PREFIX}seen", "-inf", f"({now - idle}")
            old = self.redis.zrangebyscore(f"{PREFIX}began", "-inf", f"({now - absolute}")
        return tuple(sorted({session.decode() for session in [*unseen, *old]}))

    def delete_session(self, session: str) -> None:
        """Remove all records of a session."""
        self.script(DELETE_SESSION, session, time.time(), self.keep_seconds)

    def hits(self, name: str, seconds: int) -> int:
        """Count one event."""
        key = f"{PREFIX}hits:{name}:{int(time.time() // seconds)}"
        with self._link.errors(), self.redis.pipeline() as batch:
            batch.incr(key)
            batch.expire(key, 2 * seconds)
            return int(batch.execute()[0])

    def first_use(self, name: str, seconds: int) -> bool:
        """Claim a name that is not in use."""
        with self._link.errors():
            keep = seconds + CLOCK_SECONDS
            return bool(self.redis.set(f"{PREFIX}used:{name}", b"1", nx=True, ex=keep))

    def check(self) -> None:
        """Check that Redis responds and that its records of waiting jobs are intact."""
        self.load()

    def verify(self) -> None:
        """Do the same as :meth:`check`: Redis checks its own files."""
        self.check()

    def compact(self) -> None:
        """Have Redis rewrite its files if they still contain deleted data.

        Its append-only file would keep every command until the file has doubled in size, and a
        snapshot until the next one. Only one machine asks for this, at most every
        :data:`REWRITE_SECONDS`.
        """
        with self._link.errors():
            deletions = int(self.redis.get(f"{PREFIX}deletions") or 0)
            files = self.redis.info("persistence")
            failed = files.get("aof_last_bgrewrite_status", "ok") != "ok"
            if files.get("aof_rewrite_in_progress") or not (deletions or failed):
                return
            if not self.redis.set(f"{PREFIX}rewriting", b"1", nx=True, ex=REWRITE_SECONDS):
                return
            if files.get("aof_enabled"):
                self.redis.bgrewriteaof()
            if self._snapshots():
                self.redis.execute_command("BGSAVE", "SCHEDULE")
            self.redis.decrby(f"{PREFIX}deletions", deletions)

    def _snapshots(self) -> bool:
        """Whether Redis writes snapshots; assume not if a hosted one does not say."""
        try:
            return bool(self.redis.config_get("save").get("save"))
        except redis.exceptions.ResponseError:
            return False

    def close(self) -> None:
        """Close idle connections."""
        self.redis.close()


def _list(session: str, kind: str) -> str:
    return f"{PREFIX}items:{session}:{kind}"


def _item(kind: str, item_id: bytes, value: bytes | None) -> Item | None:
    if value is None:
        return None
    record = json.loads(value)
    return Item(
        id=item_id.decode(),
        kind=str(kind),
        name=record["name"],
        info=record["info"],
        created=record["created"],
    )
