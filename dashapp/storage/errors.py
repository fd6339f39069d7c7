"""Errors of the store and the ledger; ``str()`` is a sentence for users."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """Base class of all errors of the store and the ledger."""

    @property
    def for_operators(self) -> str:
        """Return a message for operators, which may contain paths."""
        return str(self)


class SessionExpiredError(StoreError):
    """The session has no such value: expired, deleted, damaged, or of another session."""

    def __init__(self, message: str = "Your session has expired. Upload your file again.") -> None:
        super().__init__(message)


class SessionEndedError(SessionExpiredError):
    """The session was deleted while a write for it was still in progress.

    Parameters
    ----------
    since : float
        Unix time of the deletion.
    """

    def __init__(self, since: float) -> None:
        super().__init__(
            "The data of this session was deleted before this arrived, so it was not kept. Send "
            "it again if you want it."
        )
        self.since = since


class StoreUnavailableError(StoreError):
    """The store does not respond; retrying soon may help.

    Attributes
    ----------
    retry_after : int
        Seconds to wait before retrying.
    """

    retry_after = 2

    def __init__(
        self, message: str = "The server's memory does not answer right now. Try again shortly."
    ) -> None:
        super().__init__(message)


class DamagedError(StoreUnavailableError):
    """A file of the server's storage cannot be read.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__("The server's memory is damaged. Its operator has to restore it.")
        self._path = path

    @property
    def for_operators(self) -> str:
        """Return which file is damaged and how to recover."""
        return (
            f"the database {self._path} is damaged: restore it from a backup, or move it away "
            "together with its -wal and -shm files to begin without sessions"
        )


class QuotaExceededError(StoreError):
    """The value does not fit into the quota or on the disk."""

    def __init__(
        self,
        message: str = "There is no room left on the server. Delete data that you no longer need, "
        "or try again later.",
    ) -> None:
        super().__init__(message)


class UnsafeFolderError(StoreError):
    """Other users of the machine can access the data folder, so the portal does not start."""
