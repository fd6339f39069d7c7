"""Going from page to page leaves nothing behind in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import find_segments, settled, step
from tests.servers import Server

pytestmark = pytest.mark.browser

# What shows that a page is there; locators keep no handle, which would keep the page itself.
PAGES = {
    "Data": ".sum-strip",
    "Explore": ".filters-count",
    "Segments": ".segment-card",
    "Predict": ".predict-answer",
}
ROUNDS = 6
# A page more or less that waits to be collected; a leak grows with every round.
MOST_GROWTH = 1.2


def go_round(page: Page) -> None:
    """See every page once."""
    for name, sign in PAGES.items():
        step(page, name)
        expect(page.locator(sign).first).to_be_visible()
        settled(page)


def test_page_changes_leak_no_elements_listeners_or_memory(visit: Visit, server: Server) -> None:
    page = visit.page
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_be_visible()
    step(page, "Segments")
    find_segments(page)
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    tools.send("HeapProfiler.enable")

    def measured() -> dict[str, float]:
        # Only a snapshot collects elements that are no longer in the page.
        tools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    go_round(page)
    go_round(page)
    before = measured()
    for _ in range(ROUNDS):
        go_round(page)
    after = measured()
    for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize"):
        assert after[name] < MOST_GROWTH * before[name], name
    assert visit.complaints == []
