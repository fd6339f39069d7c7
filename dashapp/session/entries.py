"""What the store needs of a back end: named entries of bytes with an expiry."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol


class Entries(Protocol):
    """Named entries of bytes that belong to sessions.

    Every method may raise :class:`~dashapp.session.errors.StoreUnavailableError`, and those that
    write :class:`~dashapp.session.errors.QuotaExceededError` when nothing more fits.
    """

    def set(self, session: str, name: str, entry: bytes, seconds: int) -> None:
        """Write an entry so that it survives a crash; it appears whole or not at all."""

    def get(self, name: str) -> bytes | None:
        """An entry that has not expired, or None."""

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries; those that are not there count as removed."""

    def delete_session(self, session: str) -> None:
        """Remove all entries of a session."""

    def used(self, session: str) -> int:
        """Bytes that a session takes."""

    def total(self) -> int:
        """Bytes that all sessions take; may be some seconds old."""

    def sessions(self) -> list[tuple[str, float]]:
        """Sessions with entries, each with the Unix time of its last write."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold off everybody else, in whatever process, who asks for the same name."""

    def sweep(self) -> int:
        """Remove what has expired or was left half-written; returns how many."""

    def check(self) -> None:
        """Write and remove something, to see that the back end works."""
