"""Sessions of people who signed in: fresh, apart from each other, and over when they leave."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from dashapp.auth.audit_log import AUDIT_FILE
from dashapp.auth.identity import COOKIE, PUBLIC, SIGN_IN, Identity, cookie_tokens
from dashapp.auth.permissions import SCOPES, Door
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Kind
from dashapp.web.guards.access import need_of_rule
from dashapp.web.routes.sign_in import COOKIE as PENDING
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import ORIGIN, Portal
from tests.dashapp.web.provider import CLIENT, CLIENT_SECRET, Provider
from tests.dashapp.web.signing_in import (
    BROWSER,
    ask,
    browser,
    is_in,
    settings_of,
    sign_in,
    vouched,
)


@pytest.fixture
def portal(tmp_path: Path, provider: Provider) -> Portal:
    return Portal.of(settings_of(tmp_path, provider))


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "///evil.example/segments",
        "/%2f/evil.example", "javascript:alert(1)", "/segments/../..//evil.example", "http:evil",
        "/sign-out", "/\t/evil.example", "/no-such-page", "",
        f"/segments?{'x' * 1000}",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(portal: Portal, asked: str) -> None:
    client = browser(portal)
    away = ask(client, f"{SIGN_IN}?{urlencode({'next': asked})}")
    answer = ask(client, vouched(away.headers["Location"]))
    assert answer.headers["Location"] == "/"


def test_an_address_that_is_no_page_leads_to_the_sign_in_as_well(portal: Portal) -> None:
    answer = ask(browser(portal), "/no-such-page")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in?next=%2Fno-such-page",
    )


def test_the_session_gets_a_new_id_at_each_sign_in(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    before = client.get_cookie(COOKIE)
    answer = ask(client, SIGN_IN)
    ask(client, vouched(answer.headers["Location"]))
    after = client.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    tokens = cookie_tokens(portal.context.settings)
    first, second = tokens.read(before.value), tokens.read(after.value)
    assert first is not None
    assert second is not None
    assert first.user == second.user
    assert first.token != second.token


def test_a_cookie_that_did_not_come_from_a_sign_in_is_none(portal: Portal, tmp_path: Path) -> None:
    settings = portal.context.settings
    signed = cookie_tokens(settings)
    open_mode = cookie_tokens(settings.model_copy(update={"identity": "open"}))
    proxy_mode = cookie_tokens(settings.model_copy(update={"identity": "proxy"}))
    user = "a" * 32
    at_work = Identity.new(SCOPES["full"], user=user)
    portal.context.ledger.add_item(at_work.session, Kind.UPLOAD, "a" * 32, "spring.csv", {})
    planted = [
        "planted",
        open_mode.write(Identity.new(SCOPES["full"])),
        proxy_mode.write(at_work),
        signed.write(Identity.new(SCOPES["full"])),
        signed.write(Identity.new(SCOPES["full"], user=user)),
    ]
    for value in planted:
        client = browser(portal)
        client.set_cookie(COOKIE, value)
        assert not is_in(client)
        sign_in(client)
        mine = client.get_cookie(COOKIE)
        assert mine is not None
        assert mine.value != value


def bring_data(portal: Portal, client: FlaskClient) -> str:
    """Import the sample; the address of its rejects."""
    job = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    made = fire(client, job, {"data-sample.n_clicks": 1})
    portal.do_jobs()
    found = portal.context.ledger.job(made.get_json()["response"]["shell-job"]["data"]["id"])
    assert found is not None
    assert found.result is not None
    return f"/download/rejects.csv?data={found.result['dataset']}"


def test_two_people_see_nothing_of_each_other(portal: Portal, provider: Provider) -> None:
    ann, ben = browser(portal), browser(portal)
    sign_in(ann)
    provider.claims["sub"] = "ben"
    sign_in(ben)
    path = bring_data(portal, ann)
    assert ask(ann, path).status_code == 200
    assert ask(ben, path).status_code == 410


def test_leaving_ends_the_session_for_good_and_removes_what_it_held(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    bring_data(portal, client)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    session = cookie_tokens(portal.context.settings).read(cookie.value)
    assert session is not None
    assert "Sign out?" in ask(client, "/sign-out").text
    assert is_in(client)  # to look at the question is no answer
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/sign-out", headers=ORIGIN).status_code == 200
    assert client.get_cookie(COOKIE) is None
    assert not portal.context.ledger.knows(session.session)
    client.set_cookie(COOKIE, cookie.value)
    assert not is_in(client)


def test_the_way_out_stands_on_every_page(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    assert "Sign out" in client.get("/_dash-layout", headers=ORIGIN).text


def test_deleting_data_keeps_its_owner_signed_in(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    path = bring_data(portal, client)
    confirm = "shell-delete-confirm.n_clicks"
    fire(client, find_by_input(portal.app, "shell-refs.data", confirm), {confirm: 1})
    assert is_in(client)
    assert ask(client, path).status_code == 410


def test_a_session_ends_at_its_time(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    for session in portal.context.ledger.ended_sessions(-1, -1):
        portal.context.ledger.delete_session(session)
    assert not is_in(client)


def test_only_pages_in_windows_of_their_own_lead_to_the_sign_in(portal: Portal) -> None:
    client = browser(portal)
    assert ask(client, "/", **{"Sec-Fetch-Dest": "iframe"}).status_code == 401
    assert client.get("/_dash-layout", headers=ORIGIN).status_code == 401
    assert client.post("/upload", headers=ORIGIN).status_code == 401
    assert ask(client, "/healthz").status_code == 200
    assert client.get("/", headers=BROWSER).headers["Cache-Control"] == "no-store"


def test_coming_and_going_stand_in_the_audit_log_without_names(portal: Portal) -> None:
    client = browser(portal)
    sign_in(client)
    client.post("/sign-out", headers=ORIGIN)
    text = (portal.context.settings.data_dir / AUDIT_FILE).read_text()
    found = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in found] == ["sign_in", "delete", "sign_out"]
    assert len({line["user"] for line in found}) == 1
    assert '"ann"' not in text


def test_the_routes_without_identity_are_the_public_ones(portal: Portal) -> None:
    for rule in portal.app.server.url_map.iter_rules():
        need = need_of_rule(portal.app, rule)
        assert need is not None, rule.rule
        assert (need is Door.PUBLIC) == rule.rule.startswith((*PUBLIC, SIGN_IN)), rule.rule


def test_other_modes_have_no_way_to_sign_in(tmp_path: Path) -> None:
    client = Portal.new(tmp_path / "open").client
    assert "Sign out" not in client.get("/_dash-layout", headers=ORIGIN).text
    assert client.get(SIGN_IN, headers=BROWSER).status_code == 404
    assert client.post("/sign-out", headers=ORIGIN).status_code in {404, 405}


def test_a_hosted_sign_in_uses_cookies_for_https_only(tmp_path: Path, provider: Provider) -> None:
    hosted = Portal.of(settings_of(tmp_path, provider, hosted=True, secret_key="s" * 32))
    client = browser(hosted)
    away = client.get(SIGN_IN, headers=BROWSER, base_url="https://portal.example")
    (cookie,) = away.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"__Host-{PENDING}=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    back = parse_qs(urlsplit(away.headers["Location"]).query)["redirect_uri"]
    assert back == ["https://portal.example/sign-in/return"]


@pytest.mark.parametrize("name", ["oidc_issuer", "oidc_client_id", "oidc_client_secret"])
def test_the_mode_needs_its_settings(name: str) -> None:
    values = {
        "oidc_issuer": "https://id.example", "oidc_client_id": CLIENT,
        "oidc_client_secret": CLIENT_SECRET,
    }  # fmt: skip
    del values[name]
    with pytest.raises(ValueError, match=f"oidc needs SEGMENTATION_{name.upper()}"):
        Settings(identity="oidc", **values)
