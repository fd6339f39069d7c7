"""What the server remembers of each session, as the services ask for it.

What the store holds never changes under its key, so a value that a process has decoded cannot go
stale; but each access asks the ledger first, so that what was deleted is gone for everybody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Timer
from time import monotonic
from typing import TypeVar

import pandas as pd

from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import Item, Ledger
from dashapp.ledger.lending import may_stay
from dashapp.malloc import trim
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import SessionExpiredError, SessionStore
from segmentation import Table

T = TypeVar("T")

# Decoded bytes that one process keeps: the tables, scores and models of some thirty people with
# 10,000 customers each. Reading and decoding one of those tables anew takes 10 ms.
DEFAULT_BYTES = 64 * 1024 * 1024
# What one person looks at is kept even where it is larger: a table, its model and its scores.
KEPT_ANYWAY = 3
# What nobody has asked for in so long leaves memory, in seconds.
IDLE_SECONDS = 60.0
# What a user calls the kinds of things.
WORDS = {
    Kind.DATASET: "data set",
    Kind.MODEL: "model",
    Kind.BATCH: "scored file",
    Kind.UPLOAD: "uploaded file",
}


@dataclass
class _Kept:
    """A decoded value, its size in bytes, and when it was last asked for."""

    value: object
    size: int
    asked: float


class DecodedCache:
    """A least-recently-used cache, bounded by the memory that its values take.

    What is not asked for leaves it after a while, and its memory goes back to the system.

    Parameters
    ----------
    limit : int
        Decoded bytes that stay at most, but for the last few values.
    idle : float
        Seconds after which a value that nobody asks for is dropped.
    """

    def __init__(self, limit: int = DEFAULT_BYTES, idle: float = IDLE_SECONDS) -> None:
        self._limit = limit
        self._idle = idle
        self._entries: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._timer: Timer | None = None

    def get(self, key: Key, read: Callable[[Key], bytes], decode: Callable[[bytes], T]) -> T:
        """The decoded value, read and decoded when this process does not hold it.

        Parameters
        ----------
        key
            Session, kind and content id.
        read
            Gives the stored bytes; its errors pass through.
        decode
            Turns bytes into the value.
        """
        with self._lock:
            kept = self._entries.get(key)
            if kept is not None:
                self._entries.move_to_end(key)
                kept.asked = monotonic()
                return kept.value  # type: ignore[return-value]
        data = read(key)
        value = decode(data)
        self._keep(key, value, size_of(value, len(data)))
        return value

    def forget(self, session: str) -> None:
        """Drop everything of one session."""
        with self._lock:
            self._drop([key for key in self._entries if key.session == session])

    def tidy(self) -> None:
        """Drop what nobody has asked for lately, and give free memory back."""
        with self._lock:
            old = monotonic() - self._idle
            self._drop([key for key, kept in self._entries.items() if kept.asked <= old])
            self._timer = None
            self._tidy_later()
        trim()

    def _keep(self, key: Key, value: object, size: int) -> None:
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = _Kept(value, size, monotonic())
            self._bytes += size
            while self._bytes > self._limit and len(self._entries) > KEPT_ANYWAY:
                self._drop([next(iter(self._entries))])
            self._tidy_later()

    def _drop(self, keys: list[Key]) -> None:
        for key in keys:
            self._bytes -= self._entries.pop(key).size

    def _tidy_later(self) -> None:
        """Have a timer while there is something to drop, and no longer."""
        if self._entries and self._timer is None:
            self._timer = Timer(self._idle / 2, self.tidy)
            self._timer.daemon = True
            self._timer.start()


def size_of(value: object, encoded: int) -> int:
    """Memory that a decoded value takes, in bytes; columns are counted, the rest is guessed.

    Examples
    --------
    >>> size_of(pd.DataFrame({"a": [1.0, 2.0]}), 8) >= 16
    True
    >>> size_of("a model", 7)
    70
    """
    frame = value.frame if isinstance(value, Table) else value
    if isinstance(frame, pd.DataFrame):
        return int(frame.memory_usage().sum())
    return 10 * encoded


@dataclass(frozen=True)
class Memory:
    """The server's memory of all sessions.

    Attributes
    ----------
    store
        Values under session, kind and content.
    ledger
        What each session has.
    jobs
        Work under way.
    decoded
        Values that this process has decoded lately.
    """

    store: SessionStore
    ledger: Ledger
    jobs: JobQueue
    decoded: DecodedCache = field(default_factory=DecodedCache)

    def item(self, session: str, kind: Kind, item_id: str) -> Item:
        """The ledger's line of something that a session has.

        Raises
        ------
        SessionExpiredError
            If the session has none such, be it expired, deleted or somebody else's.
        """
        item = self.find(session, kind, item_id)
        if item is None:
            raise SessionExpiredError(
                f"This {WORDS[kind]} is not in your session any more: it has expired or was "
                "deleted. Upload your file again."
            )
        return item

    def find(self, session: str, kind: Kind, item_id: str) -> Item | None:
        """The ledger's line of something that a session has, or None."""
        item = self.ledger.item(session, kind, item_id)
        # What was lent, or made from it, is gone as soon as its operator takes it back.
        return item if item is not None and may_stay(self.ledger, session, item) else None

    def items(self, session: str, kind: Kind) -> tuple[Item, ...]:
        """What a session has of one kind, newest first."""
        items = self.ledger.items(session, kind)
        return tuple(item for item in items if may_stay(self.ledger, session, item))

    def newest(self, session: str, kind: Kind, **info: str) -> Item | None:
        """The newest thing of a kind whose info says all this, or None."""
        for item in self.ledger.items(session, kind):
            fits = all(item.info.get(name) == value for name, value in info.items())
            if fits and may_stay(self.ledger, session, item):
                return item
        return None

    def value(self, key: Key, decode: Callable[[bytes], T]) -> T:
        """A stored value, decoded; the caller has asked the ledger for its item.

        What was lent to the session is read, and kept decoded, where it is shared.
        """
        try:
            return self.decoded.get(key, self.store.get, decode)
        except SessionExpiredError:
            return self.decoded.get(key.shared, self.store.get, decode)
