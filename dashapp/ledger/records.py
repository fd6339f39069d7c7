"""Small durable records of a session: its items and its jobs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import structlog

logger = structlog.get_logger(__name__)

Row = TypeVar("Row")
Record = TypeVar("Record")

State = Literal["queued", "running", "done", "failed", "cancelled"]
ACTIVE: tuple[State, ...] = ("queued", "running")
# Kinds of jobs that may take minutes; all others read one file and finish in seconds. Each group
# has a queue of its own, so that many trainings do not delay reading a file.
LONG = frozenset({"train", "score", "survey", "write", "large_export"})
# Kinds that may take as long as a training: files are written as fast as other jobs allow.
PATIENT = LONG | {"export"}
# A used name stays used for this much longer, because clocks are set forward and back.
CLOCK_SECONDS = 86_400
# Fairness: places lost per active job of the same session.
PLACES_BACK = 10


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a session: a data set, a model, a scored file.

    Attributes
    ----------
    id
        Content id of the stored value.
    kind
        A :class:`~dashapp.storage.keys.Kind`.
    name
        Name for the user.
    info
        Small facts as plain JSON.
    created
        Unix time in seconds.
    """

    id: str
    kind: str
    name: str
    info: dict[str, Any]
    created: float


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of slow work, from request to result.

    Attributes
    ----------
    id, session, kind
        Id of the job, its session and its kind.
    request
        What to do, as plain JSON.
    state
        ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
    progress
        Progress from 0 to 1.
    message
        The current stage in words.
    result, error
        The outcome: plain JSON when done, a sentence when failed.
    created, finished
        Unix times in seconds; ``finished`` is None while active.
    attempts
        How often a worker has started it; also shows a late worker that it has lost the job.
    worker, lease
        The worker that runs it, and the Unix time when its lease expires.
    client
        Hash of the user or network that asked for it; empty if unknown.
    """

    id: str
    session: str
    kind: str
    request: dict[str, Any]
    state: State = "queued"
    progress: float = 0.0
    message: str = ""
    result: dict[str, Any] | None = None
    error: str | None = None
    created: float = 0.0
    finished: float | None = None
    attempts: int = 0
    worker: str = ""
    lease: float = 0.0
    client: str = ""

    @property
    def active(self) -> bool:
        """Whether the job is queued or running."""
        return self.state in ACTIVE

    @property
    def long(self) -> bool:
        """Whether the job is queued with those that may take minutes."""
        return self.kind in LONG

    @property
    def signature(self) -> str:
        """Signature that is equal for equal requests; see :func:`signature_of`."""
        return signature_of(self.kind, self.request)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the number of active jobs.

    Attributes
    ----------
    per_session
        Queued or running jobs of one session.
    waiting
        Jobs of all sessions waiting in one queue; see :data:`LONG`.
    per_client
        Jobs of one client among them.
    """

    per_session: int = 1_000_000
    waiting: int = 1_000_000
    per_client: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Ahead:
    """Jobs queued ahead of another in the same queue.

    Attributes
    ----------
    count
        Number of jobs.
    since
        Unix time at which the oldest of them was requested; None if there is none.
    """

    count: int
    since: float | None


def signature_of(kind: str, request: Mapping[str, Any]) -> str:
    """Return the signature of a request; equal requests have equal signatures.

    Examples
    --------
    >>> signature_of("train", {"a": 1, "b": 2}) == signature_of("train", {"b": 2, "a": 1})
    True
    """
    text = json.dumps([kind, request], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def readable(rows: Iterable[Row], decode: Callable[[Row], Record | None]) -> tuple[Record, ...]:
    """Return the records in the rows; a damaged row is logged and counts as missing.

    Examples
    --------
    >>> readable(["1", "2"], int)
    (1, 2)
    """
    found = []
    for row in rows:
        try:
            record = decode(row)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            logger.warning("record_damaged", reason=type(error).__name__)
        else:
            found += [] if record is None else [record]
    return tuple(found)
