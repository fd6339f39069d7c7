"""What a launched view shows, to whom, and for how long."""

from __future__ import annotations

import html
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from dashapp.auth.identity import HOSTED_COOKIE, PAGE_TOKEN
from dashapp.jobs.sweeper import Sweeper
from dashapp.storage.keys import SHARED
from segmentation import SegmentModel
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import ORIGIN, Portal
from tests.dashapp.web.launching import FRAMED, HOST, hosted, launch, link, model_file, share


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return hosted(tmp_path_factory.mktemp("embed"))


@pytest.fixture(scope="module")
def model(portal: Portal) -> str:
    return share(portal)


def view_in(text: str) -> dict[str, Any]:
    """What a launched page is told."""
    found = re.search(r'<meta name="portal-view" content="([^"]*)">', text)
    assert found is not None
    return dict(json.loads(html.unescape(found.group(1))))


def test_the_page_itself_comes_for_this_host_only_and_is_kept_nowhere(portal: Portal) -> None:
    answer, _ = launch(portal, link(theme="dark"))
    assert answer.status_code == 200
    assert "_dash-renderer" in answer.text or "dash-renderer" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {HOST}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    for part in (HOSTED_COOKIE, "Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert part in cookie
    view = view_in(answer.text)
    assert view["ancestor"] == HOST
    assert view["start"] == "/?framed=1&theme=dark"


def test_a_pattern_in_the_settings_covers_each_of_its_hosts(portal: Portal) -> None:
    answer, _ = launch(portal, link(ancestor="https://tenant.host.example"))
    assert answer.headers["Content-Security-Policy"].endswith(
        "frame-ancestors https://tenant.host.example"
    )


def test_the_page_token_alone_opens_the_session(portal: Portal, model: str) -> None:
    answer, _ = launch(portal, link("view-pages", model=model))
    view = view_in(answer.text)
    blocked = portal.app.server.test_client()  # a browser that kept no cookie
    callback = find_by_input(portal.app, "segments-content.children", "shell-refs.data")
    values = {"shell-refs.data": {"dataset": None, "model": model}}
    by_token = fire(blocked, callback, values, headers={PAGE_TOKEN: view["token"]})
    assert by_token.status_code == 200
    assert "Segments" in by_token.text
    alone = fire(blocked, callback, values)
    assert model not in alone.text
    assert "segment-card" not in alone.text


def test_a_reload_without_cookie_says_kindly_that_the_view_has_ended(
    portal: Portal, model: str
) -> None:
    answer, visitor = launch(portal, link("view-model", model=model))
    start = view_in(answer.text)["start"]
    again = visitor.client.get(start, headers=FRAMED, base_url="https://localhost")
    assert again.status_code == 200
    assert view_in(again.text)["start"] is None
    assert again.headers["Content-Security-Policy"].endswith(f"frame-ancestors {HOST}")
    stranger = portal.app.server.test_client()
    ended = stranger.get(start, headers=FRAMED)
    assert ended.status_code == 401
    assert "Reload the page that shows it" in ended.text
    assert "Set-Cookie" not in ended.headers


def test_at_the_top_of_a_window_no_cookie_replaces_the_one_that_is_there(portal: Portal) -> None:
    client = portal.app.server.test_client()
    client.get("/", base_url="https://localhost")
    before = client.get_cookie(HOSTED_COOKIE)
    headers = {**FRAMED, "Sec-Fetch-Dest": "document"}
    answer = client.get(link(), headers=headers, base_url="https://localhost")
    assert answer.status_code == 200
    assert view_in(answer.text)["token"]
    assert client.get_cookie(HOSTED_COOKIE) == before


SEGMENTS = ("segments-content.children", "shell-refs.data")


DATA = ("data-content.children", "shell-refs.data")


PREDICT = ("predict-content.children", "shell-refs.data")


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        ("view-model", {SEGMENTS}),
        ("view-pages", {SEGMENTS, DATA}),
        ("predict", {SEGMENTS, PREDICT}),
        ("view-pages predict", {SEGMENTS, DATA, PREDICT}),
        ("full", {SEGMENTS, DATA, PREDICT}),
    ],
)
def test_a_scope_opens_its_pages_and_no_others(
    portal: Portal, model: str, scope: str, seen: set[tuple[str, str]]
) -> None:
    answer, visitor = launch(portal, link(scope, model=model))
    view = view_in(answer.text)
    dataset = re.search(r"data=(\w+)", view["start"])
    assert (dataset is not None) == (DATA in seen)
    refs = {"model": model, "dataset": dataset.group(1) if dataset else None}
    for pair in (SEGMENTS, DATA, PREDICT):
        callback = find_by_input(portal.app, *pair)
        headers = {PAGE_TOKEN: view["token"]}
        shown = fire(visitor.client, callback, {"shell-refs.data": refs}, headers=headers)
        assert shown.status_code == (200 if pair in seen else 403), pair
        assert ("Spring list" in shown.text) == (pair == DATA and DATA in seen) or pair == SEGMENTS


