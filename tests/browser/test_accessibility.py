"""axe-core finds nothing serious on any page, tab or theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import new_visit
from tests.browser.steps import find_segments, settled, step
from tests.browser.test_journey import EXPLORE_TABS, SEGMENT_TABS
from tests.servers import Server

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """A visitor with segments of the sample, in one of the two themes."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    visited = new_visit(context, server).page
    visited.goto(server.url)
    settled(visited)
    assert grave_findings(visited) == [], "the empty page"
    visited.get_by_role("button", name="Try it with sample customers").click()
    expect(visited.locator(".sum-strip")).to_be_visible()
    step(visited, "Segments")
    find_segments(visited)
    yield visited
    context.close()


def grave_findings(page: Page) -> list[str]:
    """Serious and critical findings, each with its rule and first place."""
    settled(page)
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:160]} {item['nodes'][0]['failureSummary'][:200]}"
        for item in found
        if item["impact"] in GRAVE
    ]


def test_data_has_no_grave_finding(page: Page) -> None:
    step(page, "Data")
    expect(page.locator(".sum-strip")).to_be_visible()
    assert grave_findings(page) == []


@pytest.mark.parametrize("tab", EXPLORE_TABS)
def test_explore_has_no_grave_finding(page: Page, tab: str) -> None:
    step(page, "Explore")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert grave_findings(page) == []


@pytest.mark.parametrize("tab", SEGMENT_TABS)
def test_segments_have_no_grave_finding(page: Page, tab: str) -> None:
    step(page, "Segments")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert grave_findings(page) == []


@pytest.mark.parametrize("tab", ["One customer", "A whole file"])
def test_predict_has_no_grave_finding(page: Page, tab: str) -> None:
    step(page, "Predict")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert grave_findings(page) == []


def test_tabs_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    step(page, "Explore")
    first = page.get_by_role("tab", name="Distributions", exact=True)
    first.focus()
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("tab", name="By category", exact=True)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.locator("#explore-by-category")).to_be_visible()


def test_help_opens_and_closes_with_the_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Help").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Four steps")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Four steps")).to_be_hidden()
