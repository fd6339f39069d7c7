"""Going from page to page leaves nothing behind in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import find_segments, open_sample, step
from tests.servers import Server
from tests.waiting import until

pytestmark = pytest.mark.browser

# What shows that a page is there; locators keep no handle, which would keep the page itself.
PAGES = {
    "Data": ".sum-strip",
    "Explore": ".filters-count",
    "Segments": ".segment-card",
    "Predict": ".predict-answer",
}
# Fifty page changes, after some in which the browser compiles what it then keeps.
WARM_ROUNDS, ROUNDS = 4, 13
# A page more or less that waits to be collected; a leak grows with every round.
MOST_GROWTH = 1.2

#: Nothing is on its way, and each chart that the page keeps room for is drawn.
DRAWN = """
() => !document.querySelector("[data-dash-is-loading=true]") &&
  [...document.querySelectorAll(".chart-graph")].every((room) =>
    room.querySelector(".trace, .slice, .gl-container canvas"))
"""
#: Keeps a weak hold of every WebGL context, so that the test does not keep one alive itself.
COUNT_CONTEXTS = """
(() => {
  const made = window.contextsMade = [];
  const take = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    const context = take.call(this, kind, options);
    if (context && kind.startsWith("webgl") && !made.some((held) => held.deref() === context)) {
      made.push(new WeakRef(context));
    }
    return context;
  };
})()
"""
LIVING_CONTEXTS = """
() => window.contextsMade.map((held) => held.deref())
  .filter((context) => context && !context.isContextLost()).length
"""


def look_in_3d(page: Page) -> None:
    """Turn to the 3D map, which draws on the graphics card."""
    page.get_by_role("tab", name="Map", exact=True).click()
    page.locator("#segments-map-view label", has_text="3D").click()
    expect(page.locator("#segments-map .gl-container canvas").first).to_be_attached()
    page.wait_for_function(DRAWN)


def go_round(page: Page) -> None:
    """See every page once, and the map in 3D."""
    for name, sign in PAGES.items():
        step(page, name)
        expect(page.locator(sign).first).to_be_visible()
        page.wait_for_function(DRAWN)
        if name == "Segments":
            look_in_3d(page)


def test_fifty_page_changes_leak_no_elements_listeners_contexts_or_memory(
    visit: Visit, server: Server
) -> None:
    page = visit.page
    page.add_init_script(COUNT_CONTEXTS)
    open_sample(page, server)
    step(page, "Segments")
    find_segments(page)
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    tools.send("HeapProfiler.enable")

    def all_let_go() -> bool:
        # Only a snapshot collects elements that are no longer in the page.
        tools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
        return bool(page.evaluate(LIVING_CONTEXTS) == 0)

    def measured() -> dict[str, float]:
        # A timer of plotly's holds the last map for a moment.
        until(all_let_go, seconds=20, what="no WebGL context is alive")
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    for _ in range(WARM_ROUNDS):
        go_round(page)
    before = measured()
    for _ in range(ROUNDS):
        go_round(page)
    after = measured()
    for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize"):
        assert after[name] < MOST_GROWTH * before[name], name
    assert page.evaluate("window.contextsMade.length") >= ROUNDS
    assert page.evaluate("document.querySelectorAll('.js-plotly-plot').length") == 2
    complaints = [text for text in visit.complaints if "GPU stall due to ReadPixels" not in text]
    assert complaints == []
