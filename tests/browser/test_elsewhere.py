"""A model that was saved in one session is loaded in another and places other customers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from segmentation import sample_customers
from tests.browser.conftest import Visit
from tests.browser.prepared import Prepared
from tests.browser.steps import settled, step, upload
from tests.servers import Server

pytestmark = pytest.mark.browser

LONG = "How often the customer has visited one of our stores in the last twelve months"


def test_a_saved_model_places_other_customers_and_their_list_is_taken_away(
    visit: Visit, other_visit: Visit, server: Server, prepared: Prepared, tmp_path: Path
) -> None:
    page = visit.page
    prepared.open(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download model").click()
    waiting.value.save_as(tmp_path / "q4.segmodel")

    april = tmp_path / "april.csv"
    sample_customers(80, 5).drop(columns="Average Rating").to_csv(april, index=False)
    page = other_visit.page
    page.goto(server.url)
    upload(page, april)
    expect(page.locator(".sum-strip")).to_be_visible()
    step(page, "Segments")
    page.get_by_text("Load a model").click()
    page.locator("[data-upload=model] input[type=file]").set_input_files(tmp_path / "q4.segmodel")
    page.get_by_role("button", name="Place my 80 customers").click()
    told = page.locator(".elsewhere")
    expect(told).to_contain_text(re.compile(r"of 80 customers in april.csv fit a segment well"))
    expect(told).to_contain_text("A typical value stands in for Average Rating.")
    page.get_by_role("tab", name="Customers", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download XLSX").click()
    assert waiting.value.path().read_bytes().startswith(b"PK")
    settled(page)
    assert visit.complaints == []
    assert other_visit.complaints == []


def test_the_file_of_a_chart_has_whole_column_names(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    rows = [f"k{i},{20 + i % 30},{i % 17}" for i in range(60)]
    path = tmp_path / "long.csv"
    path.write_text("\n".join([f"id,age,{LONG}", *rows]))
    page = visit.page
    page.goto(server.url)
    upload(page, path)
    expect(page.locator(".sum-strip")).to_be_visible()
    step(page, "Explore")
    page.locator("#explore-column").select_option(LONG)
    expect(page.locator("#explore-box .xtitle")).to_contain_text("How often the customer")
    with page.expect_download() as waiting:
        box = page.get_by_role("figure", name="middle, range and extremes")
        box.get_by_role("button", name="Download as CSV").click()
    assert LONG in waiting.value.path().read_text(encoding="utf-8-sig").splitlines()[0]
    assert visit.complaints == []
