"""Folders for what can be made anew, named after their process: a killed one's can be removed."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

_PREFIX = "segmentation-"


def own_folder(base: Path) -> str:
    """Name a folder of this process that nobody else has."""
    return str(base / f"{_PREFIX}{os.getpid()}-{uuid.uuid4().hex}")


def clear_leftovers(base: Path) -> None:
    """Remove the folders of processes of this machine and user that are no more."""
    if os.name != "posix":  # elsewhere asking for a process would end it
        return
    for folder in base.glob(f"{_PREFIX}*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not _lives(int(owner)) and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
