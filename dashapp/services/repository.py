"""The server's storage of each session, as the services use it.

Stored values never change under their key, so a decoded value in a process cannot become stale. But
each access asks the ledger first, so that deleted values are gone everywhere.
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

# Decoded bytes that one process keeps: the tables, scores and models of about thirty people with
# 10,000 customers each. Reading and decoding one of those tables again takes 10 ms.
DEFAULT_BYTES = 64 * 1024 * 1024
# Values of one page are kept even if they are larger: a table, its model and its scores.
KEPT_ANYWAY = 3
# Seconds after which unused values leave memory.
IDLE_SECONDS = 60.0
# Words that users see for the kinds of items.
WORDS = {
    Kind.DATASET: "data set",
    Kind.MODEL: "model",
    Kind.BATCH: "scored file",
    Kind.UPLOAD: "uploaded file",
}


@dataclass
class _Kept:
    """A decoded value, its size in bytes, and the time of its last use."""

    value: object
    size: int
    asked: float


class DecodedCache:
    """A least-recently-used cache, limited by the memory of its values.

    Unused values leave it after a while, and their memory goes back to the system.

    Parameters
    ----------
    limit : int
        Maximum decoded bytes, except for the last few values.
    idle : float
        Seconds after which an unused value is dropped.
    """

    def __init__(self, limit: int = DEFAULT_BYTES, idle: float = IDLE_SECONDS) -> None:
        self._limit = limit
        self._idle = idle
        self._entries: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._timer: Timer | None = None

    def get(self, key: Key, read: Callable[[Key], bytes], decode: Callable[[bytes], T]) -> T:
        """Return the decoded value; read and decode it if this process does not hold it.

        Parameters
        ----------
        key
            Session, kind and content id.
        read
            Returns the stored bytes; its errors propagate.
        decode
            Decodes bytes into the value.
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
        """Drop all values of one session."""
        with self._lock:
            self._drop([key for key in self._entries if key.session == session])

    def tidy(self) -> None:
        """Drop values that were not used lately, and return free memory to the system."""
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
        """Start a timer if there is something to drop."""
        if self._entries and self._timer is None:
            self._timer = Timer(self._idle / 2, self.tidy)
            self._timer.daemon = True
            self._timer.start()


def size_of(value: object, encoded: int) -> int:
    """Return the memory of a decoded value in bytes; columns are counted, the rest is estimated.

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
    """The server's storage of all sessions.

    Attributes
    ----------
    store
        Values under session, kind and content.
    ledger
        The items of each session.
    jobs
        Active jobs.
    decoded
        Values that this process has decoded lately.
    """

    store: SessionStore
    ledger: Ledger
    jobs: JobQueue
    decoded: DecodedCache = field(default_factory=DecodedCache)

    def item(self, session: str, kind: Kind, item_id: str) -> Item:
        """Return the ledger record of an item of a session.

        Raises
        ------
        SessionExpiredError
            If the item expired, was deleted, or belongs to another session.
        """
        item = self.find(session, kind, item_id)
        if item is None:
            raise SessionExpiredError(
                f"This {WORDS[kind]} is not in your session any more: it has expired or was "
                "deleted. Upload your file again."
            )
        return item

    def find(self, session: str, kind: Kind, item_id: str) -> Item | None:
        """Return the ledger record of an item of a session, or None."""
        item = self.ledger.item(session, kind, item_id)
        # Lent items, and those made from them, are gone as soon as their operator unshares them.
        return item if item is not None and may_stay(self.ledger, session, item) else None

    def items(self, session: str, kind: Kind) -> tuple[Item, ...]:
        """Return a session's items of one kind, newest first."""
        items = self.ledger.items(session, kind)
        return tuple(item for item in items if may_stay(self.ledger, session, item))

    def newest(self, session: str, kind: Kind, **info: str) -> Item | None:
        """Return the newest item of a kind whose info has all these values, or None."""
        for item in self.ledger.items(session, kind):
            fits = all(item.info.get(name) == value for name, value in info.items())
            if fits and may_stay(self.ledger, session, item):
                return item
        return None

    def value(self, key: Key, decode: Callable[[bytes], T]) -> T:
        """Return a stored value, decoded; the caller has already looked up its item in the ledger.

        Lent values are read, and cached when decoded, under the shared owner.
        """
        try:
            return self.decoded.get(key, self.store.get, decode)
        except SessionExpiredError:
            return self.decoded.get(key.shared, self.store.get, decode)
