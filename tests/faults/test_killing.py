"""Random kills under load: nothing acknowledged is lost, nothing is mixed up, nothing hangs."""

from __future__ import annotations

import os
from pathlib import Path

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import find_by_input
from tests.faults.killing import work_under_fire
from tests.servers import start_server, stop_server

# The size of the promise is 200 and 100: tests/benchmarks/kills.py, or these variables at night.
WEB_KILLS = int(os.environ.get("WEB_KILLS", "4"))
JOB_KILLS = int(os.environ.get("JOB_KILLS", "2"))


def test_sessions_survive_random_kills_of_web_workers_and_trainings(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "map"))
    server = start_server(tmp_path, SEGMENTATION_WORKERS="2")
    try:
        outcome = work_under_fire(
            server,
            tmp_path,
            lambda output, input_: find_by_input(app, output, input_),
            sessions=4,
            web=WEB_KILLS,
            jobs=JOB_KILLS,
        )
    finally:
        stop_server(server)
    assert outcome.broken == []
    assert outcome.acknowledged >= 4
    assert (outcome.web_kills, outcome.job_kills) == (WEB_KILLS, JOB_KILLS)
