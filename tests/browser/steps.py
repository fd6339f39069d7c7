"""What every journey does: open the portal, go on to a page, press the one button."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FrameLocator, Page, expect

from tests.servers import Server


def step(place: Page | FrameLocator, name: str) -> None:
    """Go to one of the four pages through the top bar, and wait until it is there.

    The top bar and the page are drawn by callbacks of their own: until both have come, the page
    before can still be seen.
    """
    place.locator("nav.steps").get_by_role("link", name=name).click()
    expect(place.locator("nav.steps .step-active")).to_contain_text(name)
    expect(place.locator(f"#{name.lower()}-content h1").first).to_be_attached()


def open_tab(page: Page, name: str) -> None:
    """Choose a tab and wait until it is chosen; its content may come later."""
    page.get_by_role("tab", name=name, exact=True).click()
    expect(page.locator(".tab-selected")).to_have_text(name)


def rename(page: Page, place: int, name: str, key: str = "Enter") -> None:
    """Type another name on a segment's card."""
    field = page.locator(".segment-name").nth(place)
    field.fill(name)
    field.press(key)


def upload(page: Page, path: Path) -> None:
    """Choose a file in the drop zone."""
    page.locator("[data-upload=dataset] input[type=file]").first.set_input_files(path)


def open_sample(page: Page, server: Server) -> None:
    """Open the portal with the sample customers."""
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read")


def settled(page: Page) -> None:
    """Wait until the page has loaded and no callback is on its way, which Dash marks."""
    page.wait_for_load_state("networkidle")  # only ever waits for a page's first load
    expect(page.locator("._dash-loading-callback")).to_have_count(0)


def find_segments(page: Page) -> None:
    """Press the one button and wait for the verdict."""
    page.get_by_role("button", name="Find segments").click()
    expect(page.locator(".verdict-sentence")).to_be_visible(timeout=60_000)
