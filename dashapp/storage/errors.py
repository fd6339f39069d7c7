"""What the server's memory can answer besides a value; ``str()`` is a sentence for users."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """Root of all errors of store and ledger."""

    @property
    def for_operators(self) -> str:
        """What an operator reads, who may see paths."""
        return str(self)


class SessionExpiredError(StoreError):
    """The session has no such value: expired, deleted, damaged, or somebody else's."""

    def __init__(self, message: str = "Your session has expired. Upload your file again.") -> None:
        super().__init__(message)


class SessionEndedError(SessionExpiredError):
    """The session was deleted while something for it was still on its way.

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
    """The store does not answer now; trying again soon may help.

    Attributes
    ----------
    retry_after : int
        Seconds after which to try again.
    """

    retry_after = 2

    def __init__(
        self, message: str = "The server's memory does not answer right now. Try again shortly."
    ) -> None:
        super().__init__(message)


class DamagedError(StoreUnavailableError):
    """A file of the server's memory cannot be read.

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
        """Which file it is, and what to do."""
        return (
            f"the database {self._path} is damaged: restore it from a backup, or move it away "
            "together with its -wal and -shm files to begin without sessions"
        )


class QuotaExceededError(StoreError):
    """There is no room for the value."""

    def __init__(
        self,
        message: str = "There is no room left on the server. Delete data that you no longer need, "
        "or try again later.",
    ) -> None:
        super().__init__(message)


class UnsafeFolderError(StoreError):
    """The data folder is open to other users of the machine; the portal does not start."""
