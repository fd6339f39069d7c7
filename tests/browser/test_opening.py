"""What can be read and pressed before the scripts have drawn anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from segmentation import sample_customers
from tests.browser.conftest import Visit
from tests.browser.held import Held
from tests.browser.steps import open_sample, settled, upload
from tests.servers import Server

pytestmark = pytest.mark.browser


class HeldLayout:
    """The first thing that the scripts ask for, which arrives when a test says so."""

    def __init__(self, page: Page) -> None:
        self._held = True
        self._asked: list[Route] = []
        page.route("**/_dash-layout", self._judge)

    def _judge(self, route: Route) -> None:
        if self._held:
            self._asked.append(route)
        else:
            route.continue_()

    def arrive(self) -> None:
        """Let the page be drawn."""
        self._held = False
        for route in self._asked:
            route.continue_()


def test_a_newcomer_reads_the_first_page_before_it_is_drawn(visit: Visit, server: Server) -> None:
    page, layout = visit.page, HeldLayout(visit.page)
    page.goto(server.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Know which customers belong together"
    )
    expect(page.get_by_role("link", name="Explore")).to_be_visible()
    before = page.locator(".hero").bounding_box()
    layout.arrive()
    expect(page.locator(".opening")).to_have_count(0)
    settled(page)
    # Nothing moves when the page takes its place.
    assert page.locator(".hero").bounding_box() == before
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("pressed", "shown"),
    [
        ("Try it with sample customers", ".sum-strip"),
        ("Explore", ".step-active:has-text('Explore')"),
        ("Help", ".offcanvas.show"),
    ],
)
def test_what_is_pressed_early_happens_once_the_page_is_there(
    visit: Visit, server: Server, pressed: str, shown: str
) -> None:
    page, layout = visit.page, HeldLayout(visit.page)
    page.goto(server.url)
    page.locator(".opening :is(a, button)", has_text=pressed).or_(
        page.locator(f".opening [aria-label='{pressed}']")
    ).click()
    layout.arrive()
    expect(page.locator(shown)).to_be_visible()
    expect(page.locator(".opening")).to_have_count(0)
    settled(page)
    assert visit.complaints == []


def test_who_goes_on_does_not_wait_for_the_rest_of_the_first_page(
    visit: Visit, server: Server
) -> None:
    page, held = visit.page, Held(visit.page)
    held.hold("data-content")
    page.goto(server.url)
    held.until_asked("data-content")
    page.locator(".opening").get_by_role("link", name="Explore").click()
    expect(page.locator(".step-active")).to_contain_text("Explore")
    held.arrive("data-content")
    settled(page)
    assert visit.complaints == []


def test_a_file_that_is_chosen_early_is_read(visit: Visit, server: Server, tmp_path: Path) -> None:
    page, layout = visit.page, HeldLayout(visit.page)
    file = tmp_path / "customers.csv"
    sample_customers(60, seed=1).to_csv(file, index=False)
    page.goto(server.url)
    upload(page, file)
    layout.arrive()
    expect(page.locator(".sum-strip")).to_contain_text("60 rows read")
    settled(page)
    assert visit.complaints == []


def test_who_has_data_sees_quiet_shapes_and_not_the_welcome(visit: Visit, server: Server) -> None:
    page = visit.page
    open_sample(page, server)
    layout = HeldLayout(page)
    page.reload()
    expect(page.locator(".opening .skeleton").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(0)
    layout.arrive()
    expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
    expect(page.locator(".opening")).to_have_count(0)
    settled(page)
    assert visit.complaints == []
