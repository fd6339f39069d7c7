"""Charts keep to the room they have, and are not drawn again for nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import CHROMIUM_FLAGS, Visit, chromium, new_visit
from tests.browser.prepared import Prepared
from tests.browser.steps import settled
from tests.servers import Server

pytestmark = pytest.mark.browser

CHART = "#explore-histogram .js-plotly-plot"
DRAWN = f"""() => document.querySelector("{CHART} .trace")"""
#: Whether the chart is as wide as its room and has nothing more to draw.
SETTLED = f"""
() => {{
  const chart = document.querySelector("{CHART}");
  return Math.abs(chart._fullLayout.width - chart.clientWidth) <= 1;
}}
"""
CHANGED = f"""
before => Math.abs(document.querySelector("{CHART}")._fullLayout.width - before) > 50
"""
#: Asks for a new size and counts how often that draws the chart.
DRAWN_AGAIN = f"""
async () => {{
  const chart = document.querySelector("{CHART}");
  let times = 0;
  chart.on("plotly_relayout", () => {{ times += 1; }});
  await window.Plotly.Plots.resize(chart);
  return times;
}}
"""


def test_a_chart_follows_its_room_and_is_not_drawn_again_in_the_same(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open_with_data(page)
    page.wait_for_function(DRAWN)
    page.wait_for_function(SETTLED)
    before = page.evaluate(f"document.querySelector('{CHART}')._fullLayout.width")
    assert page.evaluate(DRAWN_AGAIN) == 0
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function(CHANGED, arg=before)
    page.wait_for_function(SETTLED)
    assert visit.complaints == []


def test_a_filter_and_a_tab_ask_the_server_once(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open_with_data(page)
    page.wait_for_selector(f"{CHART} .trace")
    settled(page)
    asked: list[str] = []
    page.on(
        "request",
        lambda sent: asked.extend(re.findall(r'"output":"([^"@]+)', sent.post_data or "")),
    )
    page.get_by_role("tab", name="By category").click()
    page.wait_for_selector("#explore-by-category .trace")
    settled(page)
    assert asked == ["explore-body.children"]
    asked.clear()
    page.locator('[role=slider][aria-label="Age from"]').press("ArrowRight")
    expect(page.locator("#explore-count")).not_to_have_text("500 of 500 customers")
    settled(page)
    # The chart and the number of customers, side by side.
    assert len(asked) == 2
    page.locator('[role=slider][aria-label="Total Spend from"]').press("ArrowRight")
    # 100 steps from 140.20 to 2,234.80: the first ends at 161.146.
    expect(page.locator(".dash-slider-tooltip", has_text="161")).to_have_text("161")
    assert visit.complaints == []


def test_a_click_into_a_cell_draws_its_two_columns_with_one_request(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open_with_data(page, "/explore?tab=relationships")
    page.wait_for_selector("#explore-heatmap .trace")
    page.wait_for_selector("#explore-pair .trace")
    settled(page)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "_dash-update" in sent.url else None)
    before = page.locator("#explore-pair-reading").inner_text()
    box = page.locator("#explore-heatmap .nsewdrag").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.9)
    expect(page.locator("#explore-pair-reading")).not_to_have_text(before)
    assert len(asked) == 1
    assert visit.complaints == []


#: Whether one looks at the 3D map from a distance (along the first axis) between two; or there
#: is no 3D map, where there are none.
SEEN_FROM = """
limits => {
  const map = document.querySelector("#segments-map .js-plotly-plot");
  const solid = map && map._fullLayout && map._fullLayout.scene;
  if (!limits) { return map && !solid; }
  return solid && solid.camera.eye.x > limits[0] && solid.camera.eye.x < limits[1];
}
"""


def test_a_phone_looks_at_the_3d_map_from_farther_away(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open(page)
    for width, limits in ((1280, [1.2, 1.4]), (390, [1.8, 2.4])):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator("#segments-map-view label", has_text="2D").click()
        page.wait_for_function(SEEN_FROM, arg=None)
        page.locator("#segments-map-view label", has_text="3D").click()
        page.wait_for_function(SEEN_FROM, arg=limits)


def test_where_nothing_can_be_drawn_in_3d_the_map_says_so(
    playwright: Playwright, server: Server, prepared: Prepared
) -> None:
    flags = [*CHROMIUM_FLAGS, "--disable-software-rasterizer", "--disable-3d-apis"]
    with playwright.chromium.launch(executable_path=chromium(playwright), args=flags) as browser:
        visit = new_visit(browser.new_context(viewport={"width": 1440, "height": 900}), server)
        prepared.open(visit.page)
        visit.page.locator("#segments-map-view label", has_text="3D").click()
        told = visit.page.locator("#segments-map .no-webgl")
        expect(told).to_contain_text("Your browser cannot draw in 3D here")
        expect(told.locator("p, a")).to_have_count(0)  # no way to another site
        visit.page.locator("#segments-map-view label", has_text="2D").click()
        expect(told).to_have_count(0)
        visit.page.wait_for_function(SEEN_FROM, arg=None)
        assert visit.complaints == []
