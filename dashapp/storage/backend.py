"""Protocol of a storage backend: named entries of bytes that expire."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from dashapp.storage.errors import QuotaExceededError


@dataclass(frozen=True, slots=True)
class Quota:
    """Maximum number of bytes that may be stored.

    Attributes
    ----------
    session, client, total
        Limits for one session, for all sessions of one client, and for all sessions.
    """

    session: int
    client: int
    total: int

    def check(self, session: int, client: int, total: int) -> None:
        """Raise an error if the given sums exceed the quota.

        Examples
        --------
        >>> Quota(1, 2, 3).check(1, 3, 3)
        Traceback (most recent call last):
        dashapp.storage.errors.QuotaExceededError: You, or others in your network, ...
        """
        if session > self.session:
            raise QuotaExceededError(
                "Your session's storage is full. Delete your data and start again, or use "
                "smaller files."
            )
        if total > self.total:
            raise QuotaExceededError("The server's storage is full. Try again later.")
        if client > self.client:
            raise QuotaExceededError(
                "You, or others in your network, hold all the storage that one may take. Delete "
                "data that you no longer need, or try again later."
            )


class Entries(Protocol):
    """Named entries of bytes that belong to sessions.

    Every method may raise :class:`~dashapp.storage.errors.StoreUnavailableError`; methods that
    write may also raise :class:`~dashapp.storage.errors.QuotaExceededError`.
    """

    def set(self, session: str, name: str, entry: bytes, seconds: int, quota: Quota) -> None:
        """Write an entry atomically and durably, so that it survives a crash.

        The quota holds across all processes at all times. If the session was deleted, keep nothing
        and raise :class:`~dashapp.storage.errors.SessionEndedError`.
        """

    def get(self, name: str) -> bytes | None:
        """Return an entry, or None if it is missing or expired."""

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries; missing ones are ignored."""

    def delete_session(self, session: str, refuse_seconds: float) -> None:
        """Remove all entries of a session and refuse new ones for the given time."""

    def assign(self, session: str, client: str) -> None:
        """Record which client owns a session: its entries count toward the client's quota."""

    def client_of(self, session: str) -> str:
        """Return the client that owns a session, or an empty string if unknown."""

    def used(self, session: str) -> int:
        """Return the number of bytes a session uses."""

    def sessions(self) -> list[tuple[str, float]]:
        """Return the sessions that have entries, each with the Unix time of its last write."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock on a name across all threads and processes."""

    def sweep(self) -> int:
        """Remove expired and half-written entries and return their number."""

    def check(self) -> None:
        """Check that the backend works by writing and removing a value."""
