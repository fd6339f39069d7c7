"""What the server remembers of each session, as the services ask for it.

What the store holds never changes under its key, so a value that a process has decoded cannot go
stale; but each access asks the ledger first, so that what was deleted is gone for everybody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from dashapp.jobs.queue import JobQueue
from dashapp.session.keys import SHARED, Key, Kind
from dashapp.session.ledger import Item, Ledger
from dashapp.session.store import SessionExpiredError, SessionStore

T = TypeVar("T")

# Encoded bytes; decoded they take some ten times as much. Enough for the tables that ten people
# look at, or for one million customers and their scores.
DEFAULT_BYTES = 48 * 1024 * 1024
# What a user calls the kinds of things.
WORDS = {
    Kind.DATASET: "data set",
    Kind.MODEL: "model",
    Kind.BATCH: "scored file",
    Kind.UPLOAD: "uploaded file",
}


class DecodedCache:
    """A least-recently-used cache bounded by the encoded size of what it holds.

    Parameters
    ----------
    limit : int
        Encoded bytes that stay at most; a single larger value is decoded each time.
    """

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self._limit = limit
        self._entries: OrderedDict[Key, tuple[int, object]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

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
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key][1]  # type: ignore[return-value]
        data = read(key)
        value = decode(data)
        self._keep(key, len(data), value)
        return value

    def forget(self, session: str) -> None:
        """Drop everything of one session."""
        with self._lock:
            for key in [key for key in self._entries if key.session == session]:
                self._bytes -= self._entries.pop(key)[0]

    def _keep(self, key: Key, size: int, value: object) -> None:
        with self._lock:
            if size > self._limit or key in self._entries:
                return
            self._entries[key] = (size, value)
            self._bytes += size
            while self._bytes > self._limit:
                _, (dropped, _) = self._entries.popitem(last=False)
                self._bytes -= dropped


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
        item = self.ledger.item(session, kind, item_id)
        # What was lent is gone for everybody as soon as its operator takes it back.
        if item is not None and item.info.get("lent"):
            item = item if self.ledger.item(SHARED, kind, item_id) else None
        if item is None:
            raise SessionExpiredError(f"no {WORDS[kind]} {item_id[:8]} in this session")
        return item

    def newest(self, session: str, kind: Kind, **info: str) -> Item | None:
        """The newest thing of a kind whose info says all this, or None."""
        for item in self.ledger.items(session, kind):
            if all(item.info.get(name) == value for name, value in info.items()):
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
