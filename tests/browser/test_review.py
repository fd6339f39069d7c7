"""From a German Excel export to a clean data set, as a marketing analyst does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import settled, upload
from tests.browser.test_accessibility import grave_findings
from tests.german_export import german_export
from tests.servers import Server

pytestmark = pytest.mark.browser


def arrive(visit: Visit, server: Server, folder: Path, name: str = "kunden.csv") -> Page:
    """Upload the German export and wait for it."""
    path = folder / name
    path.write_bytes(german_export())
    visit.page.goto(server.url)
    upload(visit.page, path)
    expect(visit.page.get_by_role("heading", name=name)).to_be_visible()
    return visit.page


def issue(page: Page, words: str) -> Locator:
    """The entry of one issue."""
    return page.locator(".issue-entry", has_text=words)


def test_a_german_export_becomes_a_clean_data_set(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    expect(page.locator(".page-head .lead")).to_contain_text(
        "CP1252, semicolon, decimal comma, header in line 3"
    )
    expect(page.locator(".sum-strip")).to_contain_text("121 rows read")
    expect(page.locator(".sum-strip")).to_contain_text("1 set aside")
    expect(page.get_by_role("cell", name="München").first).to_be_visible()

    bad = issue(page, "are not numbers")
    bad.get_by_label("What to do").select_option(label="Set the rows aside")
    page.get_by_role("button", name="Apply fixes").click()
    decided = page.locator(".issue-group", has_text="Decided by you")
    expect(decided).to_contain_text("Cells that are not numbers")
    expect(issue(page, "are not numbers:")).to_have_count(0)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the rows set aside").click()
    rejects = waiting.value.path().read_text(encoding="utf-8-sig")
    assert rejects.splitlines()[0].endswith("line,reason")
    assert "is not a number" in rejects

    page.get_by_text("Recipe for next month").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download recipe").click()
    recipe = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert recipe["fixes"] == {"not_a_number:Umsatz": "set_aside"}

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".sum-strip")).to_contain_text("120 used")
    recipe_path = tmp_path / "recipe.json"
    recipe_path.write_text(json.dumps(recipe), encoding="utf-8")
    page.locator("[data-upload=recipe] input[type=file]").set_input_files(recipe_path)
    expect(decided).to_be_visible()
    expect(page.locator(".sum-strip")).not_to_contain_text("120 used")
    settled(page)
    assert visit.complaints == []


def test_a_wrong_choice_is_seen_at_once_and_undone(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    page.get_by_text("Read it differently").click()
    page.get_by_label("Decimal mark").select_option(label="Point 1,234.50")
    expect(page.locator(".page-head .lead")).to_contain_text("decimal point")
    expect(page.get_by_label("Decimal mark")).to_be_visible()
    page.get_by_label("Between columns").select_option(label="Tab")
    expect(page.locator(".message-danger")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".page-head .lead")).to_contain_text("decimal comma")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator(".message-danger")).to_have_count(0)
    expect(page.get_by_label("Between columns")).to_have_value(";")
    settled(page)
    assert visit.complaints == []


def test_columns_are_edited_with_the_keyboard_alone(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    row = page.locator('.ag-center-cols-container [row-id="Zufriedenheit"]')
    cell = row.locator('[col-id="levels"]')
    expect(cell).to_contain_text("unzufrieden < neutral < zufrieden")
    # A cell takes the focus like any other by Tab and arrows; this is where they end up.
    row.locator('[col-id="meaning"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("zufrieden < neutral < unzufrieden")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(cell).to_contain_text("zufrieden < neutral < unzufrieden")
    settled(page)
    assert visit.complaints == []


def test_a_role_that_does_not_suit_is_refused_and_taken_back(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    cell = page.locator('.ag-center-cols-container [row-id="Ort"] [col-id="role"]')
    cell.focus()
    page.keyboard.press("Enter")
    page.get_by_role("option", name="numeric").click()
    expect(page.locator(".message-danger")).to_contain_text("its values are not numbers")
    expect(cell).to_contain_text("nominal")
    settled(page)
    assert visit.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_review_has_no_grave_finding_with_everything_unfolded(
    visit: Visit, server: Server, tmp_path: Path, theme: Literal["light", "dark"]
) -> None:
    visit.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page = arrive(visit, server, tmp_path)
    for fold in ("Read it differently", "Recipe for next month"):
        page.get_by_text(fold).click()
    expect(page.get_by_role("heading", name="How the file begins")).to_be_visible()
    assert grave_findings(page) == []


@pytest.mark.parametrize("width", [390, 1024])
def test_the_review_never_scrolls_sideways(
    visit: Visit, server: Server, tmp_path: Path, width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = arrive(visit, server, tmp_path)
    for fold in ("Read it differently", "Recipe for next month"):
        page.get_by_text(fold).click()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
