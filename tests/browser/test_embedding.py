"""Inside another site's frame, whatever the browser thinks of cookies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    Playwright,
    expect,
)

from dashapp.ledger.ledger import open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import SHARED
from dashapp.storage.store import open_store
from segmentation import sample_customers
from tests.browser.framing import HOST, KEY, OTHER, World, frame_of, show
from tests.browser.sites import CONTROL, COOKIES, Sites, browser_with, write_certificate
from tests.browser.steps import step
from tests.servers import SECRET, Server, start_server, stop_server
from tests.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    certificate = write_certificate(folder)
    sites = Sites(certificate)
    server = start_server(
        folder,
        certificate=certificate,
        SEGMENTATION_HOSTED="1",
        SEGMENTATION_OPEN_TO_ALL="1",
        SEGMENTATION_EMBED_KEY=KEY,
        SEGMENTATION_FRAME_ANCESTORS=sites.origin(HOST),
    )
    yield World(sites, server, Settings(data_dir=folder / "data", secret_key=SECRET))
    stop_server(server)
    sites.close()


@pytest.mark.parametrize("cookies", COOKIES)
def test_the_whole_journey_works_in_a_frame(
    world: World, playwright: Playwright, tmp_path: Path, cookies: str
) -> None:
    customers = tmp_path / "customers.csv"
    sample_customers(150, 5).to_csv(customers, index=False)
    with browser_with(playwright, cookies, tmp_path / "profile") as context:
        page, complaints = show(context, world, world.link(theme="dark"))
        frame = page.frame_locator("iframe")
        frame.locator("input[type=file]").first.set_input_files(customers)
        expect(frame.locator(".sum-strip")).to_contain_text("150 rows read")
        step(frame, "Explore")
        expect(frame.locator(".js-plotly-plot").first).to_be_visible()
        step(frame, "Segments")
        frame.get_by_role("button", name="Find segments").click()
        expect(frame.locator(".segment-card").first).to_be_visible()
        frame.get_by_role("tab", name="Customers").click()
        with page.expect_download() as arriving:
            frame.get_by_role("link", name="Download CSV").click()
        assert arriving.value.path().read_text("utf-8-sig").count("\n") == 151
        frame.get_by_label("Search").fill("Gold")
        with page.expect_download() as written:
            frame.get_by_role("button", name="Download CSV").click()
        assert "Gold" in written.value.path().read_text("utf-8-sig")
        step(frame, "Predict")
        expect(frame.locator("#predict-why-title")).to_be_visible()
        inside = page.frames[-1]
        assert "t=" not in inside.url
        assert inside.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        assert inside.evaluate("document.querySelector('meta[name=portal-view]')") is None
        expect(frame.locator(".topbar-brand")).to_be_hidden()
        told = page.evaluate("told")
        assert {origin for origin, _ in told} == {world.url}
        assert {message["type"] for _, message in told} == {"portal-height"}
        assert told[-1][1]["height"] > 400
        assert complaints == []


def test_the_browsers_of_these_tests_do_what_they_are_named_after(
    world: World, playwright: Playwright, tmp_path: Path
) -> None:
    for cookies, came_back in (("allowed", "plain=1"), ("third-party blocked", "None")):
        with browser_with(playwright, cookies, tmp_path / cookies) as context:
            page, _ = show(context, world, world.sites.origin(CONTROL))
            page.reload()
            expect(page.frame_locator("iframe").get_by_text(f"cookie: {came_back}")).to_be_visible()


@pytest.mark.parametrize(
    ("scope", "steps"),
    [
        ("view-model", ["Segments"]),
        ("view-pages", ["Data", "Explore", "Segments"]),
        ("predict", ["Segments", "Predict"]),
    ],
)
def test_a_view_shows_what_it_may_and_offers_nothing_else(
    world: World, guest: BrowserContext, scope: str, steps: list[str]
) -> None:
    page, complaints = show(guest, world, world.link(scope, model=world.model))
    frame = page.frame_locator("iframe")
    links = frame.get_by_label("Steps").get_by_role("link")
    expect(links).to_have_count(len(steps))
    for name in steps:
        step(frame, name)
        for tab in frame.get_by_role("tab").all():
            tab.click()
            page.wait_for_load_state("networkidle")
        for words in ("Find segments", "Choose how", "Load a model", "Use other data"):
            expect(frame.get_by_text(words, exact=True).locator("visible=true")).to_have_count(0)
    step(frame, "Segments")
    expect(frame.locator(".segment-card").first).to_be_visible()
    expect(frame.locator(".segment-name").first).to_have_attribute("readonly", "")
    # Nothing that a visitor sees asks for what is refused.
    assert complaints == []


@pytest.fixture(scope="module")
def guest(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Somebody whose browser blocks third-party cookies."""
    profile = tmp_path_factory.mktemp("guest") / "profile"
    with browser_with(playwright, "third-party blocked", profile) as context:
        yield context


def test_a_site_that_is_not_listed_cannot_show_it(world: World, guest: BrowserContext) -> None:
    for source in (world.url, world.link()):
        world.sites.pages[OTHER] = frame_of(source)
        page = guest.new_page()
        page.goto(world.sites.origin(OTHER))
        expect(page.frame_locator("iframe").locator("body")).to_be_attached()
        assert page.frames[-1].url.startswith("chrome-error:")


def test_a_sandbox_that_cannot_run_it_is_explained(world: World, guest: BrowserContext) -> None:
    page, _ = show(guest, world, world.link(), attributes='sandbox="allow-scripts"')
    expect(page.frame_locator("iframe").get_by_text("allow-same-origin")).to_be_visible()


