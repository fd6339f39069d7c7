"""What the server's memory can answer besides a value; ``str()`` is a sentence for users."""

from __future__ import annotations


class StoreError(Exception):
    """Root of all errors of store and ledger."""


class SessionExpiredError(StoreError):
    """The session has no such value: expired, deleted, damaged, or somebody else's."""

    def __init__(self, message: str = "Your session has expired. Upload your file again.") -> None:
        super().__init__(message)


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
