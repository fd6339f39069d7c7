"""A file that has to be written first arrives by itself, on whatever page one is then."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from segmentation import read_table
from tests.browser.conftest import Visit
from tests.browser.prepared import Prepared
from tests.browser.steps import open_tab, settled, step

pytestmark = pytest.mark.browser


def search(page: Page, text: str) -> None:
    """Look for customers; the files of a search are always written first."""
    open_tab(page, "Customers")
    page.get_by_label("Search").fill(text)
    expect(page.get_by_role("button", name="Download XLSX")).to_be_visible()


def test_a_file_comes_while_one_looks_at_something_else_and_stays_among_the_tasks(
    visit: Visit, prepared: Prepared, tmp_path: Path
) -> None:
    page = visit.page
    prepared.open(page)
    search(page, "Chicago")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download XLSX").click()
        step(page, "Explore")
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert saved.name == "Sample customers-selection.xlsx"
    found = read_table(saved, keep_duplicates=True).frame
    assert set(found["City"]) == {"Chicago"}

    page.get_by_role("button", name="Tasks of this session").click()
    with page.expect_download() as again:
        page.locator(".history").get_by_role("link", name="Download").click()
    assert again.value.path().read_bytes() == saved.read_bytes()
    settled(page)
    assert "Chicago" not in page.url
    assert visit.complaints == []


def test_a_file_that_was_asked_for_twice_comes_twice(visit: Visit, prepared: Prepared) -> None:
    page = visit.page
    prepared.open(page)
    search(page, "Gold")
    for _ in range(2):
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download CSV").click()
        assert waiting.value.path().read_text("utf-8-sig").count("Gold")
    expect(page.locator("#shell-export-progress")).to_contain_text("is ready")
    assert visit.complaints == []
