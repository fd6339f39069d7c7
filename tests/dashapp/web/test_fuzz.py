"""Where people sign in: whatever is sent is no fault of the server and shows strangers nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from dashapp.auth.identity import (
    COOKIE,
    PAGE_TOKEN,
    PUBLIC,
    SIGN_IN,
    Identity,
    cookie_tokens,
    page_tokens,
)
from dashapp.auth.oidc_sign_in import keep
from dashapp.auth.permissions import ROLES
from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from dashapp.settings.portal_settings import Settings
from dashapp.web.routes.sign_in import COOKIE as PENDING
from tests.callbacks import Callback, body_of, callbacks
from tests.dashapp.portal import ORIGIN, Portal
from tests.dashapp.test_callbacks import NONSENSE
from tests.dashapp.web.provider import Provider
from tests.dashapp.web.signing_in import settings_of
from tests.isolation.findings import customers, readable, word

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
SECRET = "a-secret-of-the-proxy-of-40-characters!!"
CANARY = word("a").lower().encode()
# Where an identity begins or none is needed; behind a proxy nobody signs in here.
ENTRANCES = {"proxy": PUBLIC, "oidc": (*PUBLIC, SIGN_IN)}
# An error tells a sentence; a page of ours is longer.
LONGEST_REFUSAL = 4000
OPEN = {"requests_per_minute": 10**9, "new_sessions_per_minute": 10**9, "uploads_per_minute": 10**9}
ODD_PATHS = (
    "/_dash-layout/", "//_dash-layout", "/_DASH-LAYOUT", "/assets/../_dash-layout", "/embedded",
    "/healthz/../_dash-layout", "/sign-in/../explore", "/sign-inside", "/%2e%2e/explore", "/\0",
    "/jobs/", "/favicon.ico", "/explore;/healthz", "/\xff", "/metrics/explore",
)  # fmt: skip
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LATIN, inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True, repr=False)
class House:
    """A portal in which Ann has customers and a model, and all that can be asked of it.

    Attributes
    ----------
    refs, job
        What is Ann's.
    cookie
        Of Ann: not enough behind a proxy.
    """

    portal: Portal
    asked: tuple[Callback, ...]
    paths: tuple[str, ...]
    refs: dict[str, Any]
    job: str
    cookie: str

    @property
    def mode(self) -> str:
        return self.portal.context.settings.identity

    def person(self, role: str, name: str) -> dict[str, str]:
        """Headers of somebody with this role, who begins a session."""
        if self.mode == "proxy":
            return {SECRET_HEADER: SECRET, USER_HEADER: name, ROLES_HEADER: role}
        return {"Cookie": f"{COOKIE}={signed_in(self.portal, role, name)}"}


def signed_in(portal: Portal, role: str, name: str) -> str:
    """Cookie of somebody who has come back from the provider."""
    identity = Identity.new(ROLES[role], user=name)
    keep(portal.context.ledger, identity)
    return cookie_tokens(portal.context.settings).write(identity)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture(scope="module", params=["proxy", "oidc"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, issuer: Provider
) -> House:
    folder = tmp_path_factory.mktemp("fuzz")
    if request.param == "oidc":
        portal = Portal.of(settings_of(folder, issuer, **OPEN))
        portal.client.set_cookie(COOKIE, signed_in(portal, "analyst", "ann"))
    else:
        more: dict[str, Any] = {"identity": "proxy", "proxy_secret": SECRET, **OPEN}
        portal = Portal.of(Settings(data_dir=folder / "portal", **more))
        ann = {SECRET_HEADER: SECRET, USER_HEADER: "ann", ROLES_HEADER: "analyst"}
        for name, value in ann.items():
            portal.client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
    sent = portal.upload(f"{word('a')}.csv", customers("a", 1)).get_json()["job"]
    refs = portal.with_model(portal.follow({"id": sent}, {})["shell-refs.data"])
    with portal.client.get(f"/download/customers.csv?{urlencode(named(refs))}") as mine:
        assert CANARY in mine.get_data().lower()  # there is something to see
    cookie = portal.client.get_cookie(COOKIE)
    assert cookie is not None
    asked = callbacks(portal.app)
    rules = {rule.rule for rule in portal.app.server.url_map.iter_rules()} - {"/<path:path>"}
    filled = (
        rule.replace("<any(csv, xlsx):kind>", "xlsx").replace("<job_id>", sent)
        .replace("<path:filename>", "portal.js")
        .replace("<string:package_name>/<path:fingerprinted_path>", "dash/x.js")
        for rule in rules
    )  # fmt: skip
    paths = (*sorted(filled), *portal.context.page_needs, *ODD_PATHS)
    return House(portal, tuple(asked), paths, refs, sent, cookie.value)


@st.composite
def bodies(draw: st.DrawFn, house: House) -> bytes:
    """What a browser would send to fire some callback, with anything as its values; or no such."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
    callback = draw(st.sampled_from(house.asked))
    known = [
        *NONSENSE,
        house.refs,
        {"id": house.job},
        f"?{urlencode(query_of(house))}",
        [house.refs],
    ]
    value = st.sampled_from(known) | JSON
    values: dict[str, Any] = {}
    for id_, property_ in (*callback.inputs, *callback.state):
        if isinstance(id_, dict):
            filled = {key: part if key == "type" else "Age" for key, part in id_.items()}
            values[f"{id_['type']}.{property_}"] = [(filled, draw(value))]
        else:
            values[f"{id_}.{property_}"] = draw(value)
    return json.dumps(body_of(callback, values)).encode()


