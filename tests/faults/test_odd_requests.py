"""Requests that no browser sends, byte by byte: never a fault of the server, never a word kept."""

from __future__ import annotations

import os
import random
import re
import socket
from collections import Counter

import pytest

from tests.faults.conftest import Machine
from tests.waiting import until

# Many more at night.
REQUESTS = int(os.environ.get("ODD_REQUESTS", "400"))
CANARY = "canary-of-the-odd"
PATHS = (
    "/", "/segments?data=%ff&data[]=1", "/upload", "/jobs/%00", "/jobs/..%2f..%2fetc",
    "/embed?t=a.b.c", "/embed?t=a&t=b", "/download/customers.csv?data=" + "0" * 32,
    "/download/scored.xlsx?batch=%00",
    "/download/rejects.csv?data=..%2f..", "/_dash-update-component", "/_dash-layout", "/?framed=1",
    "/_dash-component-suites/dash/%00", "/_dash-component-suites/os/path.py", "/metrics",
    "/healthz",
    "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/head/frame.js?m=%ff", "/sign-out", "/%ff%fe", "*",
    "http://evil.example/", "//evil.example/", "/a b", "/" + "a" * 3000, f"/?q={CANARY}",
    f"/a b?q={CANARY}", f"/{CANARY}", f"/%0a%7B%22event%22:%22{CANARY}%22%7D", "/%1b[31m%0aforged",
)  # fmt: skip
METHODS = (
    *["GET", "POST"] * 4, "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "get", "X" * 40,
)  # fmt: skip
LINES = (
    "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site", "Content-Type: application/json",
    "Content-Type: multipart/form-data; boundary=x", "Content-Type: \x00", "X-Portal-Upload: 1",
    "Content-Type: application/json; charset=utf-7", "X-File-Name: %ff", "X-File-Name: a.csv",
    "X-File-Name: ../../x.csv", "X-File-Name: \xe9", "X-Purpose: model", "X-Purpose: recipe",
    "X-Purpose: \xff", f"X-Data: {'0' * 32}", "X-Model: ..", "X-Portal-Session: \xff",
    "Cookie: portal_session=a.b", "Cookie: portal_session=" + "a" * 7000, "Cookie: \xe9=\xe9",
    "Origin: null", "Origin: http://[", "Accept: text/html", "Accept: ;;q=", "Range: bytes=5-1",
    'If-None-Match: "', "If-Modified-Since: nonsense", "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked", "Content-Length: -1", "Content-Length: 99999999999",
    "Content-Length: 5, 6", "Expect: 100-continue", "Authorization: Bearer \xff",
    f"bad header {CANARY}",
    "X_Portal_User: root", f"Referer: http://a.example/?{CANARY}", "Host: a@b:99999", ": empty",
    "X-Long: " + "x" * 9000,
)  # fmt: skip
BODIES = (
    b"", b"{}", b"[]", b"null", b"NaN", b'{"output":1}', b'{"output":"shell-page.children"}',
    b"[" * 100_000, b'{"a":' * 50_000, b"\x00" * 1000, b"\xff\xfe{", CANARY.encode() * 10,
    b'{"output":"\\ud800"}', b"PK\x03\x04" + b"\x00" * 50, b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n",
    b"-1\r\n", b"ffffffffffffffff\r\na",
)  # fmt: skip


BROKEN_CHUNKS = (
    b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhel", b"-1\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n",
    b"ffffffffffffffffff\r\na", b"",
)  # fmt: skip


@pytest.fixture
def portal(machine: Machine) -> Machine:
    machine.environment["SEGMENTATION_REQUESTS_PER_MINUTE"] = "1000000"
    machine.environment["SEGMENTATION_NEW_SESSIONS_PER_MINUTE"] = "1000000"
    machine.start_web()
    return machine


def request(chance: random.Random, cookie: str) -> bytes:
    """One request; half of them come from our own page as far as the portal can tell."""
    body = chance.choice(BODIES)
    own = [f"Cookie: {cookie}", "Sec-Fetch-Site: same-origin"] if chance.random() < 0.5 else []
    lines = [*own, *chance.sample(LINES, chance.randrange(5))]
    if chance.random() < 0.8:
        lines.append(f"Content-Length: {len(body)}")
    version = chance.choice(["1.1"] * 8 + ["1.0", "2.0", "x"])
    first = f"{chance.choice(METHODS)} {chance.choice(PATHS)} HTTP/{version}"
    head = "\r\n".join([first, "Host: localhost", "Connection: close", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + body


def answer(port: int, sent: bytes) -> bytes:
    """What comes back until the connection is closed."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                got += piece
        except OSError:  # closed before all was read
            pass
    return got


def test_odd_requests_are_never_a_fault_of_the_server(portal: Machine) -> None:
    chance, cookie = random.Random(1), portal.visitor()
    statuses: Counter[bytes] = Counter()
    for _ in range(REQUESTS):
        sent = request(chance, cookie)
        got = answer(portal.settings.port, sent)
        statuses[got[9:12]] += 1
        assert got[9:10] != b"5", (sent[:500], got[:500])
        assert b"Traceback" not in got
        assert b"site-packages" not in got
    assert portal.get("/healthz").status == 200
    # They came past the parser of HTTP as well, to guards and routes.
    assert {b"200", b"400", b"403", b"404", b"405"} <= set(statuses)
    log = portal.log.read_text(errors="replace")
    assert CANARY not in log
    assert "Traceback" not in log
    assert "forged" not in log
    assert "\x1b" not in log
    assert "request_failed" not in log


def test_broken_chunks_are_refused_on_every_route(portal: Machine) -> None:
    for path in ("/", "/upload", "/embed", "/_dash-update-component", "/nowhere"):
        for body in BROKEN_CHUNKS:
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            got = answer(portal.settings.port, head.encode() + body)
            assert got[9:12] in {b"411", b"400", b""}, (path, body, got[:200])  # b"": closed


def test_each_request_is_one_line_that_names_its_route(portal: Machine) -> None:
    portal.get("/download/recipe.json?data=" + CANARY)
    until(
        lambda: "/download/recipe.json" in portal.log.read_text(),
        seconds=5,
        what="the line is written",
    )
    line = next(line for line in portal.log.read_text().splitlines() if "/download/recipe" in line)
    assert "status=400" in re.sub(r"\x1b\[\d*m", "", line)
    assert CANARY not in line
