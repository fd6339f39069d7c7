"""axe-core finds nothing serious on any page, tab, state or theme; keyboards and eyes get by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import new_visit
from tests.browser.prepared import Prepared
from tests.browser.steps import settled, step
from tests.browser.test_journey import EXPLORE_TABS, SEGMENT_TABS
from tests.servers import Server

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
PREDICT_TABS = ("One customer", "A whole file")
STEPS = ("Data", "Explore", "Segments", "Predict")
NOBODYS = "0123456789abcdef0123456789abcdef"
# Landmarks of which a page may have several.
LANDMARKS = {"complementary", "navigation", "region", "form"}
# The page itself, its one main part, and parts of tables that arrow keys lead to.
UNNAMED = {"RootWebArea", "main", "rowgroup", "row", "gridcell", "cell", "columnheader"}
# Where the grid catches the Tab key to pass it on to a cell, and what scrolls its cells.
OF_THE_GRID = ("ag-tab-guard",)
# Stops of the Tab key that are looked at; by then it has been through all kinds of controls.
STOPS = 24

#: Levels of the visible headings, in the order of the page.
HEADINGS = """
() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((heading) => heading.checkVisibility())
  .map((heading) => Number(heading.tagName[1]))
"""
#: Nothing is being drawn anew.
AT_REST = "() => !document.querySelector('[data-dash-is-loading=true]')"
#: Charts without a name or without a sentence; callbacks bring some sentences a moment later.
SPEECHLESS = """
() => [...document.querySelectorAll(".chart-card")].filter((card) => {
  const picture = card.querySelector(".chart-frame"), sentence = card.querySelector("figcaption");
  const name = picture && document.getElementById(picture.getAttribute("aria-labelledby"));
  return !name || !name.textContent.trim() || !sentence.textContent.trim();
}).map((card) => card.querySelector("h2").textContent)
"""
#: What has the focus, and whether one sees it: an outline or a ring on it or on its frame.
FOCUSED = """
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const here = document.activeElement;
  await Promise.allSettled(here.getAnimations().map((change) => change.finished));
  if (here === document.body) { return null; }
  const parts = [here, here.parentElement, here.nextElementSibling].filter(Boolean);
  const seen = parts.map((part) => getComputedStyle(part)).some((style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) ||
    style.boxShadow.includes("0px 0px 0px 3px"));
  return [here.outerHTML.slice(0, 160), seen];
}
"""
#: Selectors of what must differ from its neighbors where all backgrounds are one color.
MARKED = """
(selector) => {
  const style = getComputedStyle(document.querySelector(selector));
  return parseFloat(style.borderBottomWidth) >= 2 || parseFloat(style.outlineWidth) >= 2;
}
"""


def visitor(browser: Browser, server: Server, **options: str) -> tuple[BrowserContext, Page]:
    """A visitor with a browser of some kind."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        **{"reduced_motion": "reduce", **options},  # type: ignore[arg-type]
    )
    return context, new_visit(context, server).page


@pytest.fixture(scope="module", params=["light", "dark"])
def newcomer(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """A visitor without data, in one of the two themes."""
    context, page = visitor(browser, server, color_scheme=request.param)
    page.goto(server.url)
    yield page
    context.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, browser: Browser, server: Server, prepared: Prepared
) -> Iterator[Page]:
    """A visitor with segments of the sample, in one of the two themes."""
    context, page = visitor(browser, server, color_scheme=request.param)
    prepared.open(page)
    yield page
    context.close()


def grave_findings(page: Page) -> list[str]:
    """Serious and critical findings, each with its rule and first place."""
    settled(page)
    page.wait_for_function(AT_REST)
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:160]} {item['nodes'][0]['failureSummary'][:200]}"
        for item in found
        if item["impact"] in GRAVE
    ]


def nameless(page: Page) -> list[str]:
    """What can have the focus without a role or a name, and landmarks that cannot be told apart."""
    tools = page.context.new_cdp_session(page)
    nodes = tools.send("Accessibility.getFullAXTree")["nodes"]
    found = []
    for node in nodes:
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        more = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
        if node["ignored"] or role in UNNAMED or not (role in LANDMARKS or more.get("focusable")):
            continue
        if role == "generic" or not name.strip():
            place = {"backendNodeId": node["backendDOMNodeId"]}
            found.append(
                f"{role} {name!r}: {tools.send('DOM.getOuterHTML', place)['outerHTML'][:160]}"
            )
    tools.detach()
    return [one for one in found if not any(part in one for part in OF_THE_GRID)]


