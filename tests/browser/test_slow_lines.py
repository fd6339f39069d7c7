"""On a slow line that loses some requests, everything works that works on a fast one."""

from __future__ import annotations

import csv
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import ACTION_MILLISECONDS, Visit, new_visit
from tests.browser.held import Held
from tests.browser.prepared import Prepared
from tests.browser.steps import find_segments, open_tab, rename, settled, step, upload
from tests.browser.test_journey import EXPLORE_TABS, SEGMENT_TABS
from tests.servers import Server
from tests.slow_line import SlowLine, slow_line

pytestmark = pytest.mark.browser

# A page needs several answers, one after the other, each of which takes this many times as long as
# the line; and the browser waits a second before it asks again for what was lost.
PATIENCE_MILLISECONDS = 120_000
SECONDS = [
    0.4,
    pytest.param(1.0, marks=pytest.mark.slow),
    pytest.param(2.0, marks=pytest.mark.slow),
]
# What the browser says of a connection that was reset, and Dash of a script that did not come.
LOST = ("net::ERR_", "ChunkLoadError")


@pytest.fixture(params=SECONDS, ids=lambda seconds: f"{seconds:g} s")
def line(request: pytest.FixtureRequest, server: Server) -> Iterator[tuple[Server, SlowLine]]:
    """The portal at the end of a line with this latency."""
    with slow_line(server, request.param) as found:
        yield found


