"""Identity by OpenID Connect: who the provider vouches for, in this browser, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dashapp.auth import oidc
from dashapp.auth import oidc_documents as documents
from dashapp.auth.identity import SIGN_IN
from dashapp.settings.portal_settings import Settings
from dashapp.web.routes.sign_in import COOKIE as PENDING
from tests.dashapp.portal import Portal
from tests.dashapp.web.provider import CLIENT, CLIENT_SECRET, EC_KEY, OTHER_KEY, Provider, public
from tests.dashapp.web.signing_in import (
    ANALYSTS_ONLY,
    ask,
    browser,
    is_in,
    is_refused_kindly,
    leave,
    settings_of,
    sign_in,
    vouched,
)


@pytest.fixture
def portal(tmp_path: Path, provider: Provider) -> Portal:
    return Portal.of(settings_of(tmp_path, provider))


def test_whoever_signs_in_comes_to_the_page_that_was_asked_for(portal: Portal) -> None:
    client = browser(portal)
    answer = sign_in(client, "/segments?tab=profile")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/segments?tab=profile")
    assert is_in(client)
    assert ask(client, ANALYSTS_ONLY).status_code == 200


def test_the_provider_is_asked_with_proof_and_random_texts(portal: Portal) -> None:
    first, second = (parse_qs(urlsplit(leave(browser(portal))).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == ["http://localhost/sign-in/return"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_keys_of_elliptic_curves_are_taken_as_well(portal: Portal, provider: Provider) -> None:
    provider.key, provider.algorithm, provider.kid = EC_KEY, "ES256", "ec"
    client = browser(portal)
    sign_in(client)
    assert is_in(client)


def test_a_new_key_of_the_provider_is_found(
    portal: Portal, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser(portal))
    provider.key, provider.kid = OTHER_KEY, "next"
    provider.keys.append(public(OTHER_KEY, "RS256", "next"))
    monkeypatch.setattr(oidc, "RENEW_SECONDS", 0)
    client = browser(portal)
    sign_in(client)
    assert is_in(client)


FORGED: dict[str, Callable[[Provider], None]] = {
    "another nonce": lambda it: it.claims.update(nonce="x" * 43),
    "no nonce": lambda it: it.claims.update(nonce=None),
    "another issuer": lambda it: it.claims.update(iss="https://evil.example"),
    "another audience": lambda it: it.claims.update(aud="another"),
    "several audiences": lambda it: it.claims.update(aud=[CLIENT, "another"]),
    "made for another": lambda it: it.claims.update(azp="another"),
    "expired": lambda it: it.claims.update(exp=int(time.time()) - 60),
    "no expiry": lambda it: it.claims.update(exp=None),
    "not yet issued": lambda it: it.claims.update(iat=int(time.time()) + 600),
    "nobody": lambda it: it.claims.update(sub=None),
    "a number for a name": lambda it: it.claims.update(sub=7),
    "another key": lambda it: setattr(it, "key", OTHER_KEY),
    "an unknown key": lambda it: setattr(it, "kid", "unknown"),
    "no signature": lambda it: (setattr(it, "key", None), setattr(it, "algorithm", "none")),  # type: ignore[func-returns-value]
    "signed with what we know": lambda it: (  # type: ignore[func-returns-value]
        setattr(it, "key", CLIENT_SECRET),
        setattr(it, "algorithm", "HS256"),
    ),
    "half a character for a name": lambda it: it.claims.update(sub="\ud800"),
    "an expiry without end": lambda it: it.claims.update(exp=float("inf")),
    "the keys are no keys": lambda it: setattr(it, "keys", [{"kty": "RSA", "kid": "rsa"}, 7]),
}


@pytest.mark.parametrize("name", FORGED)
def test_an_identity_that_is_not_proven_opens_nothing(
    portal: Portal, provider: Provider, name: str
) -> None:
    FORGED[name](provider)
    client = browser(portal)
    answer = sign_in(client)
    assert is_refused_kindly(answer), answer.text
    assert provider.exchanges == 1
    assert not is_in(client)


def test_an_answer_with_another_state_is_not_even_asked_about(
    portal: Portal, provider: Provider
) -> None:
    client = browser(portal)
    back = vouched(leave(client))
    code = parse_qs(urlsplit(back).query)["code"][0]
    for state in ("", "x" * 43, "ü"):
        query = urlencode({"code": code, "state": state})
        assert is_refused_kindly(ask(client, f"{SIGN_IN}/return?{query}"))
    assert provider.exchanges == 0


def test_the_answer_to_one_browser_is_worth_nothing_in_another(
    portal: Portal, provider: Provider
) -> None:
    attacker, victim = browser(portal), browser(portal)
    back = vouched(leave(attacker))
    assert is_refused_kindly(ask(victim, back))
    leave(victim)
    assert is_refused_kindly(ask(victim, back))
    assert provider.exchanges == 0


def test_an_answer_counts_once(portal: Portal, provider: Provider) -> None:
    client = browser(portal)
    leaving = leave(client)
    pending = client.get_cookie(PENDING)
    assert pending is not None
    back = vouched(leaving)
    assert ask(client, back).status_code == 303
    thief = browser(portal)
    thief.set_cookie(PENDING, pending.value)
    assert is_refused_kindly(ask(thief, back))
    assert provider.exchanges == 1


def test_a_code_that_the_provider_has_forgotten_is_refused(
    portal: Portal, provider: Provider
) -> None:
    client = browser(portal)
    back = vouched(leave(client))
    provider.codes.clear()
    assert is_refused_kindly(ask(client, back))


@pytest.mark.parametrize("query", ["error=access_denied", "code=a&code=b", f"code={'x' * 5000}"])
def test_an_answer_without_one_code_is_refused(portal: Portal, query: str) -> None:
    client = browser(portal)
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    assert is_refused_kindly(ask(client, f"{SIGN_IN}/return?{query}&state={state}"))


def test_an_answer_in_the_name_of_another_issuer_is_refused(portal: Portal) -> None:
    client = browser(portal)
    back = vouched(leave(client))
    assert is_refused_kindly(ask(client, f"{back}&iss=https%3A%2F%2Fevil.example"))


def test_a_wrong_secret_of_the_portal_is_told_kindly(tmp_path: Path, provider: Provider) -> None:
    wrong = Settings(
        data_dir=tmp_path / "portal", identity="oidc", oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT, oidc_client_secret="another",
    )  # fmt: skip
    assert is_refused_kindly(sign_in(browser(Portal.of(wrong))))


def test_a_provider_that_is_away_gets_a_kind_page_and_may_come_back(
    portal: Portal, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = browser(portal)
    sign_in(inside)
    outside = browser(portal)
    back = vouched(leave(outside))
    provider.close()
    answer = ask(outside, back)
    assert is_refused_kindly(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert is_in(inside)


def test_a_provider_that_was_never_there_is_asked_by_one_visitor_at_a_time(
    portal: Portal, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.close()
    asked: list[str] = []
    fetch = documents.fetch
    monkeypatch.setattr(documents, "fetch", lambda address: asked.append(address) or fetch(address))
    for _ in range(3):
        assert is_refused_kindly(ask(browser(portal), SIGN_IN), 503)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"filler": "x" * 1_100_000},
    ],
)
def test_a_discovery_that_leads_elsewhere_is_not_followed(
    portal: Portal, provider: Provider, change: dict[str, Any]
) -> None:
    provider.discovery = change
    assert is_refused_kindly(ask(browser(portal), SIGN_IN), 503)


@pytest.mark.parametrize("roles", [None, [], "superuser", {"admin": True}, [["admin"]], 7])
def test_an_account_without_a_role_is_told_whom_to_ask(
    portal: Portal, provider: Provider, roles: Any
) -> None:
    provider.claims["roles"] = roles
    client = browser(portal)
    answer = sign_in(client)
    assert is_refused_kindly(answer, 403)
    assert "viewer, analyst or admin" in answer.text
    assert not is_in(client)


def test_roles_may_stand_in_a_claim_of_another_name(tmp_path: Path, provider: Provider) -> None:
    settings = settings_of(tmp_path, provider, oidc_roles_claim="realm_access.roles")
    provider.claims["realm_access"] = {"roles": ["viewer", "offline_access"]}
    client = browser(Portal.of(settings))
    sign_in(client)
    assert is_in(client)
    assert ask(client, ANALYSTS_ONLY).status_code == 403