def test_whoever_sees_only_the_model_cannot_reach_its_customers(portal: Portal, model: str) -> None:
    _, all_of_it = launch(portal, link("view-pages", model=model))
    item = portal.context.sharing.models()[0]
    answer, visitor = launch(portal, link("view-model", model=model))
    headers = {PAGE_TOKEN: view_in(answer.text)["token"]}
    refs = {"model": model, "dataset": item.info["dataset"]}
    callback = find_by_input(portal.app, *SEGMENTS)
    shown = fire(visitor.client, callback, {"shell-refs.data": refs}, headers=headers)
    assert "segment-card" not in shown.text
    path = f"/download/customers.csv?data={refs['dataset']}&model={model}"
    assert visitor.client.get(path, headers=headers).status_code == 403
    own = all_of_it.client.get(path, headers=ORIGIN, base_url="https://localhost")
    assert own.status_code == 200
    assert own.text.count("\n") == 201


def test_a_launched_session_has_the_launched_model_and_no_other(portal: Portal, model: str) -> None:
    other = portal.context.sharing.share(share_other(), "Another")
    answer, visitor = launch(portal, link("full", model=model))
    headers = {PAGE_TOKEN: view_in(answer.text)["token"]}
    path = "/download/model.segmodel?model="
    assert visitor.client.get(path + model, headers=headers).status_code == 200
    assert visitor.client.get(path + other, headers=headers).status_code == 410
    portal.context.sharing.take_back(other)


def share_other() -> bytes:
    """The same model under other names is another model."""
    data, _ = model_file()
    found = SegmentModel.from_bytes(data)
    return found.rename(found.segments[0].id, "Another name").to_bytes()


def test_what_is_taken_back_is_gone_at_once_for_everybody(tmp_path: Path) -> None:
    portal = hosted(tmp_path / "portal")
    model = share(portal)
    answer, visitor = launch(portal, link("view-pages", model=model))
    headers = {PAGE_TOKEN: view_in(answer.text)["token"]}
    dataset = portal.context.sharing.models()[0].info["dataset"]
    path = f"/download/customers.csv?data={dataset}&model={model}"
    assert visitor.client.get(path, headers=headers).status_code == 200
    portal.context.sharing.take_back(model)
    assert visitor.client.get(path, headers=headers).status_code == 410
    assert portal.context.sharing.models() == ()
    portal.context.store.sweep()
    assert launch(portal, link("view-pages", model=model))[0].status_code == 401
    assert [session for session, _ in portal.context.store.sessions() if session == SHARED] == []


def test_a_shared_model_outlives_sessions(tmp_path: Path) -> None:
    portal = hosted(tmp_path / "portal", idle_ttl_hours=1e-6, absolute_ttl_hours=1e-6)
    model = share(portal)
    context = portal.context
    sweeper = Sweeper(context.settings, context.store, context.ledger)
    deadline = time.time() + 1.1
    while time.time() < deadline:
        sweeper.sweep()
    assert context.sharing.models()[0].id == model
    assert context.sharing.lend("a" * 32, model, customers=True).dataset


def test_deleting_my_data_keeps_what_was_lent_and_nothing_else(portal: Portal, model: str) -> None:
    answer, visitor = launch(portal, link("full", model=model))
    headers = {PAGE_TOKEN: view_in(answer.text)["token"]}
    confirm = find_by_input(portal.app, "shell-refs.data", "shell-delete-confirm.n_clicks")
    done = fire(visitor.client, confirm, {"shell-delete-confirm.n_clicks": 1}, headers=headers)
    fresh = {PAGE_TOKEN: done.headers[PAGE_TOKEN]}
    path = f"/download/model.segmodel?model={model}"
    assert visitor.client.get(path, headers=fresh).status_code == 200
    assert visitor.client.get(path, headers=headers).status_code == 410


def test_the_page_about_sandboxes_says_what_is_missing(portal: Portal) -> None:
    answer = portal.app.server.test_client().get("/frame-help")
    assert answer.status_code == 200
    assert "allow-same-origin" in answer.text
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_link_that_is_only_looked_at_is_not_used_up(portal: Portal) -> None:
    path = link()
    client = portal.app.server.test_client()
    assert client.head(path, headers=FRAMED, base_url="https://localhost").status_code == 405
    assert launch(portal, path)[0].status_code == 200
    assert launch(portal, path)[0].status_code == 401


def test_an_ancestor_whose_port_cannot_exist_is_refused(portal: Portal) -> None:
    answer, _ = launch(portal, link(ancestor="https://bi.example:99999"))
    assert answer.status_code == 401


def test_a_used_link_stays_used_when_the_clock_is_set_forward_and_back(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, path = time.time(), link()
    assert launch(portal, path)[0].status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 700)
    assert portal.context.ledger.first_use("another link", 60)
    monkeypatch.setattr(time, "time", lambda: now)
    assert launch(portal, path)[0].status_code == 401
