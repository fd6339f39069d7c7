"""A file that takes room, so that there is some when deleting needs it on a full disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# The log of a few deletions; each of them then frees room of its own.
RESERVE_BYTES = 1024 * 1024


class Reserve:
    """Room on the disk of a data folder.

    Parameters
    ----------
    folder : Path
        The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reserve"

    def fill(self) -> None:
        """Take the room, where there is any left to take."""
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
            finally:
                os.close(descriptor)

    def release(self) -> None:
        """Give the room to whatever is written next."""
        with suppress(OSError):
            self._path.unlink()
