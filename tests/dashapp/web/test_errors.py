"""Malformed requests are refused with a sentence and an id; nothing answers 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashapp.storage.store import StoreUnavailableError
from tests.callbacks import SAME_ORIGIN, callbacks
from tests.dashapp.portal import Portal

PATH = "/_dash-update-component"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def post(portal: Portal, body: bytes) -> Any:
    return portal.client.post(PATH, data=body, content_type="application/json", headers=SAME_ORIGIN)


def valid(portal: Portal) -> dict[str, Any]:
    """A callback's request that fits."""
    callback = next(item for item in callbacks(portal.app) if item.state)
    return {
        "output": callback.output,
        "outputs": [],
        "inputs": [{"id": id_, "property": name} for id_, name in callback.inputs],
        "state": [{"id": id_, "property": name} for id_, name in callback.state],
        "changedPropIds": [],
    }


# What browsers say when somebody opens an address.
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b'{"output": 1}',
     b'{"output": "nothing.children"}', b'{"output": ["a"]}'],
)  # fmt: skip
def test_a_malformed_callback_is_a_bad_request(portal: Portal, body: bytes) -> None:
    response = post(portal, body)
    assert response.status_code == (400 if body else 411)
    assert set(response.get_json()) == {"error", "id"}


@pytest.mark.parametrize("part", ["inputs", "state", "outputs", "changedPropIds"])
@pytest.mark.parametrize("value", [None, 1, "x", {}, [None], [[]], [{"id": 1}], [{}] * 50])
def test_a_part_of_the_wrong_form_is_a_bad_request(portal: Portal, part: str, value: Any) -> None:
    assert post(portal, json.dumps(valid(portal) | {part: value}).encode()).status_code == 400


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(part=st.sampled_from(["inputs", "state", "outputs", "changedPropIds"]), value=JSON)
def test_no_json_makes_the_server_fail(portal: Portal, part: str, value: Any) -> None:
    response = post(portal, json.dumps(valid(portal) | {part: value}).encode())
    assert response.status_code < 500


def test_json_nested_without_end_is_a_bad_request(portal: Portal) -> None:
    assert post(portal, b"[" * 100_000).status_code == 400
    deep = b'{"output": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert post(portal, deep).status_code == 400


def test_a_body_beyond_all_reason_is_refused(portal: Portal) -> None:
    response = post(portal, b"[" + b"1," * 2_000_000 + b"1]")
    assert response.status_code in {400, 413}


@pytest.mark.parametrize("accept", ["text/html", FIREFOX, CHROME])
def test_a_person_gets_a_page_and_a_program_json(portal: Portal, accept: str) -> None:
    page = portal.client.get("/download/customers.csv", headers={"Accept": accept})
    assert page.status_code == 400
    assert "<h1>" in page.text
    assert "Reference" in page.text
    answer = portal.client.get("/download/customers.csv")
    assert set(answer.get_json()) == {"error", "id"}


def test_a_defect_shows_an_id_and_nothing_of_the_inside(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(portal.context.exports, "template", fail)
    response = portal.client.get("/download/template.csv")
    assert response.status_code == 500
    assert "secret inside" not in response.text
    assert len(response.get_json()["id"]) == 8


def test_a_store_that_does_not_answer_asks_to_try_again(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(portal.context.exports, "template", silent)
    response = portal.client.get("/download/template.csv")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_what_a_session_does_not_have_is_gone(portal: Portal) -> None:
    response = portal.client.get(f"/download/model.segmodel?model={'0' * 32}")
    assert response.status_code == 410


@pytest.mark.parametrize("name", ["dash/x.js", "nothing/x.js", "dash/../../settings.py"])
def test_a_file_of_no_component_is_not_found(portal: Portal, name: str) -> None:
    assert portal.client.get(f"/_dash-component-suites/{name}").status_code == 404
