"""``python -m dashapp`` starts web and worker, keeps both, and stops both."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.faults.conftest import (
    PORTAL,
    START_SECONDS,
    WEB,
    Machine,
    children,
    descendants,
    kill,
    runs,
)
from tests.waiting import until


def ready(machine: Machine) -> bool:
    return machine.get("/readyz").status == 200


def living_children(pid: int) -> list[int]:
    return [child for child in children(pid) if runs(child)]


def test_it_starts_heals_and_stops_cleanly(machine: Machine) -> None:
    portal = machine.start(PORTAL)
    until(lambda: ready(machine), seconds=START_SECONDS, what="the portal is ready")
    (worker,) = living_children(portal.pid)
    kill(worker)
    until(
        lambda: living_children(portal.pid) not in ([], [worker]),
        seconds=20,
        what="a new worker is there",
    )
    family = descendants(portal.pid)
    portal.send_signal(signal.SIGTERM)
    assert portal.wait(timeout=30) == 0
    until(lambda: not any(map(runs, family)), seconds=5, what="nothing is left behind")
    assert b"Traceback" not in machine.log.read_bytes()


def test_the_interrupt_key_stops_it_cleanly(machine: Machine) -> None:
    portal = machine.start(PORTAL)
    until(lambda: ready(machine), seconds=START_SECONDS, what="the portal is ready")
    portal.send_signal(signal.SIGINT)
    assert portal.wait(timeout=30) == 0
    assert b"Traceback" not in machine.log.read_bytes()


def test_its_worker_goes_when_it_is_killed(machine: Machine) -> None:
    portal = machine.start(PORTAL)
    until(lambda: ready(machine), seconds=START_SECONDS, what="the portal is ready")
    family = descendants(portal.pid)
    kill(portal.pid)
    portal.wait()
    until(lambda: not any(map(runs, family)), seconds=20, what="nothing is left behind")


def test_a_taken_port_is_said_in_one_line(machine: Machine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", machine.settings.port))
        taken.listen()
        assert machine.start(PORTAL).wait(timeout=60) == 1
    said = [line for line in machine.log.read_text().splitlines() if "worker_" not in line]
    assert said == [
        f"The portal does not start: port {machine.settings.port} is taken; set PORT to another"
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SEGMENTATION_TYPO", "1", "SEGMENTATION_TYPO is not a setting"),
        ("SEGMENTATION_SECRET_KEY", "short", "at least 32 bytes"),
        ("SEGMENTATION_HOSTED", "1", "hosted mode needs"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    machine: Machine, name: str, value: str, words: str
) -> None:
    machine.environment[name] = value
    assert machine.start(PORTAL).wait(timeout=60) == 1
    text = machine.log.read_text()
    assert words in text
    assert text.count("\n") == 1


def test_an_open_data_folder_stops_the_start(machine: Machine) -> None:
    machine.settings.data_dir.chmod(0o755)
    assert machine.start(["-m", "dashapp", "worker"]).wait(timeout=60) == 1
    assert "chmod 700" in machine.log.read_text()


def test_gunicorn_stops_as_well_with_a_line_that_tells_why(machine: Machine) -> None:
    machine.settings.data_dir.chmod(0o755)
    assert machine.start(WEB).wait(timeout=60) != 0
    text = machine.log.read_text()
    assert "The portal does not start" in text
    assert "Traceback" not in text


def test_a_wrong_command_is_told_how(machine: Machine) -> None:
    assert machine.start(["-m", "dashapp", "dance"]).wait(timeout=60) == 2
    assert "usage:" in machine.log.read_text()
