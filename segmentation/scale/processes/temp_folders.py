"""Folders for what can be made anew, named after their process: a killed one's can be removed."""

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
    """Name a folder of this process that nobody else has, on any machine."""
    return str(base / f"{_PREFIX}{os.getpid()}-{uuid.uuid4().hex}-{socket.gethostname()}")


def clear_leftovers(base: Path | None = None) -> None:
    """Remove what killed processes of this machine left in a folder of this machine.

    Parameters
    ----------
    base
        The system's temporary folder by default.
    """
    base = base or Path(tempfile.gettempdir())
    remove(base, filter(is_abandoned, folders_in(base)))


def folders_in(base: Path) -> list[str]:
    """Name the folders of all processes, whatever machine they run on."""
    return [folder.name for folder in base.glob(f"{_PREFIX}*-*-*")]


def is_abandoned(name: str) -> bool:
    """Whether a folder belongs to a process of this machine that is no more."""
    owner, _, rest = name.removeprefix(_PREFIX).partition("-")
    ours = rest.partition("-")[2] == socket.gethostname()
    # On other systems asking for a process would end it.
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
