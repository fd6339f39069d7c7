"""What a job's process says and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from multiprocessing import Pipe

import pytest
import structlog

from dashapp.jobs.job_main import outcome
from dashapp.ledger.records import Job
from dashapp.settings.portal_settings import Settings
from dashapp.telemetry import logs
from tests.dashapp.jobs.conftest import SESSION
from tests.dashapp.jobs.work import HANDLERS


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def run(settings: Settings, kind: str, request: dict[str, object]) -> dict[str, object]:
    theirs, ours = Pipe()
    job = Job(id="a" * 32, session=SESSION, kind=kind, request=request)
    said: dict[str, object] = json.loads(outcome(HANDLERS[kind], job, settings, theirs))
    theirs.close()
    ours.close()
    return said


def test_the_log_of_a_defect_has_its_reference_and_places_but_no_data(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(machine=True)
    said = run(settings, "break_down", {})
    line = json.loads(capsys.readouterr().err)
    assert line["reference"] in str(said["failed"])
    assert line["error"] == "RuntimeError"
    assert any("break_down" in place for place in line["places"])
    assert "canary-of-a-customer" not in json.dumps(line)


def test_an_error_of_the_engine_is_not_logged(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(machine=True)
    assert run(settings, "refuse", {}) == {
        "failed": "The number of segments must be at least 2.",
        "status": 422,
    }
    assert capsys.readouterr().err == ""
