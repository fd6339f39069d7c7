"""Identity by proxy over a real server: what a proxy would not see counts for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashapp.auth.audit_log import AUDIT_FILE
from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from tests.servers import Server, start_server, stop_server

SECRET = "a-secret-of-the-proxy-of-40-characters!!"
ANN = {SECRET_HEADER: SECRET, USER_HEADER: "ann@example.com", ROLES_HEADER: "viewer"}
ANALYSTS_ONLY = "/download/template.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    started = start_server(
        folder, SEGMENTATION_IDENTITY="proxy", SEGMENTATION_PROXY_SECRET=SECRET
    )  # fmt: skip
    yield started
    stop_server(started)


def ask(server: Server, headers: dict[str, str], path: str = "/") -> int:
    """Status of a request with headers exactly as they are written."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def underscored(headers: dict[str, str]) -> dict[str, str]:
    """The same headers with names that WSGI could take for theirs."""
    return {name.replace("-", "_"): value for name, value in headers.items()}


@pytest.mark.parametrize("name", ANN)
def test_a_header_with_underscores_stands_for_none(server: Server, name: str) -> None:
    others = {key: value for key, value in ANN.items() if key != name}
    assert ask(server, ANN) == 200
    assert ask(server, underscored(ANN)) == 401
    # Without any role there is somebody, but nothing that they may do.
    expected = 403 if name == ROLES_HEADER else 401
    assert ask(server, others | underscored({name: ANN[name]})) == expected


def test_a_header_with_underscores_adds_nothing_to_what_the_proxy_says(
    server: Server, folder: Path
) -> None:
    more = underscored({USER_HEADER: "root", ROLES_HEADER: "admin"})
    assert ask(server, ANN, ANALYSTS_ONLY) == 403
    assert ask(server, ANN | more, ANALYSTS_ONLY) == 403
    assert ask(server, more | ANN) == 200
    text = (folder / "data" / AUDIT_FILE).read_text()
    assert len({json.loads(line)["user"] for line in text.splitlines()}) == 1


@pytest.mark.parametrize("name", ["PATH_INFO", "SCRIPT_NAME", "X_Forwarded_User"])
def test_no_header_changes_which_address_is_asked_for(server: Server, name: str) -> None:
    assert ask(server, ANN | {name: "/healthz"}, "/no-such-page") == 404
    assert ask(server, {name: "/healthz"}) == 401