def query_of(house: House) -> dict[str, str]:
    """A query that asks for what is Ann's."""
    return named(house.refs) | {"job": house.job}


def named(refs: dict[str, Any]) -> dict[str, str]:
    """References as an address has them."""
    return {"data": refs["dataset"], "model": refs["model"]}


@st.composite
def requests(draw: st.DrawFn, house: House) -> dict[str, Any]:
    """One request without anybody's identity."""
    if draw(st.booleans()):
        path, method = "/_dash-update-component", "POST"
    else:
        path = draw(st.sampled_from(house.paths))
        method = draw(st.sampled_from(["GET", "GET", "GET", "POST", "HEAD", "PUT", "OPTIONS"]))
    tokens = page_tokens(house.portal.context.settings)
    forged = tokens.write(Identity.new(ROLES["admin"]))[:-1]
    words = {
        "Cookie": [f"{COOKIE}={house.cookie[:-2]}", f"{COOKIE}=a.b", f"{PENDING}=x", f"{COOKIE}="],
        "Accept": ["text/html", "*/*", "application/json;q=x"],
        "Content-Type": ["application/json", "text/plain", "application/json; charset=utf-7"],
        "Sec-Fetch-Site": ["same-origin", "cross-site", "none"],
        "Sec-Fetch-Dest": ["document", "iframe"],
        PAGE_TOKEN: [forged, "e30.00"],
        SECRET_HEADER: [SECRET[:-1], f"{SECRET},{SECRET}", SECRET.upper(), ""],
        USER_HEADER: ["ann", "root"],
        ROLES_HEADER: ["admin", "analyst"],
        "Authorization": ["Bearer x"],
        "X-Portal-Upload": ["1"], "X-File-Name": ["a.csv"], "X-Purpose": ["dataset", "model"],
        "X-Model": [house.refs["model"]], "X-Data": [house.refs["dataset"]],
        "X-Forwarded-For": ["127.0.0.1"], "X-Forwarded-Prefix": ["/healthz"], "Host": ["[", ""],
    }  # fmt: skip
    names = draw(st.lists(st.sampled_from(sorted(words)), unique=True, max_size=6))
    headers = {name: draw(st.sampled_from(words[name]) | LATIN) for name in names}
    if house.mode == "proxy" and draw(st.booleans()):
        headers["Cookie"] = f"{COOKIE}={house.cookie}"  # Ann's, but not through the proxy
    asked = {"code": "x", "state": "y", "t": "a.b.c", "next": "//evil.example", "batch": "0" * 32}
    query = draw(
        st.sampled_from([query_of(house), asked]) | st.dictionaries(LATIN, LATIN, max_size=2)
    )
    return {
        "path": path, "method": method, "query_string": urlencode(query),
        "headers": ORIGIN | headers, "data": draw(bodies(house)) if method != "GET" else None,
    }  # fmt: skip


def answer_to(house: House, request: dict[str, Any]) -> tuple[TestResponse, bytes]:
    """What a browser that knows nothing from before gets, with what is packed in it."""
    client = house.portal.app.server.test_client(use_cookies=False)
    with client.open(**request) as answer:
        body = readable(answer.get_data())
    assert answer.status_code < 500 or "Retry-After" in answer.headers, (request, body)
    assert b"Traceback" not in body
    assert CANARY not in body.lower() + repr(answer.headers).lower().encode(), request
    return answer, body


MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    # The same each time here; many more, and new ones, by hand.
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MANY
@given(data=st.data())
def test_nobody_gets_anything_without_an_identity(house: House, data: st.DataObject) -> None:
    request = data.draw(requests(house))
    answer, body = answer_to(house, request)
    begun = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE)]
    assert begun == []
    if request["path"].startswith(ENTRANCES[house.mode]):
        return
    assert answer.status_code in {303, 400, 401, 403}, (request, answer.status_code)
    assert answer.status_code != 303 or answer.headers["Location"].startswith(f"{SIGN_IN}?next=")
    assert len(body) < LONGEST_REFUSAL
    assert b"_dash" not in body.replace(b"%2F_dash", b"")


@MANY
@given(data=st.data(), role=st.sampled_from(sorted(ROLES)))
def test_somebody_else_sees_nothing_of_hers(house: House, data: st.DataObject, role: str) -> None:
    request = data.draw(requests(house))
    for name in (PAGE_TOKEN, "Cookie"):
        request["headers"].pop(name, None)
    request["headers"] |= house.person(role, "ben")
    answer, _ = answer_to(house, request)
    assert answer.status_code != 401 or request["path"].startswith(ENTRANCES[house.mode]), request
