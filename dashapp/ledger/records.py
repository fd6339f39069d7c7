"""The small durable records of a session: its items and its jobs."""

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
# Kinds of jobs that may take minutes; all others read one file and are over in seconds. Each sort
# waits in a row of its own, so that many trainings keep nobody from looking at a file.
LONG = frozenset({"train", "score", "survey", "write", "large_export"})
# Kinds that may take as long as a training: files are written at the pace that others leave.
PATIENT = LONG | {"export"}
# A name that was used once stays used for this much longer: clocks are set forward and back.
CLOCK_SECONDS = 86_400
# Who asks for several things at once lets so many others go first, for each that is under way.
PLACES_BACK = 10


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a session has: a data set, a model, a scored file.

    Attributes
    ----------
    id
        Content id of the stored value.
    kind
        A :class:`~dashapp.storage.keys.Kind`.
    name
        What the user calls it.
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
        Which job, whose, and of what kind.
    request
        What is asked, as plain JSON.
    state
        ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
    progress
        How far, 0 to 1.
    message
        The stage in words.
    result, error
        The outcome: plain JSON when done, a sentence when failed.
    created, finished
        Unix times in seconds; ``finished`` is None while active.
    attempts
        How often a worker has begun it; also tells a late worker that the job is no longer its.
    worker, lease
        Who runs it, and the Unix time until which it counts as alive.
    client
        Hash of the user, or of the network, that asked for it; empty where nobody did.
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
        """Whether it still waits or runs."""
        return self.state in ACTIVE

    @property
    def long(self) -> bool:
        """Whether it waits among those that may take minutes."""
        return self.kind in LONG

    @property
    def signature(self) -> str:
        """The same for the same request; see :func:`signature_of`."""
        return signature_of(self.kind, self.request)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs may be active.

    Attributes
    ----------
    per_session
        Jobs of one session that may wait or run.
    waiting
        Jobs of all sessions that may wait in one row; see :data:`LONG`.
    per_client
        Those of one client among them.
    """

    per_session: int = 1_000_000
    waiting: int = 1_000_000
    per_client: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Ahead:
    """Jobs that wait in the same row as another, before it.

    Attributes
    ----------
    count
        How many.
    since
        When the first of them was asked for, as Unix time; None where there is none.
    """

    count: int
    since: float | None


def signature_of(kind: str, request: Mapping[str, Any]) -> str:
    """Equal requests have equal signatures.

    Examples
    --------
    >>> signature_of("train", {"a": 1, "b": 2}) == signature_of("train", {"b": 2, "a": 1})
    True
    """
    text = json.dumps([kind, request], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def readable(rows: Iterable[Row], decode: Callable[[Row], Record | None]) -> tuple[Record, ...]:
    """The records that rows hold; a damaged row counts as missing, with a line in the log.

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
