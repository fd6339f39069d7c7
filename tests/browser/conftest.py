"""A real Chromium against gunicorn with two workers and the job worker beside it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import missing
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# One action of a journey; generous, because two cores also run the server.
ACTION_MILLISECONDS = 20_000

expect.set_options(timeout=ACTION_MILLISECONDS)


@dataclass
class Server:
    """A running portal.

    Attributes
    ----------
    url
        Its address on loopback.
    web, worker
        Its two processes.
    """

    url: str
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    log: Path


@dataclass
class Visit:
    """One browser session and what its console and network said.

    Attributes
    ----------
    page
        The page being driven.
    complaints
        Console errors and warnings, page errors, requests to other hosts, failed answers.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, **settings: str) -> Server:
    """Start gunicorn with two workers and the job worker on a folder of their own."""
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "SEGMENTATION_DATA_DIR": str(folder / "data"),
        "SEGMENTATION_SECRET_KEY": "a-secret-of-the-test-suite-of-40-characters",
        **settings,
    }
    log = folder / "server.log"
    web_command = ["gunicorn", "-c", "python:dashapp.gunicorn_conf", "dashapp.wsgi:server"]
    with log.open("wb") as out:
        web, worker = (
            subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            for command in (web_command, ["dashapp", "worker"])
        )
    server = Server(f"http://127.0.0.1:{port}", web, worker, log)
    until(lambda: is_ready(server), seconds=60, what="the portal answers /readyz")
    return server


def is_ready(server: Server) -> bool:
    """Whether store and worker answer."""
    assert server.web.poll() is None, server.log.read_text()
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def stop_server(server: Server) -> None:
    """Stop both processes as a platform would."""
    for process in (server.web, server.worker):
        process.terminate()
    for process in (server.web, server.worker):
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One portal for all browser tests; each visit is a session of its own."""
    running = start_server(tmp_path_factory.mktemp("portal"))
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        own = Path(playwright.chromium.executable_path)
        if path is None and not own.exists():
            missing("no Chromium is installed (apt-get install chromium)")
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield running
        running.close()


def new_visit(context: BrowserContext, server: Server) -> Visit:
    """Open a page that writes down everything that should not happen."""
    page = context.new_page()
    page.set_default_timeout(ACTION_MILLISECONDS)
    visit = Visit(page)

    def note_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(f"console {message.type}: {message.text}")

    def note_request(request: Any) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            visit.complaints.append(f"request to another host: {request.url}")

    def note_answer(response: Any) -> None:
        if response.status >= 400:
            visit.complaints.append(f"{response.status}: {response.url}")

    page.on("console", note_console)
    page.on("pageerror", lambda error: visit.complaints.append(f"page error: {error}"))
    page.on("request", note_request)
    page.on("response", note_answer)
    return visit


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A new visitor at 1440 × 900."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield new_visit(context, server)
    context.close()


@pytest.fixture
def other_visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A second visitor with cookies of their own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield new_visit(context, server)
    context.close()
