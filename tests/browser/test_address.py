"""Reload, back, forward, another tab and a copied link find what was on screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.prepared import Prepared
from tests.browser.steps import open_tab, settled, step

pytestmark = pytest.mark.browser


def choose_gold(page: Page) -> None:
    """Keep customers with a Gold membership."""
    page.locator(".filters .filter", has_text="Membership Type").locator(".dash-dropdown").click()
    page.get_by_role("option", name="Gold").or_(
        page.locator(".dash-dropdown-option", has_text="Gold")
    ).first.click()
    page.keyboard.press("Escape")


def test_what_was_chosen_on_explore_survives_pages_reloads_and_copied_links(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open_with_data(page)
    choose_gold(page)
    count = page.locator(".filters-count")
    expect(count).to_have_text(re.compile(r"^1\d\d of 500 customers"))
    left = count.inner_text()
    open_tab(page, "By category")
    page.get_by_label("Statistic").select_option("median")
    expect(page).to_have_url(re.compile(r"filters\.Membership\+Type=Gold.*statistic=median"))

    step(page, "Data")
    step(page, "Explore")
    expect(count).to_have_text(left)
    expect(page.get_by_label("Statistic")).to_have_value("median")
    page.reload()
    expect(count).to_have_text(left)
    expect(page.get_by_label("Statistic")).to_have_value("median")

    copied = page.context.new_page()
    copied.goto(page.url)
    expect(copied.locator(".filters-count")).to_have_text(left)
    expect(copied.locator(".tab-selected")).to_have_text("By category")
    open_tab(copied, "Alerts")
    expect(page.locator(".tab-selected")).to_have_text("By category")
    settled(copied)
    assert visit.complaints == []


def test_the_first_choice_after_opening_a_link_is_not_taken_back(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open_with_data(page)
    open_tab(page, "By category")
    for opened_anew in range(2):
        page.reload()
        expect(page.get_by_label("Statistic")).to_be_visible()
        settled(page)
        open_tab(page, "Alerts" if opened_anew else "Relationships")
        settled(page)
        expect(page.locator(".tab-selected")).not_to_have_text("By category")
        expect(page).to_have_url(re.compile("tab=(alerts|relationships)"))
        page.go_back()
        expect(page.locator(".tab-selected")).to_have_text("By category")
        settled(page)
    assert visit.complaints == []


def test_back_takes_back_a_tab_and_another_number_of_segments_but_never_leaves_the_page(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    expect(page.locator(".segment-card")).to_have_count(4)
    open_tab(page, "Compare")
    open_tab(page, "Evidence")
    expect(page.locator("#segments-silhouette .point").first).to_be_visible()
    page.locator("#segments-silhouette .nsewdrag").first.click(position=spot_of_k(page, 3))
    expect(page.locator(".segment-card")).to_have_count(3, timeout=60_000)
    expect(page.locator(".tab-selected")).to_have_text("Evidence")

    page.go_back()
    expect(page.locator(".segment-card")).to_have_count(4)
    expect(page.locator(".tab-selected")).to_have_text("Evidence")
    page.go_back()
    expect(page.locator(".tab-selected")).to_have_text("Compare")
    expect(page.locator("#segments-compare-reading")).not_to_be_empty()
    page.go_forward()
    page.go_forward()
    expect(page.locator(".segment-card")).to_have_count(3)
    settled(page)
    assert visit.complaints == []


def spot_of_k(page: Page, k: int) -> dict[str, float]:
    """Where a number of segments stands in the silhouette chart."""
    return page.evaluate(
        """k => {
          const graph = document.querySelector("#segments-silhouette .js-plotly-plot");
          const trace = graph._fullData.find(t => Array.from(t.x || []).includes(k));
          const place = Array.from(trace.x).indexOf(k);
          const {xaxis, yaxis} = graph._fullLayout;
          return {x: xaxis.c2p(k), y: yaxis.c2p(trace.y[place])};
        }""",
        k,
    )


def test_what_people_search_for_and_who_they_are_stays_out_of_the_address(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    open_tab(page, "Customers")
    expect(page.locator("#segments-grid-count")).to_have_text("500 of 500 customers")
    page.get_by_label("Search").fill("Chicago")
    expect(page.locator("#segments-grid-count")).not_to_have_text("500 of 500 customers")
    page.locator("#segments-grid-segment").select_option("s2")
    expect(page).to_have_url(re.compile("grid-segment=s2"))
    assert "Chicago" not in page.url
    page.reload()
    expect(page.locator("#segments-grid-segment")).to_have_value("s2")
    settled(page)
    assert visit.complaints == []


def test_a_form_that_was_filled_in_is_there_again(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open(page, "/predict")
    page.get_by_role("combobox", name="Membership Type").select_option("Gold")
    expect(page).to_have_url(re.compile(r"field\.Membership\+Type=Gold"))
    assert "field.Age" not in page.url
    step(page, "Segments")
    page.go_back()
    expect(page.get_by_role("combobox", name="Membership Type")).to_have_value("Gold")
    settled(page)
    assert visit.complaints == []


def test_a_customer_leads_from_the_list_to_the_map_and_to_predict(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    open_tab(page, "Customers")
    page.locator(".ag-selection-checkbox input").first.click()
    expect(page.get_by_role("link", name="Download XLSX of 1 customer")).to_be_visible()
    page.get_by_role("link", name="Show on the map").click()
    expect(page.locator("#segments-map-reading")).to_contain_text("The star is the customer")
    expect(page.locator("#segments-map-customer dl")).to_be_visible()
    # The table's styles stay: taken out and brought again, they would style the whole page anew.
    expect(page.locator("style[data-ag-css]").first).to_be_attached()
    expect(page.locator(".portal-grid")).to_have_count(0)
    styles = page.locator("style[data-ag-css]").count()
    page.go_back()
    expect(page.locator(".tab-selected")).to_have_text("Customers")
    expect(page.locator(".portal-grid .ag-row").first).to_be_visible()
    expect(page.locator("style[data-ag-css]")).to_have_count(styles)
    page.go_forward()
    page.get_by_role("link", name="Open on Predict").click()
    expect(page.locator(".predict-form").first).to_contain_text("Starts with customer 1 of")
    settled(page)
    assert visit.complaints == []
