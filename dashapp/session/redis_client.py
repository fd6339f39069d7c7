"""One way to talk to Redis: short timeouts, and its errors turned into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashapp.session.errors import StoreUnavailableError

# Part of every name, so that the portal can share a Redis with others.
PREFIX = "segmentation-portal:v1:"
# A frozen server is told to the user within two seconds: one to connect, one to wait.
TIMEOUT_SECONDS = 1.0
# Errors that mean that Redis cannot do it now; anything else is a defect of ours.
NO_ANSWER = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
)


def connect(url: str) -> redis.Redis:
    """A client with its own pool of connections.

    A connection that broke while it lay idle, for example in a restart of Redis, is replaced
    once; a command that timed out is not tried again, since the user waits.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,)),
    )


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors of Redis into :class:`StoreUnavailableError`.

    A full Redis is one of them: its operator has to make room, users can only wait.
    """
    try:
        yield
    except NO_ANSWER as error:
        raise StoreUnavailableError from error
    except redis.exceptions.ResponseError as error:
        if str(error).startswith(("OOM", "MISCONF", "LOADING", "READONLY")):
            raise StoreUnavailableError from error
        raise
