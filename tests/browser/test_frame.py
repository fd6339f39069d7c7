"""Inside another site's frame: a listed host may show the portal, and its session lives there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.faults.conftest import Machine

pytestmark = pytest.mark.browser


class Host:
    """Another site, which shows a portal in a frame.

    It is at 127.0.0.1 and the portal at localhost: for browsers these are two sites, both of
    which may use secure cookies without https.
    """

    def __init__(self) -> None:
        self.address = ""
        host = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(
                    f'<iframe src="{host.address}" width="1100" height="800"></iframe>'.encode()
                )

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """A host that is listed, and one that is not."""
    made = Host(), Host()
    yield made
    for host in made:
        host.close()


@pytest.fixture
def machine(tmp_path: Path, hosts: tuple[Host, Host]) -> Iterator[Machine]:
    """A hosted portal that lists the first host."""
    made = Machine.new(
        tmp_path,
        hosted=True,
        open_to_all=True,
        secret_key="a-secret-of-the-test-suite-of-40-characters",
        frame_ancestors=hosts[0].origin,
    )
    made.start_web()
    made.start_worker()
    for host in hosts:
        host.address = f"http://localhost:{made.settings.port}/"
    yield made
    made.stop()


def test_the_journey_begins_in_a_listed_frame_and_not_in_another(
    machine: Machine, hosts: tuple[Host, Host], browser: Browser
) -> None:
    listed, other = hosts
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(listed.origin)
        frame = page.frame_locator("iframe")
        frame.get_by_text("Try it with sample customers").first.click()
        expect(frame.get_by_text("500 rows").first).to_be_visible()
        (cookie,) = context.cookies()
        assert cookie["name"].startswith("__Host-")
        assert cookie["partitionKey"] == "http://127.0.0.1"
        page.reload()
        expect(page.frame_locator("iframe").get_by_text("500 rows").first).to_be_visible()
        page.goto(other.origin)
        expect(page.frame_locator("iframe").get_by_text("Try it with")).to_have_count(0)
        assert page.frames[-1].url.startswith("chrome-error:")
