"""Temporary folders that are removed even if their process was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from dashapp.storage.secret_key import private_folder

FOLDER = "scratch"
# A folder is locked within this time after its creation; younger ones are left alone.
LOCKED_AFTER_SECONDS = 5.0


@contextmanager
def scratch_folder(data_dir: Path) -> Iterator[Path]:
    """Create a private temporary folder, locked until this process ends."""
    with TemporaryDirectory(dir=private_folder(data_dir / FOLDER)) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def clear_scratch(data_dir: Path) -> int:
    """Remove the folders of processes that have ended and return their number."""
    root = data_dir / FOLDER
    folders = list(root.iterdir()) if root.is_dir() else []
    return sum(_remove_abandoned(folder) for folder in folders)


def _remove_abandoned(folder: Path) -> bool:
    with suppress(OSError):  # removed meanwhile, or still locked
        if time.time() - folder.stat().st_mtime < LOCKED_AFTER_SECONDS:
            return False
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
            return True
        finally:
            os.close(lock)
    return False