def test_the_end_of_a_view_is_told_kindly_to_the_reader_and_to_the_host(
    world: World, guest: BrowserContext
) -> None:
    page, _ = show(guest, world, world.link())
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Drop your customer list here")).to_be_visible()
    # Any answer of 401 ends a view; here it is that of a link which was used before.
    page.frames[-1].evaluate("fetch('/embed')")
    expect(frame.get_by_role("alertdialog")).to_contain_text("This view has ended")
    assert [world.url, {"type": "portal-ended"}] in page.evaluate("told")
    frame.get_by_role("button", name="Reload").click()
    expect(frame.get_by_text("Drop your customer list here")).to_be_visible()


def test_a_reload_where_all_cookies_are_blocked_says_what_to_do(
    world: World, playwright: Playwright, tmp_path: Path
) -> None:
    with browser_with(playwright, "all blocked", tmp_path / "profile") as context:
        page, _ = show(context, world, world.link())
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Drop your customer list here")).to_be_visible()
        page.frames[-1].evaluate("location.reload()")
        expect(frame.get_by_text("Reload the page that shows it")).to_be_visible()


# What an attack page tries; each line of its report begins with what became of one attempt.
ATTACK = """
<script>
var portal = PORTAL, report = window.report = [];
function note(name) { return function (value) { report.push(name + ": " + value); }; }
function post(path, options) {
  return fetch(portal + path, Object.assign({method: "POST", credentials: "include"}, options));
}
function form(path, type, name, value) {
  var made = document.createElement("form"), field = document.createElement("input");
  made.method = "post"; made.action = portal + path; made.enctype = type;
  made.target = type + path; field.name = name; field.value = value;
  var frame = document.createElement("iframe");
  frame.name = made.target; document.body.append(frame);
  made.append(field); document.body.append(made); made.submit();
}
addEventListener("message", function (event) { report.push("message: " + event.data.type); });
addEventListener("load", function () {
  form("/upload", "text/plain", "Customer ID,Age", "1,2");
  form("/_dash-update-component", "text/plain", CALLBACK, "");
  post("/upload", {mode: "no-cors", body: "a,b"});
  post("/upload", {headers: {"X-Portal-Upload": "1"}, body: "a,b"}).catch(note("read"));
  post("/_dash-update-component", {mode: "no-cors", body: CALLBACK});
  fetch(portal + DOWNLOAD, {credentials: "include"}).catch(note("read"));
  ["script", "img"].forEach(function (tag) {
    var made = document.createElement(tag);
    made.onerror = note(tag); made.onload = function () { report.push("LOADED " + tag); };
    made.src = portal + DOWNLOAD; document.body.append(made);
  });
  var inner = document.createElement("iframe");
  inner.src = portal + "/"; document.body.append(inner);
  inner.onload = function () {
    inner.contentWindow.postMessage({type: "portal-reload"}, "*");
    try { report.push("READ " + inner.contentDocument.body.innerText); }
    catch (error) { report.push("frame: " + error.name); }
  };
});
</script>"""


def refusals(server: Server, path: str) -> int:
    """How many requests for a path the log tells to have been refused."""
    lines = [line for line in server.log.read_text().splitlines() if f'"route": "{path}"' in line]
    return sum(json.loads(line)["status"] == HTTPStatus.FORBIDDEN for line in lines)


def test_an_attack_page_can_neither_change_nor_read_anything(
    world: World, playwright: Playwright, tmp_path: Path
) -> None:
    ledger = open_ledger(world.settings)
    with browser_with(playwright, "allowed", tmp_path / "profile") as context:
        page = context.new_page()
        page.goto(world.url)
        page.get_by_role("button", name="Try it with sample customers").click()
        expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
        (session,) = {
            session
            for session, _ in open_store(world.settings).sessions()
            if session != SHARED and "Sample customers" in str(ledger.items(session, "dataset"))
        }
        before = (ledger.items(session, "dataset"), ledger.jobs(session))
        delete = {
            "output": "..shell-delete-dialog.is_open...shell-refs.data...shell-alert.children..",
            "inputs": [{"id": "shell-delete-confirm", "property": "n_clicks", "value": 1}],
        }
        download = f"/download/rejects.csv?data={before[0][0].id}"
        world.sites.pages[OTHER] = (
            ATTACK.replace("PORTAL", json.dumps(world.url), 1)
            .replace("CALLBACK", json.dumps(json.dumps(delete)))
            .replace("DOWNLOAD", json.dumps(download))
        )
        attacker = context.new_page()
        attacker.goto(world.sites.origin(OTHER))
        attacker.wait_for_function("report.length >= 5")
        report = attacker.evaluate("report")
        assert not [line for line in report if "LOADED" in line or "READ" in line], report
        for path in ("/upload", "/_dash-update-component"):
            until(
                lambda path=path: refusals(world.server, path) >= 2,
                seconds=10,
                what=f"a form and a fetch to {path} are refused",
            )
        # A form at the top of a window carries the cookie, and is refused all the same.
        with context.expect_page() as opening:
            attacker.evaluate(
                "form.call(null, '/upload', 'text/plain', 'a', 'b'),"
                "document.querySelectorAll('form').forEach(function (made) {"
                "  made.target = '_blank'; }), document.forms[0].submit()"
            )
        expect(opening.value.get_by_text("did not come from the portal")).to_be_visible()
        assert (ledger.items(session, "dataset"), ledger.jobs(session)) == before
        page.reload()
        expect(page.locator(".sum-strip")).to_contain_text("500 rows read")
    ledger.close()
