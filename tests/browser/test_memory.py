"""Going from page to page leaves nothing behind in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Visit
from tests.browser.prepared import Prepared
from tests.browser.steps import step

pytestmark = pytest.mark.browser

# What shows that a page is there; locators keep no handle, which would keep the page itself.
PAGES = {
    "Data": ".sum-strip",
    "Explore": ".filters-count",
    "Segments": ".segment-card",
    "Predict": ".predict-answer",
}
# Fifty page changes, after some in which the browser compiles what it then keeps.
WARM_ROUNDS, ROUNDS = 3, 13
# Visits to the 3D map, each of which takes a place on the graphics card; browsers have some ten.
VISITS = 6
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


def go_round(page: Page) -> None:
    """See every page once."""
    for name, sign in PAGES.items():
        step(page, name)
        expect(page.locator(sign).first).to_be_visible()
        page.wait_for_function(DRAWN)


def open_segments(visit: Visit, prepared: Prepared) -> tuple[Page, CDPSession]:
    """A visitor with segments, and the browser's own tools."""
    visit.page.add_init_script(COUNT_CONTEXTS)
    prepared.open(visit.page)
    tools = visit.page.context.new_cdp_session(visit.page)
    tools.send("Performance.enable")
    tools.send("HeapProfiler.enable")
    return visit.page, tools


def collect(page: Page, tools: CDPSession) -> None:
    """Let the browser drop what nothing holds; only a snapshot collects elements as well.

    Charts that have left the page are held a moment longer, to be cleared.
    """
    page.wait_for_function("left => performance.now() > left", arg=cleared_at(page))
    tools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})


def cleared_at(page: Page) -> float:
    """When assets/charts.js has cleared what has left the page by now."""
    return float(page.evaluate("performance.now()")) + 2_000


def test_fifty_page_changes_leak_no_elements_listeners_or_memory(
    visit: Visit, prepared: Prepared
) -> None:
    page, tools = open_segments(visit, prepared)

    def measured() -> dict[str, float]:
        collect(page, tools)
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
    assert page.evaluate("document.querySelectorAll('.js-plotly-plot').length") == 2
    assert visit.complaints == []


def test_visits_to_the_3d_map_give_back_their_place_on_the_graphics_card(
    visit: Visit, prepared: Prepared
) -> None:
    page, tools = open_segments(visit, prepared)
    for _ in range(VISITS):
        page.get_by_role("tab", name="Map", exact=True).click()
        page.locator("#segments-map-view label", has_text="3D").click()
        expect(page.locator("#segments-map .gl-container canvas").first).to_be_attached()
        page.wait_for_function(DRAWN)
        page.get_by_role("tab", name="Actions", exact=True).click()
        expect(page.locator("#segments-map")).to_have_count(0)
    collect(page, tools)
    assert page.evaluate("window.contextsMade.length") >= VISITS
    assert page.evaluate(LIVING_CONTEXTS) == 0
    # What the driver says of any page with a WebGL canvas is not the page's own complaint.
    assert [said for said in visit.complaints if "GL Driver Message" not in said] == []
