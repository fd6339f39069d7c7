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

# A rare delimiter and a title: too little agrees for the program to be sure.
ODD = "\n".join(
    ["Kundenliste", "id:age:spend", *(f"{i}:{20 + i % 40}:{100 + 3 * i}" for i in range(40))]
).encode()


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
    page.get_by_role("button", name="Apply 1 change").click()
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


def test_a_choice_is_previewed_applied_and_undone(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    page.get_by_text("Read it differently").click()
    read, pane = page.get_by_role("button", name="Read it this way"), page.locator(".preview-pane")
    expect(read).to_be_disabled()
    page.get_by_label("Between columns").select_option(label="Tab")
    expect(pane).to_contain_text("Not readable this way.")
    page.get_by_label("Between columns").select_option(label="Automatic: semicolon")
    expect(pane).to_contain_text("as they are read now")
    expect(read).to_be_disabled()
    page.get_by_label("Decimal mark").select_option(label="Point 1,234.50")
    expect(pane).to_contain_text("decimal point, header in line 3, 6 columns")
    expect(page.locator(".page-head .lead")).to_contain_text("decimal comma")
    read.click()
    expect(page.locator(".page-head .lead")).to_contain_text("decimal point")
    expect(page.get_by_label("Decimal mark")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".page-head .lead")).to_contain_text("decimal comma")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".page-head .lead")).to_contain_text("decimal point")
    settled(page)
    assert visit.complaints == []


def test_a_file_that_does_not_read_by_itself_is_corrected_with_the_keyboard_alone(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page, path = visit.page, tmp_path / "odd.csv"
    path.write_bytes(ODD)
    page.goto(server.url)
    upload(page, path)
    expect(page.get_by_role("heading", name="Tell how to read it")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("only one column")
    page.get_by_label("Between columns").focus()
    page.keyboard.type("Colon")
    expect(page.locator(".preview-pane")).to_contain_text("3 columns")
    assert grave_findings(page) == []
    page.reload()
    expect(page.get_by_role("heading", name="Tell how to read it")).to_be_visible()
    page.get_by_label("Between columns").focus()
    page.keyboard.type("Colon")
    read = page.get_by_role("button", name="Read it this way")
    expect(read).to_be_enabled()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(read).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".sum-strip")).to_contain_text("40 rows read")
    settled(page)
    assert visit.complaints == []


def test_a_question_is_answered_with_the_keyboard_and_counts_only_then(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page, path = visit.page, tmp_path / "dates.csv"
    rows = [f"{i},{1 + i % 12:02d}/{1 + i % 7:02d}/2025,{50 + i}" for i in range(60)]
    path.write_text("\n".join(["id,joined,spend", *rows]))
    page.goto(server.url)
    upload(page, path)
    asked = page.get_by_role("group", name="“joined” can be read in two ways")
    expect(asked).to_be_visible()
    expect(page.get_by_role("button", name="Apply fixes")).to_be_disabled()
    asked.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    apply = page.get_by_role("button", name="Apply 1 change")
    expect(apply).to_be_enabled()
    assert grave_findings(page) == []
    apply.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".issue-group", has_text="Decided by you")).to_contain_text("joined")
    expect(page.locator(".issues-said")).to_contain_text("Applied. All 60 rows are used as before.")
    expect(page.locator(".issues-said")).to_be_focused()
    expect(asked).to_have_count(0)
    assert visit.complaints == []


def test_rows_set_aside_come_back_mended_and_a_recipe_is_remembered(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    page = arrive(visit, server, tmp_path)
    issue(page, "are not numbers").get_by_label("What to do").select_option("set_aside")
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.locator(".sum-strip")).not_to_contain_text("120 used")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the rows set aside").click()
    rejects = waiting.value.path().read_text(encoding="utf-8-sig")
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.replace("siehe unten", '"10,5"').replace("n/v", '"20,5"'))
    page.locator("[data-upload=mended] input[type=file]").set_input_files(mended)
    expect(page.locator(".sum-strip")).to_contain_text("120 used")
    expect(page.locator(".message-info")).to_contain_text("mended rows joined the data.")
    june = tmp_path / "juni.csv"
    june.write_bytes(german_export("Kundenliste Juni").replace(b"Ort", b"Stadt"))
    page.get_by_text("Use other data").click()
    upload(page, june)
    expect(page.get_by_role("heading", name="juni.csv")).to_be_visible()
    expect(page.locator(".sum-strip")).to_contain_text("120 used")
    july = tmp_path / "juli.csv"
    july.write_bytes(german_export("Kundenliste Juli"))
    page.get_by_text("Use other data").click()
    upload(page, july)
    expect(page.locator(".message-info")).to_contain_text("were repeated")
    expect(page.locator(".sum-strip")).not_to_contain_text("120 used")
    page.get_by_text("Use other data").click()
    page.get_by_role("link", name="kunden.csv").click()
    expect(page.get_by_role("heading", name="kunden.csv")).to_be_visible()
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
