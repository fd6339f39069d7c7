"""What was not understood is refused: no odd body leads to a callback without its right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from dashapp.auth.permissions import SCOPES, Rights
from dashapp.settings.portal_settings import Settings
from dashapp.web.guards.access import CALLBACKS
from tests.callbacks import body_of
from tests.dashapp.portal import ORIGIN, Portal
from tests.dashapp.web.test_access import server_callbacks, shows_nothing

# Around the depths at which parsers of different Pythons give up.
DEPTHS = (10, 47, 48, 49, 50, 500, *range(970, 1000), 1490, 1500, 9_990, 10_000, 100_000)
SCOPES_AND_NOBODY: dict[str, Rights] = {**SCOPES, "nobody": frozenset()}
REFUSALS = {400, 403, 411, 413, 415}


@dataclass(frozen=True)
class Odd:
    """One odd request: its body, and headers that say something else of it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    type: str = "application/json"
    environ: dict[str, Any] = field(default_factory=dict)


def odd_bodies(plain: dict[str, Any]) -> Iterator[Odd]:
    """A callback's body in ways that some parser reads and another one does not."""
    text = json.dumps(plain).encode()
    for depth in DEPTHS:
        yield Odd(text[:-1] + b',"junk":' + b"[" * depth + b"]" * depth + b"}")
    for junk in (b"NaN", b"1e999", b"9" * 5000, b'"\\ud800"', b'{"a":1,"a":2}'):
        yield Odd(text[:-1] + b',"junk":' + junk + b"}")
    harmless = b'"output": "shell-page.children",'
    yield Odd(text.replace(b"{", b"{" + harmless, 1))
    yield Odd(text[:-1] + b"," + harmless[:-1] + b"}")
    yield Odd(b"[" + text + b"]")
    yield Odd(text + text)
    yield Odd(b"\xef\xbb\xbf" + text)
    yield from (Odd(text.decode().encode(code)) for code in ("utf-16", "utf-32", "utf-7"))
    yield Odd(b"")
    yield Odd(text, {"Content-Encoding": "gzip"})
    yield Odd(gzip.compress(text), {"Content-Encoding": "gzip"})
    yield Odd(text, {}, "text/plain")
    yield Odd(text, {}, "application/json; charset=utf-16")
    yield Odd(text, {}, "multipart/form-data; boundary=x")
    yield Odd(
        text, {"Transfer-Encoding": "chunked"},
        environ={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )  # fmt: skip
    yield Odd(text, environ={"CONTENT_LENGTH": ""})


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """One portal serves all: nothing changes in it."""
    more: dict[str, Any] = {"requests_per_minute": 10**9, "new_sessions_per_minute": 10**9}
    return Portal.of(Settings(data_dir=tmp_path_factory.mktemp("bodies"), **more))


@pytest.mark.parametrize("scope", SCOPES_AND_NOBODY)
def test_no_odd_body_leads_to_a_callback_without_its_right(portal: Portal, scope: str) -> None:
    visitor = portal.allowed(SCOPES_AND_NOBODY[scope])
    forbidden = [
        callback
        for callback, need in server_callbacks(portal)
        if need not in SCOPES_AND_NOBODY[scope]
    ]
    for callback in forbidden:
        for odd in odd_bodies(body_of(callback, {})):
            answer = visitor.client.post(
                CALLBACKS, data=odd.body, content_type=odd.type, headers=ORIGIN | odd.headers,
                environ_overrides=odd.environ,
            )  # fmt: skip
            assert answer.status_code in REFUSALS, (callback.output, odd.body[:80], odd.headers)
            assert shows_nothing(answer)


def test_what_the_guard_judged_is_what_dash_carries_out(portal: Portal) -> None:
    with portal.app.server.test_request_context(CALLBACKS, method="POST", json={"output": "x"}):
        from flask import request

        first = request.get_json()
        request.get_json().update(output="y")
        assert request.get_json(force=True, silent=True) is first


@pytest.mark.parametrize("path", ["/", "/upload", "/embed", "/frame-help", CALLBACKS, "/nowhere"])
def test_bodies_in_chunks_are_refused_before_anything_reads_them(portal: Portal, path: str) -> None:
    class Broken:
        """A body that fails however it is read, as a broken chunk does."""

        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

        readline = readlines = __iter__ = read

    answer = portal.client.post(
        path, headers=ORIGIN | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": Broken(), "wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code == 411
