"""Files under way are private, and gone when their process is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

from dashapp.storage.scratch_folders import (
    FOLDER,
    LOCKED_AFTER_SECONDS,
    clear_scratch,
    scratch_folder,
)

# Writes a customer into its folder, says so, and waits to be killed.
HOLDER = """
import sys
from pathlib import Path
from dashapp.storage.scratch_folders import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "sheet.xml").write_text("Ann Example")
    print(folder, flush=True)
    sys.stdin.read()
"""


def age(folder: Path) -> None:
    """Make a folder as old as one that must be locked."""
    old = time.time() - LOCKED_AFTER_SECONDS - 1
    os.utime(folder, (old, old))


def test_a_folder_is_private_and_goes_with_its_work(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with scratch_folder(data_dir) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        (folder / "sheet.xml").write_text("Ann Example")
        age(folder)
        assert clear_scratch(data_dir) == 0
        assert folder.is_dir()
    assert list((data_dir / FOLDER).iterdir()) == []


def test_what_a_killed_process_leaves_is_removed(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    folder = Path(holder.stdout.readline().strip())
    age(folder)
    assert clear_scratch(data_dir) == 0
    holder.kill()
    holder.communicate()
    assert (folder / "sheet.xml").is_file()
    assert clear_scratch(data_dir) == 1
    assert not folder.exists()


def test_a_folder_that_is_not_locked_yet_stays(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "new").mkdir(parents=True)
    assert clear_scratch(tmp_path) == 0
    assert clear_scratch(tmp_path / "elsewhere") == 0
