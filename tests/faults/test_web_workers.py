"""Many sessions at once on two workers, and a worker killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import Callback, find_by_input
from tests.servers import Server, start_server, stop_server
from tests.visitor import Visitor
from tests.waiting import until

SESSIONS = 10
Find = Callable[[str, str], Callback]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(
        tmp_path_factory.mktemp("portal"), SEGMENTATION_WORKERS="2", SEGMENTATION_JOBS_WAITING="200"
    )
    yield running
    stop_server(running)


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Find:
    """Callbacks by output and input, read from an application that serves nobody."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("map")))
    return lambda output, input_: find_by_input(app, output, input_)


def customer_file(number: int) -> bytes:
    """A file whose every row carries a word that no other session's file has."""
    rows = [
        f"canary{number:02d}x{i},{20 + i % 50},{(i % 3) * 400 + 100 + i % 17},{(i % 3) * 5 + i % 3}"
        for i in range(60 + number)
    ]
    return "\n".join(["Customer ID,Age,Total Spend,Items Purchased", *rows]).encode()


def journey(url: str, find: Find, number: int) -> tuple[int, str]:
    """Upload, find segments and download; everything this session ever saw."""
    visitor = Visitor(url, find)
    visitor.upload(f"list-{number:02d}.csv", customer_file(number))
    seen = str(visitor.fire("data-content.children", "shell-refs.data", {}))
    visitor.find_segments()
    seen += str(visitor.fire("segments-content.children", "shell-refs.data", {}))
    return number, seen + visitor.customers()


def test_ten_sessions_at_once_get_their_own_results_only(server: Server, find: Find) -> None:
    with ThreadPoolExecutor(SESSIONS) as pool:
        results = list(pool.map(lambda number: journey(server.url, find, number), range(SESSIONS)))
    for number, seen in results:
        assert seen.count(f"canary{number:02d}x") >= 60 + number
        for other in set(range(SESSIONS)) - {number}:
            assert f"canary{other:02d}x" not in seen
            assert f"list-{other:02d}.csv" not in seen


def web_workers(server: Server) -> set[int]:
    """Process ids of gunicorn's workers."""
    children = Path(f"/proc/{server.web.pid}/task/{server.web.pid}/children").read_text()
    return {int(pid) for pid in children.split()}


def test_killed_web_workers_lose_no_session(server: Server, find: Find) -> None:
    visitor = Visitor(server.url, find)
    visitor.upload("list-42.csv", customer_file(42))
    before = web_workers(server)
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(
        lambda: len(web_workers(server) - before) == 2,
        seconds=30,
        what="gunicorn has two new workers",
    )
    visitor.find_segments()
    assert visitor.customers().count("canary42x") == 102
