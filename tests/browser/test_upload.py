"""Uploading: how far it is, calling it off, and every refusal with its sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.test_accessibility import grave_findings
from tests.german_export import german_export
from tests.servers import Server

pytestmark = pytest.mark.browser

MB = 1024 * 1024
# Slow enough that an upload of some megabytes is still under way when a person looks.
BYTES_PER_SECOND = 2 * MB
DROP = """([selector, files]) => {
  const zone = document.querySelector(selector), data = new DataTransfer();
  files.forEach(([name, size]) => data.items.add(new File([new Uint8Array(size)], name)));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
ZONE = "[data-upload=dataset]"


def drop(page: Page, *files: tuple[str, int]) -> None:
    """Drop files of some names and sizes on the zone."""
    page.evaluate(DROP, [ZONE, [list(file) for file in files]])


def said(page: Page) -> Locator:
    """What the zone says is wrong."""
    return page.locator(f"{ZONE} .upload-error")


@pytest.fixture
def page(visit: Visit, server: Server) -> Page:
    visit.page.goto(server.url)
    expect(visit.page.get_by_text("Choose a file")).to_be_visible()
    expect(visit.page.locator(".opening")).to_have_count(0)  # the page itself has come
    return visit.page


@pytest.fixture
def slow(page: Page) -> Page:
    """The same page behind a slow line."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 1,
            "downloadThroughput": -1,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    return page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.csv", 5), ("b.csv", 5), ("c.csv", 5)], "one file at a time; these are 3"),
        ([("empty.csv", 0)], "“empty.csv” is empty: it has 0 bytes"),
        ([], "That was no file"),
    ],
)
def test_what_can_be_seen_is_said_before_anything_is_sent(
    page: Page, visit: Visit, files: list[tuple[str, int]], words: str
) -> None:
    drop(page, *files)
    expect(said(page)).to_contain_text(words)
    assert grave_findings(page) == []
    assert visit.complaints == []


def test_a_file_over_the_limit_is_not_sent(page: Page, visit: Visit) -> None:
    page.evaluate(f"document.querySelector('{ZONE}').dataset.limit = '1'")
    drop(page, ("big.csv", 2 * MB))
    expect(said(page)).to_contain_text("at most 1 MB can be uploaded")
    assert visit.complaints == []


def test_a_picture_is_refused_with_its_sentence(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "list.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 999)
    page.locator(f"{ZONE} input[type=file]").set_input_files(picture)
    expect(said(page)).to_contain_text("This is a PNG picture, not a table.")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, json.dumps({"error": "Very many tasks are waiting right now."}), "Very many tasks"),
        (507, "<html>", "no room left"),
        (429, "", "Too many uploads"),
    ],
)
def test_what_passes_can_be_tried_again(
    page: Page, tmp_path: Path, status: int, body: str, words: str
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=status, body=body)

    page.route("**/upload", refuse, times=1)
    path = tmp_path / "kunden.csv"
    path.write_bytes(german_export())
    page.locator(f"{ZONE} input[type=file]").set_input_files(path)
    expect(said(page)).to_contain_text(words)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="kunden.csv")).to_be_visible()


def test_a_file_that_has_to_wait_is_sent_again_by_itself(page: Page, tmp_path: Path) -> None:
    def refuse(route: Route) -> None:
        body = json.dumps({"error": "Very many tasks are waiting right now."})
        route.fulfill(status=503, body=body, headers={"Retry-After": "1"})

    page.route("**/upload", refuse, times=1)
    path = tmp_path / "kunden.csv"
    path.write_bytes(german_export())
    page.locator(f"{ZONE} input[type=file]").set_input_files(path)
    panel = page.locator(f"{ZONE} .upload-progress")
    expect(panel).to_contain_text("Very many tasks are waiting")
    expect(panel.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_role("heading", name="kunden.csv")).to_be_visible()


def test_a_file_that_has_to_wait_can_be_called_off(page: Page, tmp_path: Path) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="{}", headers={"Retry-After": "60"})

    page.route("**/upload", refuse)
    path = tmp_path / "kunden.csv"
    path.write_bytes(german_export())
    page.locator(f"{ZONE} input[type=file]").set_input_files(path)
    page.locator(f"{ZONE} .upload-progress").get_by_role("button", name="Cancel").click()
    expect(said(page)).to_contain_text("Cancelled. Nothing of the file was kept.")


def test_an_upload_shows_how_far_it_is_and_is_called_off(
    slow: Page, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"id,age\n" + b"1,30\n" * (5 * MB))
    slow.locator(f"{ZONE} input[type=file]").focus()
    slow.locator(f"{ZONE} input[type=file]").set_input_files(path)
    panel = slow.locator(f"{ZONE} .upload-progress")
    expect(panel).to_contain_text("of 25.0 MB")
    expect(panel).to_contain_text("MB/s")
    drop(slow, ("second.csv", 50))
    expect(said(slow)).to_contain_text("One file is on its way")
    cancel = panel.get_by_role("button", name="Cancel")
    expect(cancel).to_be_focused()
    cancel.press("Enter")
    expect(said(slow)).to_contain_text("Cancelled. Nothing of the file was kept.")
    expect(slow.locator(f"{ZONE} input[type=file]")).to_be_focused()
    expect(panel).to_be_hidden()
    assert visit.complaints == []


def test_a_file_dropped_beside_the_zone_leaves_the_page_as_it_is(page: Page) -> None:
    before = page.url
    page.evaluate(DROP, ["h1", [["kunden.csv", 50]]])
    assert page.evaluate("window.location.href") == before
    expect(page.get_by_text("Choose a file")).to_be_visible()
