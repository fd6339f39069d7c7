"""Cache folders named after their process, so that those of killed processes can be removed."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path

_PREFIX = "segmentation-"


def own_folder(base: Path) -> str:
    """Return a folder name for this process that is unique across machines."""
    return str(base / f"{_PREFIX}{os.getpid()}-{uuid.uuid4().hex}-{socket.gethostname()}")


def clear_leftovers(base: Path | None = None) -> None:
    """Remove folders left on this machine by its killed processes.

    Parameters
    ----------
    base
        Parent folder; the system's temporary folder by default.
    """
    base = base or Path(tempfile.gettempdir())
    remove(base, filter(is_abandoned, folders_in(base)))


def folders_in(base: Path) -> list[str]:
    """Return the names of the folders of all processes, on any machine."""
    return [folder.name for folder in base.glob(f"{_PREFIX}*-*-*")]


def is_abandoned(name: str) -> bool:
    """Return whether a folder belongs to an ended process of this machine."""
    owner, _, rest = name.removeprefix(_PREFIX).partition("-")
    ours = rest.partition("-")[2] == socket.gethostname()
    # On Windows, os.kill(pid, 0) would end the process.
    return ours and os.name == "posix" and owner.isdigit() and not _lives(int(owner))


def remove(base: Path, names: Iterable[str]) -> None:
    """Remove folders of this user."""
    for name in names:
        folder = base / name
        if folder.is_dir() and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
