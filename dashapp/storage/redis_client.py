"""One way to talk to Redis: short timeouts, and its errors turned into ours."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashapp.storage.errors import StoreUnavailableError

logger = structlog.get_logger(__name__)

# Part of every name, so that the portal can share a Redis with others.
PREFIX = "segmentation-portal:v1:"
# A frozen server is told to the user within two seconds, the wait for a thread included.
TIMEOUT_SECONDS = 1.0
# After a wait in vain nobody else waits for so long: else each thread would hang on each command
# of a frozen server, and no request would be answered in time.
SILENT_SECONDS = 1.0
# Errors that mean that Redis cannot do it now; anything else is a defect of ours.
NO_ANSWER = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
)
# Beginnings of answers that mean the same.
NO_ROOM = frozenset({"OOM", "MISCONF", "LOADING", "READONLY"})


class Silence:
    """Remembers that a server did not answer in time, so that only one caller at a time waits.

    Parameters
    ----------
    seconds : float
        How long the others are turned away after a wait in vain.

    Examples
    --------
    >>> silence = Silence(60)
    >>> silence.lets_try(now=0)
    True
    >>> silence.begin(now=0)
    >>> silence.lets_try(now=59), silence.lets_try(now=61), silence.lets_try(now=62)
    (False, True, False)
    >>> silence.end()
    >>> silence.lets_try(now=63)
    True
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._lock = threading.Lock()

    def lets_try(self, now: float) -> bool:
        """Whether the caller may ask: always while the server answers, else now and then."""
        with self._lock:
            if self._until is None:
                return True
            if now < self._until:
                return False
            # This caller finds out; the others need not wait for what it finds.
            self._until = now + self._seconds + TIMEOUT_SECONDS
            return True

    def begin(self, now: float) -> None:
        """The server did not answer."""
        with self._lock:
            self._until = now + self._seconds

    def end(self) -> None:
        """The server answers."""
        if self._until is not None:
            with self._lock:
                self._until = None


class Link:
    """A client with its own pool of connections.

    A connection that broke while it lay idle, for example in a restart of Redis, is replaced
    once; a command that timed out is not tried again, since the user waits.

    Parameters
    ----------
    url : str
        ``redis://…``

    Attributes
    ----------
    redis
        The client; used within :meth:`errors` only.
    """

    def __init__(self, url: str) -> None:
        # Replies of redis-py's synchronous client are typed as "maybe awaitable".
        self.redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,)),
        )
        self._silence = _silence_of(url)
        # Sockets are closed with the link, in whatever order the garbage is collected.
        weakref.finalize(self, self.redis.connection_pool.disconnect)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn errors of Redis into :class:`StoreUnavailableError`.

        A full Redis is one of them: its operator has to make room, users can only wait. So are
        values that are not ours: the operator finds the line in the log.
        """
        if not self._silence.lets_try(time.monotonic()):
            raise StoreUnavailableError
        try:
            yield
        except redis.exceptions.TimeoutError as error:
            self._silence.begin(time.monotonic())
            raise StoreUnavailableError from error
        except NO_ANSWER as error:
            self._silence.end()
            raise StoreUnavailableError from error
        except redis.exceptions.ResponseError as error:
            self._silence.end()
            tell_damage(error)
            raise StoreUnavailableError from error
        except redis.exceptions.LockError:
            raise  # a ValueError as well
        except (ValueError, TypeError, LookupError) as error:
            tell_damage(error)
            raise StoreUnavailableError from error
        else:
            self._silence.end()


def tell_damage(error: Exception) -> None:
    """Write that Redis holds something else than we wrote: by its kind, not its value."""
    kind = str(error).split()[0] if isinstance(error, redis.exceptions.ResponseError) else ""
    if kind not in NO_ROOM:
        logger.warning("redis_damaged", reason=kind or type(error).__name__)


@lru_cache(maxsize=8)
def _silence_of(url: str) -> Silence:  # noqa: ARG001 - one for each address
    """What this process knows of the server at an address, whichever client found out."""
    return Silence(SILENT_SECONDS)
