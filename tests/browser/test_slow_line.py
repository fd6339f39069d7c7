"""The whole way over slow and lossy lines: nothing that works nearby may fail from afar."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ACTION_MILLISECONDS
from tests.browser.steps import find_segments, open_tab, rename, step
from tests.servers import Server
from tests.slow_line import slow_line

pytestmark = pytest.mark.browser

# Seconds from question to answer: Chrome's “Slow 4G”, a satellite, the far end of a bad hotel.
LINES = [
    pytest.param(0.4, id="400ms"),
    pytest.param(1.0, id="1s", marks=pytest.mark.slow),
    pytest.param(2.0, id="2s", marks=pytest.mark.slow),
]
LOST = 0.01
TABS = ("Profiles", "Distribution", "Compare", "Evidence", "Actions", "Customers")


@pytest.fixture
def far_page(browser: Browser) -> Iterator[Page]:
    """A visitor who may have to wait for everything."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(3 * ACTION_MILLISECONDS)
    expect.set_options(timeout=3 * ACTION_MILLISECONDS)
    yield page
    expect.set_options(timeout=ACTION_MILLISECONDS)
    context.close()


@pytest.mark.parametrize("seconds", LINES)
def test_the_whole_way_works_over_a_slow_and_lossy_line(
    far_page: Page, server: Server, seconds: float, tmp_path: Path
) -> None:
    with slow_line(server.url, seconds, loss=LOST) as line:
        page = far_page
        page.goto(line.url)
        page.get_by_role("button", name="Try it with sample customers").click()
        expect(page.locator(".sum-strip")).to_contain_text("500 rows read")

        step(page, "Segments")
        find_segments(page)
        expect(page.locator(".segment-card")).to_have_count(4)
        for tab in TABS:
            open_tab(page, tab)
            expect(page.locator("#segments-body")).not_to_be_empty()
        before = page.url
        rename(page, 0, "First of all")
        expect(page).not_to_have_url(before)  # the address names the renamed model
        renamed = parse_qs(urlsplit(page.url).query)["model"][0]

        link = page.get_by_role("link", name="Download CSV")
        expect(link).to_have_attribute("href", re.compile(renamed))
        with page.expect_download() as waiting:
            link.click()
        saved = tmp_path / "scored.csv"
        waiting.value.save_as(saved)
        with saved.open(encoding="utf-8-sig", newline="") as file:
            names = {row["segment"] for row in csv.DictReader(file)}
        assert "First of all" in names

        step(page, "Explore")
        expect(page.locator(".filters-count")).to_have_text("500 of 500 customers")
        step(page, "Predict")
        expect(page.locator(".predict-answer h2")).not_to_be_empty()


@pytest.mark.parametrize("seconds", [2.0])
def test_segments_appear_though_each_answer_takes_longer_than_the_pace_of_asking(
    far_page: Page, server: Server, seconds: float
) -> None:
    page = far_page
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
    address = page.url.removeprefix(server.url)
    with slow_line(server.url, seconds) as line:
        page.goto(line.url + address)
        step(page, "Segments")
        find_segments(page)
        expect(page.locator(".segment-card")).to_have_count(4)


def test_answers_that_are_cut_off_are_asked_for_again(far_page: Page, server: Server) -> None:
    page = far_page
    with slow_line(server.url, 0.1) as line:
        page.goto(line.url)
        page.get_by_role("button", name="Try it with sample customers").click()
        expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
        line.cut = 0.2
        step(page, "Segments")
        find_segments(page)
        expect(page.locator(".segment-card")).to_have_count(4)
