"""The panel of tasks, opened and closed with the keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.servers import Server

pytestmark = pytest.mark.browser


def test_the_tasks_of_a_session_are_a_key_away(visit: Visit, server: Server) -> None:
    page = visit.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.goto(server.url)
    page.get_by_role("button", name="Try it with sample customers").click()
    expect(page.locator(".sum-strip")).to_be_visible()
    assert not any("shell-history-list" in body for body in asked)
    page.get_by_role("button", name="Tasks of this session").focus()
    page.keyboard.press("Enter")
    entry = page.get_by_role("dialog", name="Tasks of this session").get_by_role("listitem")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("Making sample customers")
    expect(entry).to_contain_text("done")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(entry).to_have_count(0)
    expect(page.get_by_role("button", name="Tasks of this session")).to_be_focused()
    assert visit.complaints == []
