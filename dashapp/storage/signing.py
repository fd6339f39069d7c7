"""Sign stored values, so that a changed, swapped or foreign entry counts as missing."""

from __future__ import annotations

import hashlib
import hmac
from typing import IO

# First bytes of every entry: when the format changes, old entries no longer match.
MAGIC = b"PSV1"
TAG_BYTES = 32


class Seal:
    """Sign and verify entries with a key of their own (HMAC-SHA-256, RFC 2104).

    The signature covers the entry's name, so an entry copied to another session's name is rejected.

    Parameters
    ----------
    key : bytes
        32 secret bytes.

    Examples
    --------
    >>> seal = Seal(b"k" * 32)
    >>> seal.open("a", seal.close("a", b"payload"))
    b'payload'
    >>> seal.open("b", seal.close("a", b"payload")) is None
    True
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def close(self, name: str, payload: bytes) -> bytes:
        """Return the signed entry for a payload."""
        return MAGIC + self._tag(name, payload) + payload

    def open(self, name: str, entry: bytes) -> bytes | None:
        """Return the payload, or None if the entry is foreign, incomplete, or has another name."""
        head = len(MAGIC) + TAG_BYTES
        if len(entry) < head or not entry.startswith(MAGIC):
            return None
        payload = entry[head:]
        tag = entry[len(MAGIC) : head]
        return payload if hmac.compare_digest(tag, self._tag(name, payload)) else None

    def _tag(self, name: str, payload: bytes) -> bytes:
        digest = hmac.new(self._key, name.encode() + b"\0", hashlib.sha256)
        digest.update(payload)
        return digest.digest()


class PlainBytes:
    """Serializer for flask-caching that accepts and returns only bytes: nothing is unpickled.

    It refuses anything else, such as cachelib's own counters.
    """

    def dump(self, value: object, file: IO[bytes]) -> None:
        """Write bytes to a file."""
        file.write(self.dumps(value))

    def load(self, file: IO[bytes]) -> bytes:
        """Read the rest of a file."""
        return file.read()

    def dumps(self, value: object) -> bytes:
        """Return bytes unchanged."""
        if not isinstance(value, bytes):
            raise TypeError("the store keeps bytes only")
        return value

    def loads(self, value: bytes | None) -> bytes | None:
        """Return bytes unchanged, and None as None."""
        return value
