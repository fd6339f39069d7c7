"""Jobs in Redis: a hash per job, sets of queued and running jobs, changes as Lua scripts.

Redis runs a script atomically, like a transaction in SQLite.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from dashapp.ledger.ledger import ClientFullError, SessionFullError, WaitingRoomFullError
from dashapp.ledger.records import LONG, PLACES_BACK, Ahead, Job, Limits, readable
from dashapp.storage.errors import SessionEndedError
from dashapp.storage.redis_client import PREFIX, Link

# Names shared by all scripts. A job's hash has its fields as text; the sorted sets "queued" and
# "running" order job ids by arrival and by lease expiry.
NAMES = f"""
local P = '{PREFIX}'
local queued, running, order = P .. 'queued', P .. 'running', P .. 'order'
-- Redis's own clock: those of several machines may differ by more than a lease.
local moment = redis.call('TIME')
local clock = moment[1] + moment[2] / 1000000
local function row(id) return P .. 'job:' .. id end
local is_long = cjson.decode('{json.dumps(dict.fromkeys(sorted(LONG), 1))}')
-- Who waits in one of the two rows, in the order of arrival; up to an id, where one is given.
local function waiting(long, id)
    local found = {{}}
    for _, other in ipairs(redis.call('ZRANGE', queued, 0, -1)) do
        if other == id then break end
        local kind = redis.call('HGET', row(other), 'kind')
        if kind and (is_long[kind] ~= nil) == long then found[#found + 1] = other end
    end
    return found
end
local function runs(id, attempts)
    local found = redis.call('HMGET', row(id), 'state', 'attempts')
    return found[1] == 'running' and found[2] == attempts
end
"""
# KEYS are not declared: the portal's records are on a single Redis server, not a cluster.
LIMITS = """
local function refusal(session, client, long, per_session, per_client, most)
    local active, of_client = 0, 0
    for _, other in ipairs(redis.call('ZRANGE', P .. 'jobs:' .. session, 0, -1)) do
        local state = redis.call('HGET', row(other), 'state')
        if state == 'queued' or state == 'running' then active = active + 1 end
    end
    if active >= tonumber(per_session) then return 'session-full' end
    local found = waiting(long == '1')
    for _, other in ipairs(found) do
        if client ~= '' and redis.call('HGET', row(other), 'client') == client then
            of_client = of_client + 1
        end
    end
    if of_client >= tonumber(per_client) then return 'client-full' end
    if #found >= tonumber(most) then return 'waiting-full' end
    return ''
end
"""
ROOM = LIMITS + "return refusal(unpack(ARGV))"
ADD = (
    LIMITS
    + """
local session, client, long, per_session, per_client, most, id, signature, fields, now, keep
    = unpack(ARGV)
local by_signature = P .. 'signatures:' .. session
local equal = redis.call('HGET', by_signature, signature)
if equal then
    local state = redis.call('HGET', row(equal), 'state')
    if state == 'queued' or state == 'running' or state == 'done' then return equal end
end
local refused = refusal(session, client, long, per_session, per_client, most)
if refused ~= '' then return refused end
local ended = redis.call('GET', P .. 'ended:' .. session)
if ended then return 'ended:' .. ended end
local of_session = P .. 'jobs:' .. session
local number = redis.call('INCR', order)
redis.call('HSET', row(id), unpack(cjson.decode(fields)))
redis.call('HSET', row(id), 'number', number, 'signature', signature)
redis.call('EXPIRE', row(id), keep)
redis.call('ZADD', of_session, number, id)
redis.call('EXPIRE', of_session, keep)
redis.call('HSET', by_signature, signature, id)
redis.call('EXPIRE', by_signature, keep)
redis.call('ZADD', queued, number, id)
redis.call('ZADD', P .. 'seen', 'NX', now, session)
redis.call('ZADD', P .. 'began', 'NX', now, session)
return id
"""
)
CLAIM = f"""
local worker, seconds, without = unpack(ARGV)
local skipped = {{}}
for _, kind in ipairs(cjson.decode(without)) do skipped[kind] = true end
local lease = string.format('%.6f', clock + seconds)
local earlier = {{}}
for _, id in ipairs(redis.call('ZRANGE', running, 0, -1)) do
    local session = redis.call('HGET', row(id), 'session')
    if session then earlier[session] = (earlier[session] or 0) + 1 end
end
local best, place = nil, nil
for _, id in ipairs(redis.call('ZRANGE', queued, 0, -1)) do
    local session, kind, number = unpack(redis.call('HMGET', row(id), 'session', 'kind', 'number'))
    if not session then
        redis.call('ZREM', queued, id)
    else
        local own = tonumber(number) + {PLACES_BACK} * (earlier[session] or 0)
        if not skipped[kind] and (not best or own < place) then best, place = id, own end
        earlier[session] = (earlier[session] or 0) + 1
    end
end
if not best then return false end
redis.call('ZREM', queued, best)
redis.call('ZADD', running, lease, best)
redis.call('HINCRBY', row(best), 'attempts', 1)
redis.call('HSET', row(best), 'state', 'running', 'worker', worker, 'lease', lease,
    'progress', 0, 'message', '')
return best
"""
AHEAD = """
local id, long = unpack(ARGV)
local found = waiting(long == '1', id)
return {#found, found[1] and redis.call('HGET', row(found[1]), 'created')}
"""
RENEW = """
local id, attempts, seconds, progress, message = unpack(ARGV)
if not runs(id, attempts) then return 0 end
local lease = string.format('%.6f', clock + seconds)
redis.call('ZADD', running, lease, id)
redis.call('HSET', row(id), 'lease', lease, 'progress', progress, 'message', message)
return 1
"""
FINISH = """
local id, attempts, state, result, failure, now = unpack(ARGV)
if not runs(id, attempts) then return 0 end
redis.call('ZREM', running, id)
redis.call('HSET', row(id), 'state', state, 'finished', now)
if result ~= '' then redis.call('HSET', row(id), 'result', result) end
if failure ~= '' then redis.call('HSET', row(id), 'error', failure) end
if state == 'done' then redis.call('HSET', row(id), 'progress', 1) end
return 1
"""
RELEASE = """
local id, attempts, change = unpack(ARGV)
if not runs(id, attempts) then return 0 end
redis.call('ZREM', running, id)
redis.call('ZADD', queued, redis.call('HGET', row(id), 'number'), id)
redis.call('HINCRBY', row(id), 'attempts', change)
redis.call('HSET', row(id), 'state', 'queued', 'worker', '', 'progress', 0, 'message', '')
return 1
"""
CANCEL = """
local session, id, now = unpack(ARGV)
local found = redis.call('HMGET', row(id), 'session', 'state')
if found[1] ~= session or (found[2] ~= 'queued' and found[2] ~= 'running') then return 0 end
redis.call('ZREM', queued, id)
redis.call('ZREM', running, id)
redis.call('HSET', row(id), 'state', 'cancelled', 'finished', now)
return 1
"""


class RedisJobs:
    """Jobs; see :class:`dashapp.ledger.ledger.Ledger`.

    Parameters
    ----------
    url : str
        ``redis://…``
    keep_seconds : int
        Redis expires records after this time.
    """

    def __init__(self, url: str, *, keep_seconds: int) -> None:
        self._link = Link(url)
        self.redis: Any = self._link.redis
        self.keep_seconds = keep_seconds

    def script(self, text: str, *values: object) -> Any:
        """Run a script atomically."""
        with self._link.errors():
            return self.redis.eval(NAMES + text, 0, *values)

    def now(self) -> float:
        """Return the Unix time of Redis's clock, which all machines share."""
        with self._link.errors():
            seconds, microseconds = self.redis.time()
        return float(seconds) + float(microseconds) / 1e6

    def add_job(self, job: Job, limits: Limits) -> Job:
        """Queue a job, or return the one with the same request."""
        answer = self.script(
            ADD, *_asked(job, limits), job.id, job.signature, json.dumps(_fields(job)),
            time.time(), self.keep_seconds,
        ).decode()  # fmt: skip
        check_refusal(answer)
        return job if answer == job.id else self.job(answer) or job

    def expect_room(self, job: Job, limits: Limits) -> None:
        """Check that a new job fits into the queue."""
        check_refusal(self.script(ROOM, *_asked(job, limits)).decode())

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        with self._link.errors():
            row = self.redis.hgetall(f"{PREFIX}job:{job_id}")
        return next(iter(readable([row], _job)), None)

    def jobs(self, session: str) -> tuple[Job, ...]:
        """Return a session's jobs, newest first."""
        with self._link.errors():
            ids = self.redis.zrevrange(f"{PREFIX}jobs:{session}", 0, -1)
        return self._known(ids)

    def claim_job(self, worker: str, lease: float, without: Collection[str] = ()) -> Job | None:
        """Claim the next waiting job."""
        taken = self.script(CLAIM, worker, lease, json.dumps(list(without)))
        return None if taken is None else self.job(taken.decode())

    def ahead_of(self, job: Job) -> Ahead:
        """Count the jobs queued ahead of this one."""
        count, *since = self.script(AHEAD, job.id, int(job.long))
        return Ahead(count, float(since[0]) if since else None)

    def renew_job(self, job: Job, lease: float, progress: float, message: str) -> bool:
        """Extend the lease and record progress."""
        return bool(self.script(RENEW, job.id, job.attempts, lease, progress, message))

    def finish_job(
        self, job: Job, state: str, result: dict[str, Any] | None, error: str | None
    ) -> bool:
        """Finish a job."""
        text = "" if result is None else json.dumps(result)
        return bool(
            self.script(FINISH, job.id, job.attempts, state, text, error or "", time.time())
        )

    def release_job(self, job: Job, *, counts: bool) -> bool:
        """Return a job to the queue."""
        return bool(self.script(RELEASE, job.id, job.attempts, 0 if counts else -1))

    def cancel_job(self, session: str, job_id: str) -> bool:
        """Cancel an active job."""
        return bool(self.script(CANCEL, session, job_id, time.time()))

    def lost_jobs(self) -> tuple[Job, ...]:
        """Return the running jobs whose lease has expired."""
        now = self.now()
        with self._link.errors():
            ids = self.redis.zrangebyscore(f"{PREFIX}running", "-inf", f"({now}")
        found = self._known(ids)
        known = {job.id for job in found}
        for job_id in ids:
            if job_id.decode() not in known:
                # The job was deleted with its session while it ran.
                with self._link.errors():
                    self.redis.zrem(f"{PREFIX}running", job_id)
        return found

    def _known(self, ids: list[bytes]) -> tuple[Job, ...]:
        found = (self.job(job_id.decode()) for job_id in ids)
        return tuple(job for job in found if job is not None)


def _asked(job: Job, limits: Limits) -> tuple[str | int, ...]:
    """Return the arguments of a new job that the limits need."""
    return (
        job.session, job.client, int(job.long),
        limits.per_session, limits.per_client, limits.waiting,
    )  # fmt: skip


def check_refusal(answer: str) -> None:
    """Raise the error for a script's refusal, if it refused."""
    if answer.startswith("ended:"):
        raise SessionEndedError(float(answer.partition(":")[2]))
    refusals = {
        "session-full": SessionFullError,
        "client-full": ClientFullError,
        "waiting-full": WaitingRoomFullError,
    }
    if answer in refusals:
        raise refusals[answer]


def _fields(job: Job) -> list[str]:
    """Return a new job's fields as name, value, name, value; omit those that are None."""
    values = asdict(job) | {"request": json.dumps(job.request)}
    return [str(part) for name, value in values.items() if value is not None
            for part in (name, value)]  # fmt: skip


def _job(row: dict[bytes, bytes]) -> Job | None:
    # A hash without an id is the remainder of a late write to a deleted job.
    text = {name.decode(): value.decode() for name, value in row.items()}
    if "id" not in text:
        return None
    return Job(
        id=text["id"],
        session=text["session"],
        kind=text["kind"],
        request=json.loads(text["request"]),
        state=text["state"],  # type: ignore[arg-type]  # written by the scripts above
        progress=float(text["progress"]),
        message=text["message"],
        result=json.loads(text["result"]) if "result" in text else None,
        error=text.get("error"),
        created=float(text["created"]),
        finished=float(text["finished"]) if "finished" in text else None,
        attempts=int(text["attempts"]),
        worker=text["worker"],
        lease=float(text["lease"]),
        client=text.get("client", ""),
    )
