"""How a web worker treats clients that are slow, by the bytes that it sends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.faults.conftest import ROOT, free_port
from tests.faults.slow_app import PIECE, PIECES
from tests.waiting import until

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
UPLOAD = b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
LARGE = 3_000_000


class Worker:
    """A web worker of its own, with the application of ``slow_app``."""

    def __init__(self, folder: Path, patience: float = 1) -> None:
        self.port, self.log = free_port(), folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "python:tests.faults.impatient_conf",
                 "-b", f"127.0.0.1:{self.port}", "tests.faults.slow_app:answer"],
                cwd=ROOT, env={**os.environ, "PACE_SECONDS": str(patience)}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            until(self._answers, seconds=30, what="the worker answers")
        except AssertionError:
            self.stop()
            raise

    def _answers(self) -> bool:
        with suppress(OSError):
            return body(self.ask(GET % b"here")) == b"here"
        return False

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which something has been sent."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        line.sendall(sent)
        return line

    def ask(self, sent: bytes) -> bytes:
        """All that comes back after a request, whose connection is then closed."""
        with self.connect(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)) as line:
            return rest(line)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)


def rest(line: socket.socket) -> bytes:
    """What comes until the other side closes."""
    got = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65_536):
            got += piece
    return got


def next_response(line: socket.socket) -> bytes:
    """The next chunked response of a connection that stays open."""
    got = b""
    while not got.endswith(b"0\r\n\r\n"):
        piece = line.recv(65_536)
        assert piece, got
        got += piece
    return got


def body(response: bytes) -> bytes:
    """The body of a chunked response."""
    _, _, left = response.partition(b"\r\n\r\n")
    parts = []
    while left:
        size, _, left = left.partition(b"\r\n")
        parts.append(left[: int(size, 16)])
        left = left[int(size, 16) + 2 :]
    return b"".join(parts)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    with ExitStack() as stack:

        def started(patience: float = 1) -> Worker:
            worker = Worker(tmp_path, patience)
            stack.callback(worker.stop)
            return worker

        yield started


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    made = Worker(tmp_path_factory.mktemp("worker"))
    yield made
    made.stop()


def test_requests_on_one_connection_are_answered_in_order(worker: Worker) -> None:
    with worker.connect() as line:
        for piece in (b"GET /here HTT", b"P/1.1\r\nHost: a\r\n", b"\r\n" + UPLOAD % 3 + b"ab"):
            line.sendall(piece)
        assert body(next_response(line)) == b"here"
        line.sendall(b"c" + GET % b"here" + GET % b"here")
        got = b""
        while got.count(b"0\r\n\r\n") < 3:
            got += line.recv(65_536)
    assert re.findall(rb"\r\n\r\n\d\r\n(\w+)\r\n0", got) == [b"3", b"here", b"here"]


@pytest.mark.parametrize("size", [0, 10, LARGE])
def test_bodies_of_every_size_arrive_whole(worker: Worker, size: int) -> None:
    assert body(worker.ask(UPLOAD % size + b"x" * size)) == str(size).encode()


def test_chunked_bodies_arrive_whole(worker: Worker) -> None:
    head = b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert body(worker.ask(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) == b"5"


@pytest.mark.parametrize("size", [10, LARGE])
def test_a_client_that_asks_before_it_sends_is_bidden_to_go_on_once(
    worker: Worker, size: int
) -> None:
    head = (UPLOAD % size).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    with worker.connect(head) as line:
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"x" * size)
        assert body(next_response(line)) == str(size).encode()


def test_a_large_response_arrives_whole_however_late_it_is_read(
    start: Callable[..., Worker],
) -> None:
    worker = start(patience=60)
    with ExitStack() as stack:
        # More than there are threads.
        readers = [stack.enter_context(worker.connect(GET % b"large")) for _ in range(10)]
        assert body(worker.ask(GET % b"here")) == b"here"
        for line in readers:
            assert body(next_response(line)) == PIECE * PIECES


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"GET /here HTTP/1.1\r\nHost: a\r\n", b" 408 "),
        (UPLOAD % 10 + b"x", b" 408 "),
        (UPLOAD % LARGE + b"x", b" 408 "),
        # A thread has begun to read it, and finds that it ends too early.
        (UPLOAD % LARGE + b"x" * 100_000, b" 200 "),
        (b"", b""),
    ],
)
def test_what_never_gets_complete_ends_after_a_while(
    worker: Worker, sent: bytes, said: bytes
) -> None:
    with worker.connect(sent) as line:
        assert said in rest(line) or not said


def test_byte_by_byte_nobody_gains_time(worker: Worker) -> None:
    with worker.connect(UPLOAD % LARGE + b"x" * 100_000) as line:
        closed = []

        def trickle() -> bool:
            try:
                line.sendall(b"x")
            except OSError:
                closed.append(True)
            return bool(closed)

        until(trickle, seconds=15, what="the worker has closed the connection")


def test_who_does_not_read_is_cut_off_and_the_response_called_off(
    start: Callable[..., Worker],
) -> None:
    worker = start()
    with worker.connect(GET % b"large") as line:
        until(lambda: "called off" in worker.log.read_text(), seconds=20, what="it is given up")
        # Nor does the kernel go on sending what it had taken.
        with pytest.raises(ConnectionResetError):
            list(iter(lambda: line.recv(65_536), b""))


def test_idle_and_unfinished_connections_make_room_for_new_ones(
    start: Callable[..., Worker],
) -> None:
    worker = start(patience=60)
    with ExitStack() as stack:
        for sent in [b"", GET % b"here", b"GET", UPLOAD % 9, GET % b"large", UPLOAD % LARGE] * 10:
            stack.enter_context(worker.connect(sent))
        assert body(worker.ask(GET % b"here")) == b"here"


def test_the_slowest_upload_goes_when_others_wait_for_its_place(
    start: Callable[..., Worker],
) -> None:
    worker = start(patience=60)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(worker.connect(UPLOAD % LARGE + b"x" * 100_000))
        assert body(worker.ask(UPLOAD % LARGE + b"x" * LARGE)) == str(LARGE).encode()
        assert body(worker.ask(GET % b"here")) == b"here"


def test_a_response_that_fails_midway_breaks_off(worker: Worker) -> None:
    with worker.connect(GET % b"broken") as line:
        got = rest(line)
    assert PIECE in got
    assert not got.endswith(b"0\r\n\r\n")
    assert "on purpose" in worker.log.read_text()


def test_a_stop_waits_for_what_was_accepted(start: Callable[..., Worker]) -> None:
    worker = start(patience=60)
    with (
        worker.connect(UPLOAD % LARGE + b"x" * 100_000) as upload,
        worker.connect(GET % b"large") as download,
        worker.connect(b"GET /never"),
    ):
        download.recv(1, socket.MSG_PEEK)
        worker.process.terminate()
        until(lambda: "Handling signal: term" in worker.log.read_text(), seconds=10, what="asked")
        upload.sendall(b"x" * (LARGE - 100_000))
        assert body(rest(upload)) == str(LARGE).encode()
        assert body(rest(download)) == PIECE * PIECES
    assert worker.process.wait(timeout=20) == 0
