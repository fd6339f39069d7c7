"""The whole way of a marketing analyst, in a real browser against two workers."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.prepared import Prepared
from tests.browser.steps import find_segments, settled, step, upload
from tests.servers import Server

pytestmark = pytest.mark.browser

SEGMENT_TABS = (
    "Map", "Profiles", "Distribution", "Compare", "Evidence", "Customers", "Actions",
)  # fmt: skip
EXPLORE_TABS = ("Distributions", "By category", "Relationships", "Alerts")


def test_a_real_file_goes_all_the_way_from_upload_to_a_scored_list(
    visit: Visit, server: Server, shared_data: Path, tmp_path: Path
) -> None:
    page = visit.page
    page.goto(server.url)
    upload(page, shared_data / "ecommerce_customers.csv")
    expect(page.get_by_role("heading", name="ecommerce_customers.csv")).to_be_visible()
    expect(page.locator(".sum-strip")).to_contain_text("350 rows read")
    expect(page.locator(".stat-row")).to_contain_text("845")

    step(page, "Explore")
    expect(page.locator(".filters-count")).to_have_text("350 of 350 customers")
    for tab in EXPLORE_TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        settled(page)
    page.get_by_role("tab", name="By category", exact=True).click()
    expect(page.locator("#explore-by-category-reading")).to_contain_text(re.compile(r"Gold"))

    step(page, "Segments")
    find_segments(page)
    expect(page.locator(".segment-card").first).to_be_visible()
    for tab in SEGMENT_TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        settled(page)
        expect(page.locator("#segments-body")).not_to_be_empty()

    page.get_by_role("tab", name="Customers", exact=True).click()
    expect(page.locator("#segments-grid-count")).to_have_text("350 of 350 customers")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    saved = tmp_path / "scored.csv"
    waiting.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 350
    assert all(row["segment"] for row in rows)

    step(page, "Predict")
    expect(page.locator(".predict-answer h2")).not_to_be_empty()
    settled(page)
    assert visit.complaints == []


def test_the_sample_gives_four_segments_and_the_prediction_follows_the_form(
    visit: Visit, server: Server
) -> None:
    page = visit.page
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
    step(page, "Segments")
    find_segments(page)
    expect(page.locator(".segment-card")).to_have_count(4)

    step(page, "Predict")
    answer = page.locator(".predict-answer h2")
    expect(answer).not_to_be_empty()
    before = answer.inner_text()
    for label, level in (("Membership Type", "Gold"), ("Satisfaction Level", "Satisfied")):
        page.get_by_label(label).select_option(level)
    slider = page.locator(".predict-form .field", has_text="Total Spend").locator("input").first
    slider.fill("1500")
    slider.press("Enter")
    slider = page.locator(".predict-form .field", has_text="Items Purchased").locator("input").first
    slider.fill("20")
    slider.press("Enter")
    expect(answer).to_have_text("High Spenders")
    assert before
    # More than any customer that was seen.
    spend = page.locator(".predict-form .field", has_text="Total Spend").locator("input").first
    spend.fill("99999")
    spend.press("Tab")
    expect(page.locator("#predict-beside")).to_contain_text("99,999")
    expect(page.locator(".predict-parts .notice")).to_contain_text("does not fit any segment")
    expect(spend).to_have_value("99999")
    # On a phone the answer stays above the fields, down to the last one.
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("scrollTo(0, 0)")
    expect(answer).to_be_in_viewport(ratio=1)
    page.locator(".predict-form .field").last.scroll_into_view_if_needed()
    expect(answer).to_be_in_viewport(ratio=1)
    settled(page)
    assert visit.complaints == []


def test_a_filter_changes_the_numbers_under_the_charts(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open_with_data(page)
    count = page.locator(".filters-count")
    expect(count).to_have_text("500 of 500 customers")
    reading = page.locator("#explore-histogram-reading")
    expect(reading).not_to_be_empty()
    before = reading.inner_text()
    membership = page.locator(".filters .filter", has_text="Membership Type")
    membership.locator(".dash-dropdown").click()
    page.get_by_role("option", name="Gold").or_(
        page.locator(".dash-dropdown-option", has_text="Gold")
    ).first.click()
    expect(count).not_to_have_text("500 of 500 customers")
    expect(reading).not_to_have_text(before)
    # What is chosen can be read when the pointer has left the handle.
    age = page.locator(".filters .filter", has=page.get_by_text("Age", exact=True))
    low = age.locator(".filter-range").inner_text().split(" – ")[0]
    age.locator(".dash-slider-thumb").first.press("ArrowRight")
    expect(age.locator(".filter-range")).to_have_text(re.compile(f"^{int(low) + 1} – "))
    settled(page)
    assert visit.complaints == []


def test_a_renamed_segment_shows_everywhere_and_survives_a_reload(
    visit: Visit, prepared: Prepared
) -> None:
    page = visit.page
    prepared.open(page)
    name = page.locator(".segment-name").first
    name.fill("Our best friends")
    name.press("Enter")
    page.get_by_role("tab", name="Actions", exact=True).click()
    expect(page.locator("#segments-body")).to_contain_text("Our best friends")
    page.reload()
    expect(page.locator(".segment-name").first).to_have_value("Our best friends")
    settled(page)
    assert visit.complaints == []


def test_a_refused_name_goes_back_and_the_open_tab_stays(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open(page)
    page.get_by_role("tab", name="Compare", exact=True).click()
    names = page.locator(".segment-name")
    first, second = names.nth(0).input_value(), names.nth(1).input_value()
    names.nth(1).fill(first)
    names.nth(1).press("Tab")
    expect(page.locator(".segment-note").nth(1)).to_contain_text("already")
    expect(names.nth(1)).to_have_value(second)
    names.nth(1).fill("Friends")
    names.nth(1).press("Tab")
    expect(page.locator(".segment-note").nth(1)).to_be_empty()
    expect(page.locator(".tab-selected")).to_have_text("Compare")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as CSV").click()
    file = waiting.value.path().read_text(encoding="utf-8-sig")
    assert file.startswith('"series","Standard deviations from everybody","Column","segment')
    assert "Friends" in file
    assert "range" not in file
    assert visit.complaints == []


def test_a_card_leads_to_the_list_of_its_customers(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open(page)
    card = page.locator(".segment-card").nth(1)
    count = card.locator(".segment-figures strong").first.inner_text()
    card.get_by_role("link", name="See customers").click()
    expect(page.locator("#segments-grid-count")).to_have_text(f"{count} of 500 customers")
    expect(page.locator(".tab-selected")).to_have_text("Customers")
    expect(page.locator(".tab-selected")).to_be_in_viewport()
    settled(page)
    assert visit.complaints == []


def test_what_a_tab_shows_is_seen_at_once(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1440, "height": 900})
    prepared.open(page, "/explore")
    page.get_by_role("tab", name="Alerts", exact=True).click()
    settled(page)
    assert page.evaluate("scrollY") == 0
    step(page, "Segments")
    page.get_by_role("tab", name="Customers", exact=True).click()
    expect(page.locator(".portal-grid .ag-row").nth(5)).to_be_in_viewport()
    expect(page.locator(".tab-selected")).to_be_in_viewport(ratio=1)
    # In a frame the files still stand beside the fields that narrow them.
    page.set_viewport_size({"width": 1024, "height": 700})
    edges = "all => all.map(one => Math.round(one.getBoundingClientRect().bottom))"
    bottoms = page.locator(".toolbar .button-row, .toolbar > .field").evaluate_all(edges)
    assert max(bottoms) - min(bottoms) <= 1
    # After a turn to a phone and back, what people look for leads the list again, in its order.
    heads = page.locator("#segments-grid .ag-pinned-left-header .ag-header-cell-text")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(heads).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(heads).to_have_text(["Segment", "Confidence"])
    settled(page)
    assert visit.complaints == []


def test_filters_are_folded_on_a_phone(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    prepared.open_with_data(page)
    expect(page.locator(".filters-count")).to_have_text("500 of 500 customers")
    expect(page.locator(".filters-body")).to_be_hidden()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".filters-body")).to_be_visible()
    assert visit.complaints == []


def test_two_visitors_at_once_never_see_each_other(
    visit: Visit, other_visit: Visit, server: Server, tmp_path: Path
) -> None:
    for number, each in enumerate((visit, other_visit), start=1):
        path = tmp_path / f"list-{number}.csv"
        rows = [f"{i},{20 + i % 40},{100 * number + i},{i % 7}" for i in range(60 * number)]
        path.write_text("\n".join(["id,age,spend,visits", *rows]))
        each.page.goto(server.url)
        upload(each.page, path)
    expect(visit.page.get_by_role("heading", name="list-1.csv")).to_be_visible()
    expect(other_visit.page.get_by_role("heading", name="list-2.csv")).to_be_visible()
    expect(visit.page.locator(".sum-strip")).to_contain_text("60 rows read")
    expect(other_visit.page.locator(".sum-strip")).to_contain_text("120 rows read")
    address = other_visit.page.url
    visit.page.goto(address)
    expect(visit.page.get_by_role("heading", name="list-1.csv")).to_be_visible()
    assert visit.complaints == []
    assert other_visit.complaints == []


def test_deleted_data_are_gone_at_once(visit: Visit, server: Server) -> None:
    page = visit.page
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_be_visible()
    page.get_by_role("button", name="Delete my data").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("button", name="Try it with sample customers")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Try it with sample customers")).to_be_visible()
    assert visit.complaints == []
