"""One real browser walks the portal; what it asks for becomes the journey of all users.

Whatever the pages send, the load is the same: nothing here knows a callback by name but the one
that follows jobs.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, Response, expect, sync_playwright

EXPLORE_TABS = ("By category", "Relationships", "Alerts")
SEGMENT_TABS = ("Profiles", "Distribution", "Compare", "Evidence", "Customers", "Actions")
AMOUNTS = (300, 900, 1500)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WAIT_MILLISECONDS = 120_000
# What users have of their own: data set, model and job, each an id of 128 bits.
ID = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
CALLBACK = "/_dash-update-component"
TICK = b"shell-poll.data"
STATIC = ("/assets/", "/_dash-component-suites/", "/vendor/", "/_favicon.ico")


@dataclass(frozen=True)
class Ask:
    """One request of the journey.

    Attributes
    ----------
    method, path
        What is asked; the path with its query.
    body
        Pieces between which users put their own ids.
    slots
        Names of these ids, one fewer than there are pieces.
    """

    method: str
    path: str
    body: tuple[bytes, ...]
    slots: tuple[str, ...]


@dataclass
class Action:
    """What one thing that a user does makes the browser ask for.

    Attributes
    ----------
    name
        Such as ``"explore: Alerts"``.
    waves
        Requests that go out together, one wave after the answers of the one before.
    """

    name: str
    waves: list[list[Ask]] = field(default_factory=list)


@dataclass
class _Seen:
    """A request of the browser, with its times in seconds."""

    action: str
    began: float
    request: Request
    ended: float = float("inf")


class Scout:
    """Notes what a browser asks for.

    Parameters
    ----------
    page
        A fresh page of the browser.
    url
        Address of the portal.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url
        self._action = ""
        self._seen: list[_Seen] = []
        self._ids: dict[bytes, str] = {}
        page.set_default_timeout(WAIT_MILLISECONDS)
        page.on("request", self._note_request)
        page.on("response", self._note_answer)

    @contextmanager
    def doing(self, name: str) -> Iterator[None]:
        """All that is asked for until the page is quiet again belongs to an action."""
        self._action = name
        yield
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(300)

    def journey(self) -> list[Action]:
        """The actions in order, with places for the ids of users."""
        self._learn_ids()
        actions: dict[str, Action] = {}
        until = -1.0
        for seen in self._seen:
            action = actions.setdefault(seen.action, Action(seen.action))
            if seen.began >= until or not action.waves:
                action.waves.append([])
                until = float("inf")
            action.waves[-1].append(self._ask(seen.request))
            until = min(until, seen.ended)
        return list(actions.values())

    def _note_request(self, request: Request) -> None:
        path = request.url.removeprefix(self._url)
        if path.startswith(("http", "data:", "blob:", *STATIC)):
            return
        if path.startswith(CALLBACK) and TICK in (request.post_data_buffer or b""):
            # How often a user asks depends on how long the job takes.
            return
        self._seen.append(_Seen(self._action, time.monotonic(), request))

    def _note_answer(self, response: Response) -> None:
        for seen in self._seen:
            if seen.request == response.request:
                seen.ended = time.monotonic()

    def _learn_ids(self) -> None:
        """Which of the ids is what: data set and model stand in the address, jobs come before."""
        query = dict(re.findall(r"(data|model)=([0-9a-f]{32})", self.page.url))
        self._ids = {query["data"].encode(): "dataset", query["model"].encode(): "model"}

    def _ask(self, request: Request) -> Ask:
        body = b"" if request.url.endswith("/upload") else request.post_data_buffer or b""
        path = request.url.removeprefix(self._url)
        pieces, slots, rest = [], [], body
        for own in ID.findall(body):
            head, _, rest = rest.partition(own)
            pieces.append(head)
            slots.append(self._ids.get(own, "job"))
        if path.startswith(CALLBACK):
            path = CALLBACK
        return Ask(request.method, path, (*pieces, rest), tuple(slots))


def scouted(url: str, file: Path) -> list[Action]:
    """Walk the portal once with a file of a user's own."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        scout = Scout(browser.new_page(viewport={"width": 1440, "height": 900}), url)
        for name, act in walk(scout.page, url, file):
            with scout.doing(name):
                act()
        journey = scout.journey()
        browser.close()
    return journey


def walk(page: Page, url: str, file: Path) -> Iterator[tuple[str, Any]]:
    """The journey: name of each action and what to do."""
    yield "open", partial(page.goto, url)
    yield "upload", partial(upload, page, file)
    yield "explore", partial(step, page, "Explore")
    for name in EXPLORE_TABS:
        yield f"explore: {name}", partial(tab, page, name)
    yield "explore: filter", partial(only_gold, page)
    yield "segments", partial(step, page, "Segments")
    yield "train", partial(train, page)
    for name in SEGMENT_TABS:
        yield f"segments: {name}", partial(tab, page, name)
    yield "predict", partial(step, page, "Predict")
    for amount in AMOUNTS:
        yield f"predict: {amount}", partial(spend, page, amount)


def upload(page: Page, file: Path) -> None:
    """Choose a file in the drop zone."""
    page.locator("[data-upload=dataset] input[type=file]").first.set_input_files(file)
    expect(page.locator(".sum-strip")).to_be_visible(timeout=WAIT_MILLISECONDS)


def train(page: Page) -> None:
    """Press the one button."""
    page.get_by_role("button", name="Find segments").click()
    expect(page.locator(".verdict-sentence")).to_be_visible(timeout=WAIT_MILLISECONDS)


def only_gold(page: Page) -> None:
    """Filter the customers."""
    page.locator(".filters .filter", has_text="Membership Type").locator(".dash-dropdown").click()
    page.locator(".dash-dropdown-option", has_text="Gold").first.click()


def spend(page: Page, amount: int) -> None:
    """Change one value of the form."""
    slider = page.locator(".predict-form .field", has_text="Total Spend").locator("input").first
    slider.fill(str(amount))
    slider.press("Enter")


def step(page: Page, name: str) -> None:
    """Go to one of the four pages."""
    page.locator("nav.steps").get_by_role("link", name=name).click()


def tab(page: Page, name: str) -> None:
    """Open a tab of a page."""
    page.get_by_role("tab", name=name, exact=True).click()
