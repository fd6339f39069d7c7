"""Shared models: whoever signed in may open them, as their role allows, and nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashapp.auth.audit_log import AUDIT_FILE
from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from dashapp.services import exports
from dashapp.settings.portal_settings import Settings
from tests.callbacks import texts
from tests.dashapp.portal import Portal, look
from tests.dashapp.web.launching import model_file, share

SECRET = "a-secret-of-the-proxy-of-40-characters!!"


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal.of(Settings(data_dir=tmp_path, identity="proxy", proxy_secret=SECRET))


def person(portal: Portal, role: str, name: str = "ann") -> Portal:
    """The same portal, as the proxy shows it to somebody."""
    client = portal.app.server.test_client()
    for header, value in ((SECRET_HEADER, SECRET), (USER_HEADER, name), (ROLES_HEADER, role)):
        client.environ_base[f"HTTP_{header.upper().replace('-', '_')}"] = value
    client.get("/")
    return Portal(portal.app, portal.context, client)


def opened(visitor: Portal, search: str) -> dict[str, Any]:
    """What an address opens: the shell's references and its message."""
    return visitor.fire("shell-refs.data", "shell-asked.data", {"shell-asked.data": search})


def segments(visitor: Portal, refs: dict[str, Any]) -> str:
    """What the page Segments says."""
    shown = visitor.fire("segments-content.children", "shell-refs.data", look(refs))
    return json.dumps(shown["segments-content.children"])


NONE = {"dataset": None, "model": None}


def test_a_viewer_finds_the_shared_models_and_opens_one(portal: Portal) -> None:
    model = share(portal)
    viewer = person(portal, "viewer")
    page = segments(viewer, NONE)
    assert "Choose a model" in page
    assert "3 segments, with customers" in page
    (address,) = [part for part in page.split('"') if part.startswith("/segments?")]
    shown = opened(viewer, address.partition("?")[2])
    refs = shown["shell-refs.data"]
    assert refs["model"] == model
    assert refs["dataset"] is not None
    assert shown["shell-alert.children"] is None
    assert segments(viewer, refs).count('"segments-name-still"') == 3
    data = viewer.fire("data-content.children", "shell-refs.data", look(refs))
    assert "200 rows" in texts(data["data-content.children"])
    lists = f"/download/customers.csv?data={refs['dataset']}&model={model}"
    assert viewer.client.get(lists).status_code == 200
    # The model file is for those who may bring models themselves.
    assert viewer.client.get(f"/download/model.segmodel?model={model}").status_code == 403


def test_opening_a_shared_model_stands_in_the_audit_log_once(portal: Portal) -> None:
    model = share(portal)
    viewer = person(portal, "viewer")
    for _ in range(2):
        opened(viewer, f"?model={model}")
    lines = (portal.context.settings.data_dir / AUDIT_FILE).read_text().splitlines()
    events = [json.loads(line) for line in lines]
    (event,) = [event for event in events if event["event"] == "open_shared"]
    assert event["model"] == model
    assert event["customers"] is True
    assert event["user"]
    assert "Spring" not in "".join(lines)


def test_the_address_of_a_shared_model_can_be_sent_to_colleagues(portal: Portal) -> None:
    model = share(portal)
    refs = opened(person(portal, "viewer", "ben"), f"?model={model}")["shell-refs.data"]
    assert refs["model"] == model
    assert refs["dataset"] is not None


def test_a_shared_model_without_customers_shows_none(portal: Portal) -> None:
    model = share(portal, customers=False)
    viewer = person(portal, "viewer")
    refs = opened(viewer, f"?model={model}")["shell-refs.data"]
    assert refs == {"dataset": None, "model": model}
    assert "without customers" in segments(viewer, NONE)


def test_an_analyst_looks_at_own_customers_with_a_shared_model(portal: Portal) -> None:
    model = share(portal)
    analyst = person(portal, "analyst")
    own = analyst.with_sample()
    assert f"data={own['dataset']}&model={model}" in segments(analyst, own)
    refs = opened(analyst, f"?data={own['dataset']}&model={model}")["shell-refs.data"]
    assert refs == {"dataset": own["dataset"], "model": model}
    assert "These segments come from elsewhere: Spring" in segments(analyst, refs)


def test_customers_that_a_session_has_itself_outlive_the_sharing(portal: Portal) -> None:
    _, table = model_file()
    analyst = person(portal, "analyst")
    answer = analyst.upload("own.csv", table.frame.to_csv(index=False).encode())
    analyst.do_jobs()
    job = portal.context.ledger.job(answer.get_json()["job"])
    assert job is not None
    assert job.result is not None
    own = portal.context.datasets.table(job.session, job.result["dataset"])
    data, _ = model_file()
    model = portal.context.sharing.share(data, "Spring", own)
    opened(analyst, f"?model={model}")
    portal.context.sharing.take_back(model)
    refs = {"dataset": job.result["dataset"], "model": None}
    assert "Ready to find segments" in segments(analyst, refs)


def test_what_is_taken_back_is_gone_and_may_come_again(portal: Portal) -> None:
    model = share(portal)
    viewer = person(portal, "viewer")
    refs = opened(viewer, f"?model={model}")["shell-refs.data"]
    portal.context.sharing.take_back(model)
    assert "Nothing to see yet" in segments(viewer, NONE)
    answer = viewer.client.get(f"/download/rejects.csv?data={refs['dataset']}")
    assert answer.status_code == 410
    assert opened(person(portal, "viewer", "ben"), f"?model={model}")["shell-refs.data"] == {
        "dataset": None, "model": None, "expired": True
    }  # fmt: skip
    share(portal, customers=False)
    assert opened(viewer, f"?model={model}")["shell-refs.data"]["model"] == model


def test_a_written_file_of_shared_customers_ends_with_the_sharing(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = share(portal)
    viewer = person(portal, "viewer")
    refs = opened(viewer, f"?model={model}")["shell-refs.data"]
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    asked = f"/download/customers.csv?data={refs['dataset']}&model={model}"
    file = viewer.client.get(asked).get_json()["file"]
    portal.do_jobs()
    assert viewer.client.get(file).status_code == 200
    portal.context.sharing.take_back(model)
    assert viewer.client.get(file).status_code == 410


def test_a_visitor_whom_nobody_knows_opens_no_shared_model(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path)
    model = share(portal)
    refs = opened(portal, f"?model={model}")["shell-refs.data"]
    assert refs == {"dataset": None, "model": None, "expired": True}
    assert "Spring" not in segments(portal, NONE)
    assert portal.client.get(f"/download/model.segmodel?model={model}").status_code == 410
