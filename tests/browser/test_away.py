"""While the server's memory is away the page says so once, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, new_visit
from tests.browser.steps import step
from tests.redis_server import RedisServer
from tests.servers import Server, start_server, stop_server

pytestmark = [pytest.mark.browser, pytest.mark.redis]

# TRUST: recovery within five seconds, without a restart or a reload.
RECOVER_MILLISECONDS = 5_000
# The browser itself notes each answer of 503: one in two seconds, and none of ours beside.
MOST_COMPLAINTS = 8


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def portal(redis: RedisServer, tmp_path: Path) -> Iterator[Server]:
    running = start_server(tmp_path, SEGMENTATION_REDIS_URL=redis.url)
    yield running
    stop_server(running)


@pytest.fixture
def away(browser: Browser, portal: Server) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield new_visit(context, portal)
    context.close()


def test_a_banner_while_redis_is_away_and_the_page_goes_on_by_itself(
    away: Visit, portal: Server, redis: RedisServer
) -> None:
    page = away.page
    page.goto(portal.url)
    expect(page.get_by_role("button", name="Try it with sample customers")).to_be_visible()
    expect(page.locator(".opening")).to_have_count(0)
    assert away.complaints == []
    redis.stop()
    page.get_by_role("button", name="Try it with sample customers").click()
    banner = page.locator("#portal-away")
    expect(banner).to_contain_text("does not answer right now")
    step(page, "Explore")
    redis.start()
    expect(banner).to_be_empty(timeout=RECOVER_MILLISECONDS)
    step(page, "Data")
    # The click was not lost: the sample is made once Redis is back.
    expect(page.locator(".sum-strip")).to_be_visible()
    assert len(away.complaints) <= 2 * MOST_COMPLAINTS
    assert all("503" in complaint for complaint in away.complaints), away.complaints