def faults(page: Page) -> list[str]:
    """What eyes and ears stumble over, once every chart says something."""
    page.wait_for_function(f"() => ({SPEECHLESS})().length === 0")
    found = grave_findings(page) + nameless(page)
    levels = page.evaluate(HEADINGS)
    found += [f"headings {levels}"] if levels[:1] != [1] or levels.count(1) != 1 else []
    return found + [
        f"heading {below} after {above} in {levels}"
        for above, below in itertools.pairwise(levels)
        if below > above + 1
    ]


@pytest.mark.parametrize("name", STEPS)
def test_pages_without_data_have_no_fault(newcomer: Page, name: str) -> None:
    step(newcomer, name)
    assert faults(newcomer) == []


@pytest.mark.parametrize("address", [f"/explore?data={NOBODYS}", "/nothing-here"])
def test_expired_and_unknown_addresses_have_no_grave_finding(
    newcomer: Page, server: Server, address: str
) -> None:
    newcomer.goto(f"{server.url}{address}")
    expect(newcomer.locator(".state")).to_be_visible()
    assert grave_findings(newcomer) == []
    newcomer.goto(server.url)


def test_help_and_the_question_before_deleting_have_no_grave_finding(newcomer: Page) -> None:
    newcomer.get_by_role("button", name="Help").click()
    expect(newcomer.get_by_text("Four steps")).to_be_visible()
    assert grave_findings(newcomer) == []
    newcomer.keyboard.press("Escape")
    newcomer.get_by_role("button", name="Delete my data").click()
    expect(newcomer.get_by_role("dialog")).to_be_visible()
    assert grave_findings(newcomer) == []
    newcomer.get_by_role("button", name="Keep them").click()


def test_data_has_no_fault(page: Page) -> None:
    step(page, "Data")
    expect(page.locator(".sum-strip")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("tab", EXPLORE_TABS)
def test_explore_has_no_fault(page: Page, tab: str) -> None:
    step(page, "Explore")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert faults(page) == []


@pytest.mark.parametrize("tab", SEGMENT_TABS)
def test_segments_have_no_fault(page: Page, tab: str) -> None:
    step(page, "Segments")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert faults(page) == []


def test_all_choices_of_a_training_unfolded_have_no_fault(page: Page) -> None:
    step(page, "Segments")
    settled(page)  # what arrives later would be folded again
    page.get_by_text("Choose how").click()
    expect(page.get_by_text("Algorithm", exact=True)).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("tab", PREDICT_TABS)
def test_predict_has_no_fault(page: Page, tab: str) -> None:
    step(page, "Predict")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert faults(page) == []


@pytest.mark.parametrize("name", STEPS)
def test_the_focus_is_seen_wherever_the_tab_key_leads(page: Page, name: str) -> None:
    step(page, name)
    settled(page)
    hidden = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        hidden += [found[0]] if found and not found[1] else []
    assert hidden == []


@pytest.mark.parametrize("name", STEPS)
def test_at_twice_the_size_nothing_is_cut_or_scrolls_sideways(page: Page, name: str) -> None:
    # Zoom of 200 % is half the room in CSS pixels.
    page.set_viewport_size({"width": 640, "height": 450})
    step(page, name)
    settled(page)
    # Charts follow the window a moment later.
    page.wait_for_function("() => document.documentElement.scrollWidth <= 640")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_with_the_system_s_own_colors_what_is_chosen_can_still_be_told(
    browser: Browser, server: Server, prepared: Prepared
) -> None:
    context, page = visitor(browser, server, forced_colors="active")
    prepared.open_with_data(page)
    expect(page.locator(".tab-selected")).to_be_visible()
    assert page.evaluate(MARKED, ".tab-selected")
    assert page.evaluate(MARKED, ".step-active")
    # An icon is a mask over a background, which would vanish in the canvas.
    seen = "[getComputedStyle(document.querySelector('span.icon')).backgroundColor, "
    assert len(set(page.evaluate(seen + "getComputedStyle(document.body).backgroundColor]"))) == 2
    assert grave_findings(page) == []
    context.close()


def test_who_asks_for_less_motion_gets_none(page: Page) -> None:
    step(page, "Segments")
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll(".btn, .segment-card, .tab, .step")]
             .flatMap((part) => getComputedStyle(part).transitionDuration.split(","))
             .map(parseFloat))"""
    )
    assert longest <= 0.001


def test_tabs_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    step(page, "Explore")
    first = page.get_by_role("tab", name="Distributions", exact=True)
    first.click()
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("tab", name="By category", exact=True)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.locator("#explore-by-category")).to_be_visible()


def test_help_opens_and_closes_with_the_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Help").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Four steps")).to_be_visible()
    # The panel hears keys once the focus is in it.
    page.wait_for_function("() => document.activeElement.closest('.offcanvas')")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Four steps")).to_be_hidden()
