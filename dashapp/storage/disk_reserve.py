"""Reserve disk space, so that deletions still work when the disk is full."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# Enough for the log of a few deletions; each of them then frees space.
RESERVE_BYTES = 1024 * 1024


class Reserve:
    """Disk space reserved in a data folder.

    Parameters
    ----------
    folder : Path
        The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reserve"

    def fill(self) -> None:
        """Reserve the space if the disk has room for it."""
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
            finally:
                os.close(descriptor)

    def release(self) -> None:
        """Free the space for the next write."""
        with suppress(OSError):
            self._path.unlink()
