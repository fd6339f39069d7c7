"""What somebody types, unfolds and looks for is theirs: a new drawing leaves it alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.held import Held
from tests.browser.prepared import Prepared
from tests.browser.steps import open_tab, rename, settled

pytestmark = pytest.mark.browser

DRAW = '"output":"segments-content.children"'


def test_what_somebody_types_and_unfolds_survives_a_new_drawing(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    held = Held(page)
    names = page.locator(".segment-name")
    held.hold(DRAW)
    rename(page, 0, "Friends", key="Tab")
    names.nth(1).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Ow")
    held.until_asked(DRAW)
    held.arrive(DRAW)
    expect(names.first).to_have_attribute("placeholder", "Friends")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.type("ls")
    page.keyboard.press("Enter")
    expect(names.nth(1)).to_have_attribute("placeholder", "Owls")
    expect(names.nth(1)).to_have_value("Owls")
    page.get_by_text("Choose how").click()
    open_tab(page, "Compare")
    open_tab(page, "Actions")
    settled(page)
    page.go_back()
    expect(page.locator(".tab-selected")).to_have_text("Compare")
    expect(page.get_by_label("Seed")).to_be_visible()
    assert visit.complaints == []


def test_the_rules_of_one_segment_stay_unfolded_and_no_others(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    rules = page.locator("main details", has_text="as rules")
    open_tab(page, "Actions")
    rules.first.locator("summary").click()
    open_tab(page, "Compare")
    open_tab(page, "Actions")
    expect(rules.first).to_have_attribute("open", "")
    expect(rules.nth(1)).not_to_have_attribute("open", "")
    assert visit.complaints == []


def test_a_search_that_is_left_at_once_ends_quietly(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    page.clock.install()
    prepared.open(page)
    open_tab(page, "Customers")
    expect(page.locator("#segments-grid-count")).to_have_text("500 of 500 customers")
    page.get_by_label("Search").press_sequentially("Chi")
    open_tab(page, "Actions")
    expect(page.locator("#segments-body")).to_contain_text("VIP")
    page.clock.fast_forward(2_000)
    settled(page)
    assert visit.complaints == []
