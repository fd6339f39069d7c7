"""Keys of stored values: each names its session, so that no session can read another's data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# Part of every stored name: when the format changes, old entries count as missing.
SCHEMA = "v2"
HEX_ID = re.compile(r"[0-9a-f]{32}")


class Kind(StrEnum):
    """Kind of a stored value."""

    DATASET = "dataset"
    MODEL = "model"
    SCORES = "scores"
    UPLOAD = "upload"
    BATCH = "batch"
    PREVIEW = "preview"
    LISTING = "listing"
    EXPORT = "export"


# Maximum lifetime in seconds by kind; other values live as long as their session.
LIFETIMES: Mapping[Kind, int] = MappingProxyType({Kind.EXPORT: 3600})


def content_id(data: bytes) -> str:
    """Return a content id: the first 128 bits of the SHA-256 as 32 hex digits.

    Examples
    --------
    >>> content_id(b"abc")
    'ba7816bf8f01cfea414140de5dae2223'
    """
    return hashlib.sha256(data).hexdigest()[:32]


# Owner of what an operator shares. No cookie leads here: that would take random bits whose hash
# equals the hash of these words.
SHARED = content_id(b"shared with everybody who was given a link")
# Shared values stay until sharing ends; the store's clock ends in 2106.
SHARED_SECONDS = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    """Key of a stored value.

    Parameters
    ----------
    session : str
        Public id of the session that owns the value, 32 hex digits.
    kind : Kind
        What the value is.
    id : str
        Content id or random id, 32 hex digits.

    Raises
    ------
    ValueError
        If a part has another form; user input therefore never becomes part of a path.

    Examples
    --------
    >>> Key("0" * 32, Kind.MODEL, "a" * 32).name
    'v2:00000000000000000000000000000000:model:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    >>> Key("0" * 32, Kind.MODEL, "../etc/passwd")
    Traceback (most recent call last):
    ValueError: a key's id has 32 hex digits
    """

    session: str
    kind: Kind
    id: str

    def __post_init__(self) -> None:
        check_session(self.session)
        if not HEX_ID.fullmatch(self.id):
            raise ValueError("a key's id has 32 hex digits")
        object.__setattr__(self, "kind", Kind(self.kind))

    @property
    def shared(self) -> Key:
        """Return the key under which an operator shares the same value."""
        return Key(SHARED, self.kind, self.id)

    @property
    def name(self) -> str:
        """The key as text, including the version of the storage format."""
        return f"{SCHEMA}:{self.session}:{self.kind}:{self.id}"


def check_session(session: str) -> str:
    """Return a session's public id, or raise an error if it is malformed.

    Raises
    ------
    ValueError
        If it does not have 32 hex digits.
    """
    if not HEX_ID.fullmatch(session):
        raise ValueError("a session's id has 32 hex digits")
    return session
