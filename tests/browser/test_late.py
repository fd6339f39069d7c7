"""Whatever order answers arrive in, the screen shows what the address and the server say."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.held import Held
from tests.browser.prepared import Prepared
from tests.browser.steps import open_tab, rename, settled, step

pytestmark = pytest.mark.browser

DRAW, TAB, FIND, FOLLOW, NAMES, RESOLVE = (
    '"output":"segments-content.children"',
    '"output":"segments-body.children"',
    "segments-find.n_clicks",
    '"output":"..shell-progress.children',
    "segments-names.data",
    '"output":"..shell-refs.data...shell-job.data',
)


HELD_MODEL = "dash_component_api.getLayout('shell-refs').props.data.model"


@pytest.fixture
def found(visit: Visit, prepared: Prepared) -> tuple[Page, Held]:
    """Segments of the sample on screen."""
    prepared.open(visit.page)
    return visit.page, Held(visit.page)


def model_held(page: Page) -> str:
    """Id of the model that the tab looks at."""
    return str(page.evaluate(HELD_MODEL))


def test_a_tab_that_was_drawn_with_the_old_name_does_not_cover_the_new_one(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    held.hold(NAMES)
    held.hold(TAB)
    rename(page, 0, "Our best friends")
    held.until_asked(NAMES)
    open_tab(page, "Actions")
    held.until_asked(TAB)
    held.arrive(NAMES)
    expect(page.locator("#segments-body")).to_contain_text("Our best friends")
    held.arrive(TAB)
    settled(page)
    expect(page.locator("#segments-body")).to_contain_text("Our best friends")
    expect(page.locator(".tab-selected")).to_have_text("Actions")
    assert visit.complaints == []


def test_a_tab_that_is_opened_while_the_page_is_drawn_stays_open(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    held.hold(DRAW)
    rename(page, 0, "Our best friends")
    held.until_asked(DRAW)
    open_tab(page, "Actions")
    expect(page.locator("#segments-body")).to_contain_text("VIP")
    held.arrive(DRAW)
    expect(page.locator("#segments-body")).to_contain_text("Our best friends")
    settled(page)
    expect(page.locator(".tab-selected")).to_have_text("Actions")
    expect(page).to_have_url(re.compile("tab=actions"))
    assert visit.complaints == []


def test_two_names_typed_before_the_first_answer_are_both_kept(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    names = page.locator(".segment-name")
    held.hold(NAMES)
    rename(page, 0, "Friends")
    held.until_asked(NAMES)
    rename(page, 1, "Owls")
    expect(page.locator("._dash-loading-callback")).not_to_have_count(0)
    held.arrive(NAMES)
    settled(page)
    page.reload()
    expect(names.nth(0)).to_have_value("Friends")
    expect(names.nth(1)).to_have_value("Owls")
    assert visit.complaints == []


def test_an_address_of_before_does_not_bring_back_the_old_names(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    names = page.locator(".segment-name")
    held.hold(RESOLVE)
    rename(page, 0, "Friends")
    held.until_asked(RESOLVE)
    expect(names.nth(0)).to_have_attribute("placeholder", "Friends")
    before = model_held(page)
    rename(page, 1, "Owls")
    page.wait_for_function(f"() => {HELD_MODEL} !== {before!r}")
    held.arrive(RESOLVE)
    expect(names.nth(1)).to_have_attribute("placeholder", "Owls")
    settled(page)
    page.reload()
    expect(names.nth(1)).to_have_value("Owls")
    assert visit.complaints == []


def test_a_name_whose_answer_comes_after_the_page_was_left_is_there_again(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    held.hold(NAMES)
    rename(page, 0, "Friends")
    held.until_asked(NAMES)
    step(page, "Data")
    held.arrive(NAMES)
    step(page, "Segments")
    expect(page.locator(".segment-name").first).to_have_value("Friends")
    assert visit.complaints == []


def test_segments_found_while_a_name_is_on_its_way_stay_and_get_it(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    page.get_by_text("Choose how").click()
    page.get_by_label("Smallest segment").fill("2")
    page.get_by_role("button", name="Find segments").click()
    held.hold(NAMES)
    rename(page, 0, "Friends")
    held.until_asked(NAMES)
    expect(page.locator("#shell-progress")).to_be_empty(timeout=60_000)
    settled_model = page.url
    held.arrive(NAMES)
    expect(page.locator(".segment-name").first).to_have_value("Friends")
    expect(page).not_to_have_url(settled_model)
    page.get_by_text("Choose how").click()
    expect(page.get_by_label("Smallest segment")).to_have_value("2")
    assert visit.complaints == []


@pytest.mark.parametrize("moment", ["while they are found", "at the end", "before the drawing"])
def test_no_name_is_lost_around_a_training(
    visit: Visit, found: tuple[Page, Held], prepared: Prepared, moment: str
) -> None:
    page, held = found
    name = page.locator(".segment-name").first
    before = model_held(page)
    page.get_by_text("Choose how").click()
    page.get_by_label("Smallest segment").fill("2")
    held.hold(FIND)
    page.get_by_role("button", name="Find segments").click()
    held.until_asked(FIND)
    if moment != "while they are found":
        # The server has found them, and the browser is about to learn of it, or to draw them.
        prepared.finish_jobs(page)
        late = FOLLOW if moment == "at the end" else DRAW
        held.hold(late)
        held.arrive(FIND)
        held.until_asked(late)
        looked_at = model_held(page)
        rename(page, 0, "Friends")
        page.wait_for_function(f"() => {HELD_MODEL} !== {looked_at!r}")
        held.arrive(late)
    else:
        rename(page, 0, "Friends")
        expect(name).to_have_attribute("placeholder", "Friends")
        held.arrive(FIND)
    expect(page.get_by_label("Smallest segment")).to_have_value("2")
    expect(name).to_have_attribute("placeholder", "Friends")
    settled(page)
    assert model_held(page) != before
    page.reload()
    expect(name).to_have_value("Friends")
    assert visit.complaints == []


def test_a_click_whose_button_was_drawn_anew_still_counts(
    visit: Visit, found: tuple[Page, Held]
) -> None:
    page, held = found
    share, ask = page.get_by_label("Smallest segment"), page.get_by_role("button", name="Find segm")
    page.get_by_text("Choose how").click()
    share.fill("2")
    ask.click()
    expect(page.locator("#shell-progress")).not_to_be_empty()
    expect(page.locator("#shell-progress")).to_be_empty(timeout=60_000)
    expect(share).to_have_value("2")
    settled(page)
    page.go_back()
    expect(share).to_have_value("3")
    settled(page)
    # What was found before is there at once.
    held.hold(FIND)
    page.get_by_text("Choose how").click()
    share.fill("2")
    ask.click()
    held.until_asked(FIND)
    rename(page, 0, "Friends")
    expect(page.locator(".segment-name").first).to_have_attribute("placeholder", "Friends")
    expect(share).to_have_value("3")
    held.arrive(FIND)
    expect(share).to_have_value("2")
    expect(page.locator(".segment-name").first).to_have_value("Friends")
    assert visit.complaints == []


def test_an_answer_that_breaks_off_is_asked_for_again(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open_with_data(page, "/explore")
    page.evaluate(
        """() => {
          // The first answer that draws Segments loses its end, as when a server is stopped.
          const {clone} = Response.prototype;
          let broken = false;
          Response.prototype.clone = function () {
            const copy = clone.call(this);
            if (!broken && location.pathname === "/segments" && this.status === 200) {
              broken = true;
              copy.arrayBuffer = () => Promise.reject(new TypeError("network error"));
            }
            return copy;
          };
        }"""
    )
    step(page, "Segments")
    expect(page.get_by_role("button", name="Find segments")).to_be_visible()
    expect(page.locator("#portal-away")).to_be_empty()
    assert visit.complaints == []
