"""Decoded tables and models, kept for a while in each process.

What the store holds never changes under its key, so a decoded value cannot go stale. The key
names the session; whoever asks has been checked against the ledger before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from dashapp.session.keys import Key

T = TypeVar("T")

# Enough for the tables that ten people look at, small beside a process of 170 MB.
DEFAULT_BYTES = 256 * 1024 * 1024


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
