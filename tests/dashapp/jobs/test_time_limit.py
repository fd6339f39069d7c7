"""A job that takes too long is ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.settings.portal_settings import Settings
from tests.dashapp.jobs.conftest import SESSION, Bench


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "portal", parse_seconds=1)


def test_a_job_over_its_time_fails_with_the_limit(working: Bench) -> None:
    failed = working.ended(working.queue.submit(SESSION, "hang", {}))
    assert failed.state == "failed"
    assert "longer than the 1 seconds" in str(failed.error)
