"""What the store needs of a back end: named entries of bytes with an expiry."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from dashapp.storage.errors import QuotaExceededError


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes that may be kept.

    Attributes
    ----------
    session, client, total
        Of one session, of all sessions of one client, and of all sessions.
    """

    session: int
    client: int
    total: int

    def check(self, session: int, client: int, total: int) -> None:
        """Refuse sums that are larger.

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

    Every method may raise :class:`~dashapp.storage.errors.StoreUnavailableError`, and those that
    write :class:`~dashapp.storage.errors.QuotaExceededError` when nothing more fits.
    """

    def set(self, session: str, name: str, entry: bytes, seconds: int, quota: Quota) -> None:
        """Write an entry so that it survives a crash; it appears whole or not at all.

        The quota holds over all processes at every moment. Once the session was deleted, nothing
        is kept and :class:`~dashapp.storage.errors.SessionEndedError` raised.
        """

    def get(self, name: str) -> bytes | None:
        """An entry that has not expired, or None."""

    def delete(self, session: str, names: Iterable[str]) -> None:
        """Remove entries; those that are not there count as removed."""

    def delete_session(self, session: str, refuse_seconds: float) -> None:
        """Remove all entries of a session, and for that long refuse new ones."""

    def assign(self, session: str, client: str) -> None:
        """Note whose a session is: its entries count in the client's quota."""

    def client_of(self, session: str) -> str:
        """Whose a session is; empty where nobody said."""

    def used(self, session: str) -> int:
        """Bytes that a session takes."""

    def sessions(self) -> list[tuple[str, float]]:
        """Sessions with entries, each with the Unix time of its last write."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold off everybody else, in whatever process, who asks for the same name."""

    def sweep(self) -> int:
        """Remove what has expired or was left half-written; returns how many."""

    def check(self) -> None:
        """Write and remove something, to see that the back end works."""
