"""Whatever a provider of identities says is an identity or a refusal, never a fault of ours."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.auth.oidc import ENDPOINTS
from dashapp.auth.oidc import Provider as Known
from dashapp.auth.oidc_documents import SignInError
from dashapp.settings.portal_settings import Settings
from tests.dashapp.web.provider import CLIENT, RSA_KEY, Provider
from tests.dashapp.web.signing_in import settings_of
from tests.dashapp.web.test_fuzz import JSON, LATIN, MANY

NONCE, VERIFIER = "n" * 43, "v" * 43
BACK = "http://localhost/sign-in/return"
# What is JSON and yet makes programs stumble.
ODD = JSON | st.sampled_from(
    ["\ud800", float("inf"), float("nan"), 10**400, -1, "x" * 3000, [CLIENT, "x"], [[["a"] * 9]]]
)
CLAIMS = ("sub", "aud", "iss", "exp", "iat", "nbf", "nonce", "roles", "azp", "jti", "at_hash")
KEY = st.fixed_dictionaries(
    {"kty": st.sampled_from(["RSA", "EC", "oct"]) | ODD, "kid": st.sampled_from(["rsa", "ec"])},
    optional=dict.fromkeys(("n", "e", "x", "y", "crv", "use", "alg", "key_ops"), LATIN | ODD),
)
TOKEN = st.fixed_dictionaries({"id_token": ODD | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*")})


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture(scope="module")
def settings(issuer: Provider, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("provider"), issuer)


def good_claims(issuer: Provider) -> dict[str, Any]:
    """What the provider says of somebody who has just signed in."""
    now = int(time.time())
    return {"iss": issuer.issuer, "aud": CLIENT, "sub": "ann", "iat": now, "exp": now + 300,
            "nonce": NONCE, "roles": ["analyst"]}  # fmt: skip


def signed(*parts: dict[str, Any]) -> str:
    """A token of a header and claims that no library would sign."""
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    made = b".".join(texts)
    signature = jwt.get_algorithm_by_name("RS256").sign(made, RSA_KEY)
    return b".".join([made, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@MANY
@given(
    claims=st.dictionaries(st.sampled_from(CLAIMS), ODD, max_size=3),
    header=st.dictionaries(st.sampled_from(["alg", "kid", "crit", "typ"]), ODD, max_size=2),
    discovery=st.dictionaries(st.sampled_from(["issuer", *ENDPOINTS]), ODD, max_size=1),
    keys=st.none() | st.lists(KEY | ODD, max_size=3) | ODD,
    said=st.none() | st.tuples(st.sampled_from([200, 200, 302, 400, 503]), ODD | TOKEN),
)
def test_a_provider_may_say_anything(
    settings: Settings, issuer: Provider, claims: Any, header: Any, discovery: Any, keys: Any,
    said: Any,
) -> None:  # fmt: skip
    token = signed({"alg": "RS256", "kid": "rsa", **header}, good_claims(issuer) | claims)
    answer = said or (200, {"access_token": "a", "token_type": "Bearer", "id_token": token})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issuer, "discovery", discovery)
        if keys is not None:
            patch.setattr(issuer, "keys", keys)
        patch.setattr(issuer, "exchange", lambda *_: answer)
        try:
            Known(settings).person("code", BACK, NONCE, VERIFIER)
        except SignInError:
            return
    # It was taken: nothing that binds it to us, to this sign-in and to now was odd.
    assert not {"iss", "aud", "nonce"} & set(claims)
    assert claims.get("exp", time.time() + 1) > time.time()
    assert header.get("alg", "RS256") == "RS256"
    assert keys is None
    assert said is None
