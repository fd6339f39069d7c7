"""Names and values that try to be more than text stay text, and no page needs what the CSP bans."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Dialog, FilePayload, Page, expect

from dashapp.pages.segments.segment_card import LONGEST_NAME
from segmentation import escape_formula
from tests.browser import hostile
from tests.browser.conftest import Visit, new_visit
from tests.browser.steps import find_segments, open_tab, settled, step
from tests.browser.test_accessibility import NOBODYS
from tests.browser.test_journey import EXPLORE_TABS, SEGMENT_TABS
from tests.servers import Server

pytestmark = pytest.mark.browser

#: Remembers what the policy forbids, also where no console tells of it.
WATCH = """
window.banned = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.banned.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
#: What somebody's text would have become: elements, handlers, links, marks, values put in.
BECAME = """
() => [
  ...(window.pwned ? ["a script ran"] : []),
  ...window.banned,
  ...[...document.querySelectorAll("*")].filter((node) =>
    node.matches("img[src=x], [onerror], svg a, a[href*='evil.example'], a[href^=javascript]") ||
    (node.matches("script") && node.textContent.includes("window.pwned")) ||
    (node.matches("b, strong, em, tspan[style*=bold]") &&
      ["bold", "${1}"].includes(node.textContent.trim()))
  ).map((node) => node.outerHTML.slice(0, 200)),
]
"""
#: No name, however long, makes the page scroll sideways.
FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """A visitor whose page writes down all that a name or value could set off."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(WATCH)
    visit = new_visit(context, server)

    def note_dialog(dialog: Dialog) -> None:
        visit.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    visit.page.on("dialog", note_dialog)
    yield visit
    context.close()


def calm(visit: Visit, *shown: str) -> None:
    """Everything on screen is text, these among it, and nobody complained."""
    settled(visit.page)
    for text in shown:
        expect(visit.page.locator("body")).to_contain_text(text)
    visit.page.wait_for_function(FITS)
    assert visit.page.evaluate(BECAME) == []
    assert visit.complaints == []


def rename(page: Page, place: int, typed: str, kept: str) -> None:
    """Type another name for a segment, as far as its field lets people type."""
    field = page.locator(".segment-name").nth(place)
    field.select_text()
    page.keyboard.insert_text(typed)
    field.press("Enter")
    expect(page.locator(f".segment-label[title='{kept}']")).to_be_attached()


def categories_in_file(page: Page) -> list[str]:
    """The levels of the category in the file of the chart that compares them, sorted."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return sorted(row[hostile.SCRIPT] for row in rows)


def choose(page: Page, id_: str, value: str) -> None:
    """Choose from a list; the chart follows."""
    page.locator(f"#{id_}").select_option(value)
    settled(page)


