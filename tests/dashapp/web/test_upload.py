"""Files come in as streams, are checked at the door, and become a job."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.dashapp.portal import ORIGIN, Portal

CSV = b"Customer ID,Age,Total Spend\n1,30,100\n2,40,200\n3,50,300\n"
GOOD = ORIGIN | {
    "X-Portal-Upload": "1",
    "X-File-Name": "customers.csv",
    "Content-Type": "application/octet-stream",
}


def send(portal: Portal, data: bytes = CSV, **headers: str | None) -> Any:
    changed = GOOD | {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in changed.items() if value is not None}
    return portal.client.post("/upload", data=data, headers=kept)


def test_an_uploaded_file_becomes_a_data_set(portal: Portal) -> None:
    response = send(portal)
    assert response.status_code == 202
    refs = portal.follow({"id": response.get_json()["job"]}, {})["shell-refs.data"]
    assert refs["dataset"]


@pytest.mark.parametrize(
    ("data", "headers", "status", "words"),
    [
        (CSV, {"X_Portal_Upload": None}, 400, "own page"),
        (CSV, {"X_Purpose": "attack"}, 400, "what it is for"),
        (CSV, {"X_File_Name": None}, 400, "name"),
        (CSV, {"X_File_Name": "%ff%fe"}, 400, "not valid text"),
        (CSV, {"X_File_Name": "a" * 300}, 400, "1 to 200"),
        (CSV, {"X_File_Name": "a%00b"}, 400, "printable"),
        (CSV, {"Content_Type": "multipart/form-data; boundary=x"}, 415, "not a form"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, {}, 415, "PNG picture"),
        (b"MZ" + b"\0" * 50, {}, 415, "a program"),
        (b"%PDF-1.7", {}, 415, "PDF"),
        (CSV, {"X_Purpose": "batch"}, 400, "model first"),
        (CSV, {"X_Purpose": "batch", "X_Model": "0" * 32}, 410, "not in your session"),
        (CSV, {"X_Purpose": "model"}, 400, "model"),
    ],
)
def test_what_is_wrong_is_said(
    portal: Portal, data: bytes, headers: dict[str, str | None], status: int, words: str
) -> None:
    response = send(portal, data, **headers)
    assert response.status_code == status
    answer = response.get_json()
    assert words in answer["error"]
    assert answer["id"]
    session = portal.context.store.sessions()
    assert all(portal.context.store._entries.used(name) == 0 for name, _ in session)


def test_a_length_must_be_told(portal: Portal) -> None:
    response = portal.client.post("/upload", headers=GOOD)
    assert response.status_code == 411


def test_an_empty_file_is_said_to_be_empty(portal: Portal) -> None:
    response = portal.client.post(
        "/upload", headers=GOOD, environ_overrides={"CONTENT_LENGTH": "0"}
    )
    assert response.status_code == 400
    assert "empty" in response.get_json()["error"]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "portal", max_upload_mb=1))
    response = app.server.test_client().post("/upload", data=b"x" * 1_100_000, headers=GOOD)
    assert response.status_code == 413
    assert "at most 1 MB" in response.get_json()["error"]


def test_a_body_shorter_than_promised_is_thrown_away(portal: Portal) -> None:
    response = portal.client.post(
        "/upload", data=CSV, headers=GOOD, environ_overrides={"CONTENT_LENGTH": "9999"}
    )
    assert response.status_code == 400
    assert portal.context.jobs.jobs("0" * 32) == ()


def test_the_same_name_may_be_a_path_and_stays_a_name(portal: Portal) -> None:
    response = send(portal, X_File_Name=quote("..\\..\\etc/passwd.csv"))
    assert response.status_code == 202
    job = portal.context.ledger.job(response.get_json()["job"])
    assert job is not None
    assert job.request["name"] == "passwd.csv"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.text(max_size=60))
def test_no_name_leaves_the_data_folder_or_makes_the_server_fail(portal: Portal, name: str) -> None:
    before = set(portal.context.settings.data_dir.parent.iterdir())
    response = send(portal, X_File_Name=quote(name, errors="replace"))
    assert response.status_code in {202, 400, 429}
    assert set(portal.context.settings.data_dir.parent.iterdir()) == before


def test_a_flood_of_uploads_is_slowed_down(tmp_path: Path) -> None:
    app = create_app(
        Settings(data_dir=tmp_path / "portal", uploads_per_minute=2, jobs_per_session=50)
    )
    client = app.server.test_client()
    client.get("/")
    statuses = [client.post("/upload", data=CSV, headers=GOOD).status_code for _ in range(4)]
    assert statuses.count(202) <= 3  # a minute may end in between
    assert statuses[-1] == 429 or statuses[1] == 202


def test_too_many_jobs_of_one_session_are_told_to_wait(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "portal", jobs_per_session=1))
    client = app.server.test_client()
    client.get("/")
    assert client.post("/upload", data=CSV, headers=GOOD).status_code == 202
    second = client.post("/upload", data=CSV, headers=GOOD)
    assert second.status_code == 429
    assert int(second.headers["Retry-After"]) > 0
    assert "already have 1" in second.get_json()["error"]


def test_a_file_that_nobody_can_read_soon_is_refused_before_it_is_taken(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "portal", jobs_waiting=1))
    context = app.server.extensions["portal"]
    statuses = []
    for _ in range(2):
        client = app.server.test_client()
        client.get("/")
        statuses.append(client.post("/upload", data=CSV, headers=GOOD))
    first, second = statuses
    assert (first.status_code, second.status_code) == (202, 503)
    assert 5 <= int(second.headers["Retry-After"]) <= 60
    assert "Trying again" in second.get_json()["error"]
    assert len(context.store.sessions()) == 1


def test_a_file_whose_job_is_refused_takes_no_room(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "portal", jobs_per_session=1))
    client = app.server.test_client()
    client.get("/")
    store = app.server.extensions["portal"].store
    assert client.post("/upload", data=CSV, headers=GOOD).status_code == 202
    ((session, _),) = store.sessions()
    before = store._entries.used(session)
    assert client.post("/upload", data=CSV, headers=GOOD).status_code == 429
    assert store._entries.used(session) == before


def test_a_large_file_passes_through_in_little_memory(portal: Portal) -> None:
    class Endless:
        """A body that is never in memory as a whole."""

        def __init__(self, size: int) -> None:
            self.left = size

        def read(self, size: int = -1) -> bytes:
            piece = b"1,2,3\n" * 10_000 if size < 0 else (b"1,2,3\n" * (size // 6 + 1))[:size]
            piece = piece[: self.left]
            self.left -= len(piece)
            return piece

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

    size = 60_000_000
    tracemalloc.start()
    try:
        response = portal.client.post(
            "/upload",
            headers=GOOD,
            environ_overrides={"CONTENT_LENGTH": str(size), "wsgi.input": Endless(size)},
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert response.status_code == 202
    assert peak < 30_000_000
