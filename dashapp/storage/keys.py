"""Keys of stored values: each names its session, so that none can reach another's data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# Part of every stored name: after a change of format, old entries count as missing.
SCHEMA = "v2"
HEX_ID = re.compile(r"[0-9a-f]{32}")


class Kind(StrEnum):
    """What a stored value is."""

    DATASET = "dataset"
    MODEL = "model"
    SCORES = "scores"
    UPLOAD = "upload"
    BATCH = "batch"
    PREVIEW = "preview"
    LISTING = "listing"
    EXPORT = "export"


# Seconds after which values of a kind are gone in any case; others live as long as their session.
LIFETIMES: Mapping[Kind, int] = MappingProxyType({Kind.EXPORT: 3600})


def content_id(data: bytes) -> str:
    """Name bytes by what they are: the first 128 bits of their SHA-256 as 32 hex digits.

    Examples
    --------
    >>> content_id(b"abc")
    'ba7816bf8f01cfea414140de5dae2223'
    """
    return hashlib.sha256(data).hexdigest()[:32]


# Owner of what an operator shares. No cookie leads here: that would take random bits whose hash
# is the hash of these words.
SHARED = content_id(b"shared with everybody who was given a link")
# Shared values stay until they are taken back; the store's clock ends in 2106.
SHARED_SECONDS = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    """Where a value is stored.

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
        If a part is anything else; what users type therefore never becomes part of a path.

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
        """Where the same value is if an operator has shared it."""
        return Key(SHARED, self.kind, self.id)

    @property
    def name(self) -> str:
        """The key as one text, with the version of the storage format."""
        return f"{SCHEMA}:{self.session}:{self.kind}:{self.id}"


def check_session(session: str) -> str:
    """Give back a session's public id, or refuse what is none.

    Raises
    ------
    ValueError
        If it does not have 32 hex digits.
    """
    if not HEX_ID.fullmatch(session):
        raise ValueError("a session's id has 32 hex digits")
    return session