def test_hostile_customers_stay_text_on_every_page_and_tab(visit: Visit, server: Server) -> None:
    page = visit.page
    attack = {"data": hostile.IMAGE, "tab": hostile.SCRIPT, "column": hostile.LINK, "x": "\0" * 9}
    page.goto(f"{server.url}/?{urlencode(attack)}")
    page.locator("[data-upload=dataset] input[type=file]").first.set_input_files(hostile.file())
    expect(page.locator(".sum-strip")).to_contain_text(f"{hostile.ROWS} rows read")
    calm(visit, hostile.FILE_NAME, *hostile.NUMBERS, *hostile.CATEGORIES[:1], hostile.ENTITY)

    step(page, "Explore")
    for name in EXPLORE_TABS:
        open_tab(page, name)
        calm(visit)
    open_tab(page, "Distributions")
    choose(page, "explore-column", hostile.LINK)
    choose(page, "explore-split", hostile.SCRIPT)
    page.locator("#explore-histogram .nsewdrag").first.hover()
    calm(visit, hostile.IMAGE[:20])
    open_tab(page, "By category")
    choose(page, "explore-category", hostile.SCRIPT)
    expect(page.locator("#explore-by-category")).to_contain_text(hostile.ENTITY[:9])
    calm(visit)
    assert categories_in_file(page) == [*map(escape_formula, sorted(hostile.LEVELS[0]))]
    level = page.locator(".filters .filter", has_text=hostile.SCRIPT)
    level.locator(".dash-dropdown").click()
    page.locator(".dash-dropdown-option", has_text=hostile.ENTITY).first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".filters-count")).not_to_contain_text(f"{hostile.ROWS} of")
    calm(visit)
    page.reload()
    expect(page.locator(".filters-count")).not_to_contain_text(f"{hostile.ROWS} of")
    calm(visit, hostile.ENTITY)

    step(page, "Segments")
    find_segments(page)
    rename(page, 0, hostile.SEGMENT_NAME, hostile.SEGMENT_NAME)
    rename(page, 1, hostile.LONG, hostile.LONG[:LONGEST_NAME])
    page.locator(".segment-name").nth(2).fill(hostile.SEGMENT_NAME)
    page.locator(".segment-name").nth(2).press("Enter")
    expect(page.locator(".segment-note").nth(2)).to_contain_text(hostile.SEGMENT_NAME)
    for each in SEGMENT_TABS:
        open_tab(page, each)
        calm(visit, hostile.SEGMENT_NAME[:9])
    open_tab(page, "Customers")
    count = page.locator("#segments-grid-count")
    expect(count).to_contain_text(f"{hostile.ROWS} of {hostile.ROWS}")
    page.get_by_label("Search").fill(hostile.ENTITY)
    expect(count).not_to_contain_text(f"{hostile.ROWS} of")
    calm(visit)

    step(page, "Predict")
    answer = page.locator(".predict-answer h2")
    expect(answer).not_to_be_empty()
    calm(visit, *hostile.NUMBERS, hostile.SCRIPT)
    field = page.locator(".predict-form .field", has_text=hostile.SCRIPT).locator("select")
    for level in hostile.LEVELS[0]:
        field.select_option(level)
        expect(page.locator("#predict-beside")).to_contain_text(level)
    calm(visit, hostile.SEGMENT_NAME)
    open_tab(page, "A whole file")
    page.locator("[data-upload=batch] input[type=file]").set_input_files(hostile.strangers())
    expect(page.locator("#predict-batch")).to_contain_text(f"{hostile.ROWS} rows scored")
    calm(visit, hostile.FILE_NAME, hostile.SEGMENT_NAME, hostile.LEVELS[0][0] + hostile.IMAGE)


def test_a_hostile_model_file_stays_text(visit: Visit, server: Server) -> None:
    page = visit.page
    page.goto(f"{server.url}/predict")
    page.locator("[data-upload=model] input[type=file]").set_input_files(hostile.model())
    expect(page.locator(".predict-answer h2")).to_contain_text(hostile.IMAGE)
    calm(visit, hostile.NUMBERS[0], hostile.CATEGORIES[0])
    step(page, "Segments")
    expect(page.locator(".segment-card").first).to_contain_text(hostile.SCRIPT)
    for name in page.get_by_role("tab").all_inner_texts():
        open_tab(page, name)
        calm(visit)


def test_pages_without_data_run_under_the_policy(visit: Visit, server: Server) -> None:
    page = visit.page
    for address in ("/", "/explore", "/segments", "/predict", f"/explore?data={NOBODYS}"):
        page.goto(f"{server.url}{address}")
        expect(page.locator("main h1, main h2").first).to_be_visible()
        calm(visit)
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_text("Four steps")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete my data").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Keep them").click()
    calm(visit)
    page.goto(f"{server.url}/{hostile.SCRIPT}?{urlencode({'x': hostile.IMAGE})}")
    expect(page.locator(".state")).to_be_visible()
    settled(page)
    assert page.evaluate(BECAME) == []
    assert [said for said in visit.complaints if "404" not in said] == []


def test_words_of_the_browsers_own_language_are_categories_like_others(
    visit: Visit, server: Server
) -> None:
    words = ("__proto__", "constructor", "toString", "__PROTO__ of Ulm", "hasOwnProperty")
    lines = ["Customer,Spend,City,constructor"]
    lines += [f"c{i},{i % 90},{words[i % 5]},{words[i % 3]}" for i in range(200)]
    page = visit.page
    page.goto(server.url)
    page.locator("[data-upload=dataset] input[type=file]").first.set_input_files(
        FilePayload(name="odd.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
    )
    expect(page.locator(".sum-strip")).to_contain_text("200 rows read")
    step(page, "Explore")
    city = page.locator(".filters .filter", has_text="City").locator(".dash-dropdown")
    for place in range(2):
        city.click()
        page.locator(".dash-dropdown-option").nth(place).click()
        page.keyboard.press("Escape")
        count = 40 * (place + 1)
        expect(page.locator(".filters-count")).to_have_text(f"{count} of 200 customers")
    settled(page)
    assert visit.complaints == []
