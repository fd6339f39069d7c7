"""A worker says that it is there when its jobs can begin at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.dashapp.jobs.conftest import Bench
from tests.waiting import until

# A module of handlers whose import lasts until the test lets it end.
LATE = """
import pathlib, time
folder = pathlib.Path(__file__).parent
(folder / "begun").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
"""
WORK = """
import sys
from dashapp.jobs.worker import run_worker
from dashapp.settings.portal_settings import Settings
run_worker(Settings.from_json(sys.argv[1]), {"late": "late_handlers:late"})
"""


def test_a_worker_counts_once_everything_is_imported(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "late_handlers.py").write_text(LATE)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK, bench.settings.to_json()],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    try:
        until((tmp_path / "begun").exists, seconds=30, what="the handlers are imported")
        assert bench.ledger.workers() == 0
        (tmp_path / "go").touch()
        until(lambda: bench.ledger.workers() == 1, seconds=30, what="the worker is there")
    finally:
        worker.terminate()
        worker.wait(timeout=30)
