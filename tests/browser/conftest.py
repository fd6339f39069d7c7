"""A real Chromium against gunicorn with two workers and the job worker beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.prepared import Prepared
from tests.conftest import missing
from tests.servers import Server, start_server, stop_server

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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One portal for all browser tests; each visit is a session of its own."""
    running = start_server(tmp_path_factory.mktemp("portal"))
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def prepared(server: Server) -> Prepared:
    """Sessions with segments, for tests that are not about how one comes to them."""
    return Prepared(server)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers; there can be only one in a process."""
    with sync_playwright() as running:
        yield running


def chromium(playwright: Playwright) -> str | None:
    """Path of the system's Chromium; None for Playwright's own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and not Path(playwright.chromium.executable_path).exists():
        missing("no Chromium is installed (apt-get install chromium)")
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all visits; each has cookies of its own."""
    running = playwright.chromium.launch(executable_path=chromium(playwright), args=CHROMIUM_FLAGS)
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
