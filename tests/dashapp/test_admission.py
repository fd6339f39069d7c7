"""Crowds: so many are answered at once, some wait a moment, all others are asked to come again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from dashapp.settings.portal_settings import Settings
from dashapp.web.guards.load_shedding import (
    UPLOADS_FOR_EACH,
    WAITING_FOR_EACH,
    Admission,
    Doorkeeper,
)
from dashapp.web.routes import upload
from tests.dashapp.portal import Portal
from tests.waiting import until

GUARDS = {"X-Content-Type-Options": "nosniff"}


class SlowApplication:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.inside = 0

    def __call__(self, environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
        self.inside += 1
        self.go.wait(20)
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]


def crowd(client: Client, count: int, path: str = "/") -> tuple[list[threading.Thread], list[int]]:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(client.get(path).status_code))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads, statuses


def test_who_finds_no_place_is_asked_to_come_again_at_once() -> None:
    app = SlowApplication()
    client = Client(Doorkeeper(app, at_once=1, guards=GUARDS))
    threads, statuses = crowd(client, 3 + 1 + WAITING_FOR_EACH)
    until(lambda: len(statuses) == 3, seconds=10, what="three are turned away")
    assert statuses == [503] * 3
    assert app.inside == 1
    app.go.set()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(statuses) == [200] * (1 + WAITING_FOR_EACH) + [503] * 3


def turned_away(**headers: str) -> TestResponse:
    app = SlowApplication()
    client = Client(Doorkeeper(app, at_once=1, guards=GUARDS))
    threads, statuses = crowd(client, 1 + WAITING_FOR_EACH + 1)
    until(lambda: statuses, seconds=10, what="there is no place")
    answer = client.get("/", headers=headers)
    app.go.set()
    for thread in threads:
        thread.join(timeout=20)
    return answer


def test_programs_are_told_when_to_come_again() -> None:
    answer = turned_away(Accept="application/json")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Very many people" in answer.get_json()["error"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_people_see_a_page_that_comes_again_by_itself() -> None:
    answer = turned_away(Accept="text/html,application/xhtml+xml")
    assert answer.status_code == 503
    assert 'http-equiv="refresh"' in answer.text


def test_health_is_told_while_there_is_no_place() -> None:
    app = SlowApplication()
    client = Client(Doorkeeper(app, at_once=1, guards=GUARDS))
    visitors, _ = crowd(client, 1 + WAITING_FOR_EACH)
    until(lambda: app.inside == 1, seconds=10, what="all places are taken")
    probes, answers = crowd(client, 1, "/healthz")
    until(lambda: app.inside == 2, seconds=10, what="the probe is let in")
    app.go.set()
    for thread in [*visitors, *probes]:
        thread.join(timeout=20)
    assert answers == [200]


def test_nobody_waits_longer_than_the_longest_wait() -> None:
    admission = Admission(at_once=1, waiting=1, seconds=0.01)
    assert admission.enter()
    assert not admission.enter()
    admission.leave()
    assert admission.enter()


def test_a_failing_request_gives_its_place_back(tmp_path: Path) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", web_threads=1))
    for _ in range(3):
        assert portal.client.get("/download/rejects.csv").status_code == 400
    assert portal.client.get("/").status_code == 200


def test_uploads_have_places_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "STREAMS", 0)
    portal = Portal.of(Settings(data_dir=tmp_path / "portal", web_threads=1))
    inside, go = threading.Semaphore(0), threading.Event()

    def slowly(*_: object) -> str:
        inside.release()
        go.wait(20)
        return "0" * 32

    monkeypatch.setattr(upload, "keep_file", slowly)
    visitors = [portal.visitor() for _ in range(UPLOADS_FOR_EACH)]
    threads = [
        threading.Thread(target=visitor.upload, args=("customers.csv", b"a,b"))
        for visitor in visitors
    ]
    for thread in threads:
        thread.start()
        assert inside.acquire(timeout=10)
    refused = portal.upload("customers.csv", b"a,b")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert portal.client.get("/").status_code == 200
    go.set()
    for thread in threads:
        thread.join(timeout=20)
    assert portal.upload("customers.csv", b"a,b").status_code == 202
