"""A portal in the frame of another site, and what the frame complains of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
)

from dashapp.auth.launch_links import sign
from dashapp.operator_commands import sharing
from dashapp.settings.portal_settings import Settings
from tests.browser.conftest import ACTION_MILLISECONDS
from tests.browser.sites import Sites
from tests.dashapp.web.launching import model_file
from tests.servers import Server

KEY = "a-key-for-launch-links-of-40-characters!"


HOST, OTHER = "bi.example", "evil.example"


PORTAL = "portal.example"


@dataclass
class World:
    """A portal, the site that may frame it, and one that may not."""

    sites: Sites
    server: Server
    settings: Settings

    @property
    def url(self) -> str:
        """The portal's address, as other sites know it."""
        return self.server.url.replace("127.0.0.1", PORTAL)

    @property
    def model(self) -> str:
        """A shared model with its customers."""
        data, table = model_file()
        return sharing(self.settings).share(data, "Spring", table)

    def link(self, scope: str = "full", **more: Any) -> str:
        """A fresh launch link for the host that is listed."""
        token = sign(KEY.encode(), scope, self.sites.origin(HOST), **more)
        return f"{self.url}/embed?t={token}"


def frame_of(source: str, attributes: str = "") -> str:
    """A page that shows a frame and keeps the messages that it gets."""
    return (
        f'<iframe src="{source}" width="1150" height="860" {attributes}></iframe>'
        "<script>window.told = []; addEventListener('message', function (event) {"
        " told.push([event.origin, event.data]); });</script>"
    )


def show(context: BrowserContext, world: World, source: str, **more: str) -> tuple[Page, list[str]]:
    """Open the host's page with a frame; the second value fills with what should not happen."""
    world.sites.pages[HOST] = frame_of(source, **more)
    page = context.new_page()
    page.set_default_timeout(ACTION_MILLISECONDS)
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        # The grid's own note about rows that are still on their way is no fault of the frame.
        if said.type in ("error", "warning") and not said.text.startswith("AG Grid: warning"):
            complaints.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(world.sites.origin(HOST))
    return page, complaints