@pytest.fixture
def far(browser: Browser, line: tuple[Server, SlowLine]) -> Iterator[Visit]:
    """A new visitor who has the time that the line takes."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    visit = new_visit(context, line[0])
    visit.page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield visit
    context.close()
    expect.set_options(timeout=ACTION_MILLISECONDS)


@pytest.fixture
def worker_stopped(server: Server) -> Iterator[Callable[[], None]]:
    """The worker stands still, and goes on when this is called."""

    def go_on() -> None:
        server.worker.send_signal(signal.SIGCONT)

    server.worker.send_signal(signal.SIGSTOP)
    yield go_on
    go_on()


def complaints(visit: Visit) -> list[str]:
    """Whatever should not happen, but for the connections that the line has reset."""
    return [one for one in visit.complaints if not any(lost in one for lost in LOST)]


def write_customers(path: Path) -> Path:
    """Two plain groups of customers."""
    rows = [
        f"{number},{25 + number % 9 + 30 * (number % 2)},{100 + 900 * (number % 2) + number % 13},"
        f"{'Gold' if number % 2 else 'Basic'}"
        for number in range(200)
    ]
    path.write_text("\n".join(["Customer ID,Age,Total Spend,Membership Type", *rows]))
    return path


def narrow(page: Page) -> None:
    """Leave customers out by the first handle of the first filter."""
    page.locator(".filters [role=slider]").first.press("ArrowRight")


def test_the_whole_journey_works(far: Visit, line: tuple[Server, SlowLine], tmp_path: Path) -> None:
    page = far.page
    page.goto(line[0].url)
    file = write_customers(tmp_path / "far-customers.csv")
    upload(page, file)
    expect(page.get_by_role("heading", name=file.name)).to_be_visible()
    expect(page.locator(".sum-strip")).to_contain_text("200 rows read")

    step(page, "Explore")
    expect(page.locator(".filters-count")).to_have_text("200 of 200 customers")
    for tab in EXPLORE_TABS:
        open_tab(page, tab)
        settled(page)
        expect(page.locator("#explore-body")).not_to_be_empty()
    narrow(page)
    expect(page.locator(".filters-count")).not_to_have_text("200 of 200 customers")

    step(page, "Segments")
    find_segments(page)
    for tab in SEGMENT_TABS:
        open_tab(page, tab)
        settled(page)
        expect(page.locator("#segments-body")).not_to_be_empty()
    rename(page, 0, "Far friends")
    expect(page.locator(".segment-name").first).to_have_attribute("placeholder", "Far friends")
    open_tab(page, "Customers")
    expect(page.locator("#segments-grid-count")).to_have_text("200 of 200 customers")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as saved:
        names = {row["segment"] for row in csv.DictReader(saved)}
    assert "Far friends" in names

    step(page, "Predict")
    answer = page.locator(".predict-answer h2")
    spend = page.locator(".predict-form .field", has_text="Total Spend").locator("input").first
    for typed in ("1", "10", "101", "1000"):
        spend.fill(typed)
        spend.press("Enter")
    settled(page)
    expect(spend).to_have_value("1000")
    expect(answer).not_to_be_empty()
    open_tab(page, "A whole file")
    page.locator("[data-upload=batch] input[type=file]").set_input_files(file)
    expect(page.locator("#predict-batch")).to_contain_text("200")
    page.reload()
    expect(page.locator("#predict-content h1")).to_be_attached()
    settled(page)
    assert complaints(far) == []
    assert line[1].losses, "the line has lost nothing"


def test_a_waiting_job_is_followed_everywhere_and_can_be_cancelled(
    far: Visit, line: tuple[Server, SlowLine], worker_stopped: Callable[[], None]
) -> None:
    page = far.page
    page.goto(line[0].url)
    sample = page.get_by_role("button", name="Try it with sample customers")
    sample.click()
    waiting = page.locator("#shell-progress")
    expect(waiting).to_contain_text("Waiting to start")
    step(page, "Explore")
    page.reload()
    expect(waiting).to_contain_text("Waiting to start")
    other = page.context.new_page()
    other.goto(line[0].url)
    expect(other.locator("#shell-progress")).to_contain_text("Waiting to start")
    other.get_by_role("button", name="Cancel").click()
    for each in (other, page):
        expect(each.locator("#shell-alert")).to_contain_text("cancelled")
        expect(each.locator("#shell-progress")).to_be_empty()
    worker_stopped()
    step(page, "Data")
    sample.click()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
    assert complaints(far) == []


class Losses:
    """Everything that a page asks for is lost once: half of it before the server has heard it.

    Parameters
    ----------
    page
        A page that has not been anywhere yet.
    """

    def __init__(self, page: Page) -> None:
        self.callbacks = 0
        self._known: set[tuple[str, str | None]] = set()
        page.route("**/*", self._judge)

    def _judge(self, route: Route) -> None:
        request = route.request
        asked = (request.url, request.post_data)
        if request.resource_type == "document" or asked in self._known:
            route.continue_()
            return
        self._known.add(asked)
        if request.method == "POST":
            self.callbacks += 1
            if self.callbacks % 2:
                route.fetch()  # the server has done it, and the browser does not learn of it
        route.abort("connectionreset")


def test_whatever_is_lost_once_comes_by_itself_and_is_done_once(
    visit: Visit, server: Server
) -> None:
    page = visit.page
    losses = Losses(page)
    page.goto(server.url)
    expect(page.locator(".opening")).to_have_count(0)
    visit.complaints.clear()  # of scripts that missed those which were lost
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read", timeout=60_000)
    step(page, "Explore")
    expect(page.locator("#explore-body .js-plotly-plot").first).to_be_visible()
    step(page, "Segments")
    find_segments(page)
    rename(page, 0, "Far friends")
    expect(page.locator(".segment-name").first).to_have_attribute("placeholder", "Far friends")
    open_tab(page, "Customers")
    expect(page.locator(".portal-grid .ag-row").first).to_be_visible()
    page.get_by_role("button", name="Tasks of this session").click()
    tasks = page.get_by_role("dialog", name="Tasks of this session").get_by_role("listitem")
    expect(tasks).to_have_count(2)
    settled(page)
    expect(page.locator("#portal-away")).to_be_empty()
    assert losses.callbacks
    assert complaints(visit) == []


def test_a_click_that_is_not_answered_yet_shows_that_something_happens(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    held = Held(page)
    under_way = page.locator("._dash-loading-callback")
    held.hold("shell-page.children")
    page.locator("nav.steps").get_by_role("link", name="Predict").click()
    held.until_asked("shell-page.children")
    expect(under_way).to_be_in_viewport()
    held.arrive("shell-page.children")
    settled(page)
    expect(under_way).to_have_count(0)
