"""Redis client with short timeouts that translates Redis errors into store errors."""

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

# Prefix of every name, so that the portal can share a Redis server with other applications.
PREFIX = "segmentation-portal:v1:"
# Users learn within two seconds that a server hangs, including the wait for a thread.
TIMEOUT_SECONDS = 1.0
# After one timeout, other callers fail at once for this long. Otherwise every thread would hang on
# each command to a hanging server, and no request would be answered in time.
SILENT_SECONDS = 1.0
# Errors that mean that Redis is unavailable; any other error is a bug of ours.
NO_ANSWER = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
)
# Prefixes of error replies with the same meaning.
NO_ROOM = frozenset({"OOM", "MISCONF", "LOADING", "READONLY"})


class Silence:
    """Circuit breaker: after a timeout, only one caller at a time tries the server.

    Parameters
    ----------
    seconds : float
        How long other callers are refused after a timeout.

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
        """Whether the caller may try: always while the server responds, otherwise now and then."""
        with self._lock:
            if self._until is None:
                return True
            if now < self._until:
                return False
            # This caller tries; the others do not wait for the outcome.
            self._until = now + self._seconds + TIMEOUT_SECONDS
            return True

    def begin(self, now: float) -> None:
        """Record that the server did not respond."""
        with self._lock:
            self._until = now + self._seconds

    def end(self) -> None:
        """Record that the server responds."""
        if self._until is not None:
            with self._lock:
                self._until = None


class Link:
    """A Redis client with its own connection pool.

    A connection that broke while idle, for example during a restart of Redis, is replaced once. A
    command that timed out is not retried, because the user is waiting.

    Parameters
    ----------
    url : str
        ``redis://…``

    Attributes
    ----------
    redis
        The client; use it only within :meth:`errors`.
    """

    def __init__(self, url: str) -> None:
        # redis-py types the replies of its synchronous client as "maybe awaitable".
        self.redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,)),
        )
        self._silence = _silence_of(url)
        # Close the sockets with the link, in whatever order objects are collected.
        weakref.finalize(self, self.redis.connection_pool.disconnect)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Translate Redis errors into :class:`StoreUnavailableError`.

        This includes a full Redis: its operator must make room, users can only wait. It also
        includes values that we did not write; the operator finds them in the log.
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
            raise  # also a ValueError
        except (ValueError, TypeError, LookupError) as error:
            tell_damage(error)
            raise StoreUnavailableError from error
        else:
            self._silence.end()


def tell_damage(error: Exception) -> None:
    """Log that Redis holds a value we did not write; log its type, not its content."""
    kind = str(error).split()[0] if isinstance(error, redis.exceptions.ResponseError) else ""
    if kind not in NO_ROOM:
        logger.warning("redis_damaged", reason=kind or type(error).__name__)


@lru_cache(maxsize=8)
def _silence_of(url: str) -> Silence:  # noqa: ARG001 - one for each address
    """Return the circuit breaker of an address, shared by all clients of this process."""
    return Silence(SILENT_SECONDS)
