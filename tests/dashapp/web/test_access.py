"""Deny by default: every route and callback says what it needs, and is refused without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashapp.auth.identity import PAGE_TOKEN, PUBLIC
from dashapp.auth.permissions import ROLES, SCOPES, Door, Right, Rights, need_of
from dashapp.web.guards.access import PAGES, need_of_rule
from tests.callbacks import Callback, callbacks, fire
from tests.dashapp.portal import ORIGIN, Portal

# The one kind of upload that needs no more than the route does.
BATCH = {**ORIGIN, "X-Purpose": "batch"}
NOBODY: Rights = frozenset()
LOWER = {**SCOPES, "nobody": NOBODY}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """These tests only ask: one portal serves them all."""
    return Portal.new(tmp_path_factory.mktemp("access"))


def rules(portal: Portal) -> list[Rule]:
    """Every route, Dash's own included."""
    callbacks(portal.app)
    return list(portal.app.server.url_map.iter_rules())


def addresses(portal: Portal, rule: Rule) -> Iterator[str]:
    """Addresses that lead to a route."""
    if rule.rule == "/<path:path>":
        yield from (path for path in portal.context.page_needs if path != "/")
        return
    yield (
        rule.rule.replace("<any(csv, xlsx):kind>", "csv")
        .replace("<path:filename>", "portal.js")
        .replace("<string:package_name>/<path:fingerprinted_path>", "dash/x.js")
    )


def server_callbacks(portal: Portal) -> list[tuple[Callback, Right]]:
    """Every callback that the server answers, with its need."""
    found = []
    for callback in callbacks(portal.app):
        function = portal.app.callback_map[callback.output].get("callback")
        if function is not None:
            need = need_of(function)
            assert isinstance(need, Right), f"{callback.output} does not say what it needs"
            found.append((callback, need))
    return found


def shows_nothing(answer: TestResponse) -> bool:
    """Whether an answer holds one sentence and no content."""
    body = answer.get_json()
    return set(body) == {"error", "id"} and len(body["error"]) < 100


def test_every_route_says_what_it_needs(portal: Portal) -> None:
    unguarded = [rule.rule for rule in rules(portal) if need_of_rule(portal.app, rule) is None]
    assert unguarded == []


def test_every_callback_says_what_it_needs(portal: Portal) -> None:
    assert len(server_callbacks(portal)) > 20


def test_the_routes_without_identity_are_the_public_ones(portal: Portal) -> None:
    for rule in rules(portal):
        is_public = need_of_rule(portal.app, rule) is Door.PUBLIC
        assert is_public == rule.rule.startswith(PUBLIC), rule.rule


@pytest.mark.parametrize("scope", LOWER)
def test_no_callback_answers_without_its_right(portal: Portal, scope: str) -> None:
    visitor = portal.allowed(LOWER[scope])
    for callback, need in server_callbacks(portal):
        answer = fire(visitor.client, callback, {})
        assert (answer.status_code == 403) == (need not in LOWER[scope]), callback.output
        if answer.status_code == 403:
            assert shows_nothing(answer), callback.output


@pytest.mark.parametrize("scope", LOWER)
def test_no_route_answers_without_its_right(portal: Portal, scope: str) -> None:
    visitor = portal.allowed(LOWER[scope])
    for rule in rules(portal):
        need = need_of_rule(portal.app, rule)
        for address in addresses(portal, rule):
            wanted = portal.context.page_needs[address] if rule.rule in PAGES else need
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = visitor.client.open(address, method=method, headers=BATCH)
            refused = wanted is not Door.PUBLIC and wanted not in LOWER[scope]
            assert (answer.status_code == 403) == refused, (address, answer.status_code)
            assert not refused or shows_nothing(answer), address
            answer.close()


def test_nothing_but_public_files_answers_to_a_bad_page_token(portal: Portal) -> None:
    bad = {**ORIGIN, PAGE_TOKEN: "e30.00"}
    for callback, _ in server_callbacks(portal):
        answer = fire(portal.client, callback, {}, headers=bad)
        assert answer.status_code == 401
        assert shows_nothing(answer)
    for rule in rules(portal):
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        for address in addresses(portal, rule):
            with portal.client.open(address, method=method, headers=bad) as answer:
                is_public = need_of_rule(portal.app, rule) is Door.PUBLIC
                assert (answer.status_code == 401) == (not is_public or address == "/embed")


@pytest.mark.parametrize("purpose", ["dataset", "model", "recipe"])
def test_whoever_may_only_predict_uploads_nothing_else(portal: Portal, purpose: str) -> None:
    headers = {**ORIGIN, "X-Portal-Upload": "1", "X-File-Name": "a.csv", "X-Purpose": purpose}
    visitor = portal.allowed(SCOPES["predict"])
    assert visitor.client.post("/upload", data=b"a,b", headers=headers).status_code == 403
    headers |= {"X-Purpose": "batch"}
    # Allowed, and then told that it lacks a model.
    assert visitor.client.post("/upload", data=b"a,b", headers=headers).status_code == 400


def test_a_page_that_is_not_allowed_is_not_drawn_by_the_shell_either(portal: Portal) -> None:
    visitor = portal.allowed(SCOPES["view-model"])
    drawn = visitor.fire("shell-page.children", "shell-url.pathname", {"shell-url.pathname": "/"})
    assert "not part of this view" in str(drawn)
    assert "data-content" not in str(drawn)


def test_what_declares_nothing_is_refused(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    server: Flask = portal.app.server
    server._got_first_request = False  # routes are added before the first request otherwise

    @server.get("/forgotten")
    def forgotten() -> str:
        return "open by accident"

    callback = server_callbacks(portal)[0][0]
    del portal.app.callback_map[callback.output]["callback"].need
    for answer in (portal.client.get("/forgotten"), fire(portal.client, callback, {})):
        assert answer.status_code == 403
        assert shows_nothing(answer)


def test_every_right_is_asked_for_somewhere(portal: Portal) -> None:
    routes = {need_of_rule(portal.app, rule) for rule in rules(portal)}
    asked = {need for _, need in server_callbacks(portal)} | routes
    assert set(Right) <= asked


def test_each_role_may_do_what_the_one_before_may() -> None:
    assert ROLES["viewer"] < ROLES["analyst"] <= ROLES["admin"]
    assert frozenset().union(*SCOPES.values()) == ROLES["analyst"]
