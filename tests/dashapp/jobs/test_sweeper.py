"""What is over leaves the disk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from dashapp.jobs.sweeper import DOUBT_SECONDS, Clock, Sweeper
from dashapp.ledger.ledger import open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import open_store

ANN, BEN = "a" * 32, "b" * 32
CANARY = "Canary-of-Ann"


def found(folder: Path, text: str) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()
    ]


def test_nothing_of_a_session_that_is_over_stays_on_disk(tmp_path: Path) -> None:
    hours = 1 / 3600 / 1000
    settings = Settings(data_dir=tmp_path / "portal", idle_ttl_hours=24)
    store, ledger = open_store(settings), open_ledger(settings)
    store.put(Key(ANN, Kind.DATASET, "1" * 32), CANARY.encode())
    ledger.add_item(ANN, Kind.DATASET, "1" * 32, f"{CANARY}.csv", {})
    assert Sweeper(settings, store, ledger).sweep() == 0
    assert found(settings.data_dir, CANARY)
    # The shortest life there is, one second, seen two seconds later.
    short = settings.model_copy(update={"idle_ttl_hours": hours})
    with ledger.connection() as past:  # type: ignore[attr-defined]
        past.execute("UPDATE sessions SET seen = seen - 2")
    assert Sweeper(short, store, ledger).sweep() == 1
    assert found(settings.data_dir, CANARY) == []


def test_deleted_records_do_not_stay_in_the_databases_log(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    ledger = open_ledger(settings)
    ledger.add_item(ANN, Kind.DATASET, "1" * 32, f"{CANARY}.csv", {})
    ledger.delete_session(ANN)
    ledger.compact()
    assert found(settings.data_dir, CANARY) == []


def test_values_that_the_ledger_does_not_know_go_after_an_hour(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    store, ledger = open_store(settings), open_ledger(settings)
    store.put(Key(ANN, Kind.UPLOAD, "1" * 32), b"broken off")
    store.put(Key(BEN, Kind.UPLOAD, "1" * 32), b"under way")
    os.utime(settings.data_dir / "sessions" / ANN, (1, 1))
    assert Sweeper(settings, store, ledger).sweep() == 1
    assert [session for session, _ in store.sessions()] == [BEN]


def test_what_a_killed_training_of_large_data_left_goes_with_the_next_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"segmentation-{gone.pid}-a-{socket.gethostname()}"
    left.mkdir()
    (left / "points-0").write_text(CANARY)
    settings = Settings(
        data_dir=tmp_path / "portal", dask_scheduler="local", data_sources=str(tmp_path)
    )
    Sweeper(settings, open_store(settings), open_ledger(settings)).sweep()
    assert found(tmp_path, CANARY) == []


def test_a_clock_that_jumps_forward_ends_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    store, ledger = open_store(settings), open_ledger(settings)
    sweeper = Sweeper(settings, store, ledger)
    ledger.add_item(ANN, Kind.DATASET, "1" * 32, "list.csv", {})
    now, eight_days = time.time(), 8 * 86_400
    monkeypatch.setattr(time, "time", lambda: now + eight_days)
    assert sweeper.sweep() == 0
    assert sweeper.sweep() == 0
    assert ledger.knows(ANN)
    monkeypatch.setattr(time, "time", lambda: now)
    assert sweeper.sweep() == 0
    assert ledger.knows(ANN)


def test_a_clock_that_stays_ahead_is_believed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: start)
    monkeypatch.setattr(time, "time", lambda: start)
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: start + 86_400)
    assert clock.is_doubtful()
    later = start + DOUBT_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    monkeypatch.setattr(time, "time", lambda: later + 86_400)
    assert not clock.is_doubtful()
