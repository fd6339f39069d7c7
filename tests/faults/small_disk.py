"""A data folder that can be full: a small disk in memory where the system lets us mount one.

Elsewhere the processes themselves are forbidden to write more, which gives errors of the same
kind.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MEGABYTES = 16
BLOCK = b"\0" * 65_536
# Less than any upload of the tests, and more than the ledger's steps.
MOST_BYTES = 40_000


class MountedDisk:
    """A real file system of 16 MB.

    Parameters
    ----------
    folder
        Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", str(folder)],
            check=True,
            capture_output=True,
        )

    def fill(self) -> None:
        """Leave no byte free."""
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(BLOCK)

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink()

    def close(self) -> None:
        """Take it away."""
        subprocess.run(["umount", "-l", str(self._folder)], check=True)


class LimitedFiles:
    """No room for the files of some processes.

    Parameters
    ----------
    pids
        Gives the processes.
    """

    def __init__(self, pids: Callable[[], list[int]]) -> None:
        self._pids = pids

    def fill(self) -> None:
        """Forbid files beyond a size."""
        self._limit(MOST_BYTES)

    def free(self) -> None:
        """Allow them again."""
        self._limit(resource.RLIM_INFINITY)

    def close(self) -> None:
        """Nothing is left to do."""

    def _limit(self, size: int) -> None:
        for pid in self._pids():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def small_disk(folder: Path, pids: Callable[[], list[int]]) -> MountedDisk | LimitedFiles:
    """A disk on a folder, or the next best where nobody may mount one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        if os.getuid() == 0:
            return MountedDisk(folder)
    except (OSError, subprocess.CalledProcessError):
        pass
    return LimitedFiles(pids)
