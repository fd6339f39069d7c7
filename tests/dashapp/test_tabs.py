"""What a tab looks at: its address, its session, nobody else's, and nothing once deleted."""

from __future__ import annotations

import json
from typing import Any

from tests.callbacks import find_by_input, fire, texts
from tests.dashapp.portal import Portal

Trained = tuple[Portal, dict[str, Any]]


def test_somebody_elses_references_show_nothing_of_theirs(trained: Trained) -> None:
    portal, refs = trained
    stranger = portal.visitor()
    callback = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    answer = fire(stranger.client, callback, {"shell-refs.data": refs})
    assert "500" not in answer.get_data(as_text=True)
    assert "expired" in answer.get_data(as_text=True)


def test_a_tab_that_opens_gets_the_newest_of_its_session(trained: Trained) -> None:
    portal, refs = trained
    shown = portal.fire("shell-refs.data", "shell-asked.data", {"shell-asked.data": ""})
    assert shown["shell-refs.data"]["dataset"] == refs["dataset"]


def test_the_address_decides_which_data_a_tab_shows(portal: Portal) -> None:
    first = portal.with_sample()
    data = b"id,age,spend\n" + b"\n".join(b"%d,%d,%d" % (i, 20 + i % 30, i) for i in range(50))
    job = portal.upload("list.csv", data).get_json()["job"]
    second = portal.follow({"id": job}, first)["shell-refs.data"]
    assert second["dataset"] != first["dataset"]
    shown = portal.fire(
        "shell-refs.data", "shell-asked.data", {"shell-asked.data": f"?data={first['dataset']}"}
    )
    assert shown["shell-refs.data"]["dataset"] == first["dataset"]


def test_an_address_of_somebody_else_says_that_it_leads_nowhere(trained: Trained) -> None:
    portal, refs = trained
    stranger = portal.visitor()
    shown = stranger.fire(
        "shell-refs.data",
        "shell-asked.data",
        {"shell-asked.data": f"?data={refs['dataset']}&model={refs['model']}"},
    )
    gone = {"dataset": None, "model": None, "expired": True}
    assert shown["shell-refs.data"] == gone
    for page in ("data", "explore", "segments", "predict"):
        said = stranger.fire(
            f"{page}-content.children", "shell-refs.data", {"shell-refs.data": gone}
        )
        assert "somebody else's session" in texts(said[f"{page}-content.children"])


def test_deleting_forgets_everything(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    portal.fire(
        "shell-delete-dialog.is_open",
        "shell-delete-confirm.n_clicks",
        {"shell-delete-confirm.n_clicks": 1},
    )
    callback = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    answer = fire(portal.client, callback, {"shell-refs.data": refs})
    assert "500" not in answer.get_data(as_text=True)
    address = f"/download/customers.csv?data={refs['dataset']}&model={refs['model']}"
    assert portal.client.get(address).status_code >= 400


def test_an_unknown_address_is_404_and_still_the_portal(portal: Portal) -> None:
    answer = portal.client.get("/no-such-page")
    assert answer.status_code == 404
    shown = portal.fire(
        "shell-page.children", "shell-url.pathname", {"shell-url.pathname": "/no-such-page"}
    )
    assert "does not exist" in texts(shown["shell-page.children"])


def test_deleting_one_visitors_data_leaves_the_others_alone(portal: Portal) -> None:
    portal.with_sample()
    other = portal.visitor()
    other_refs = other.with_sample()
    portal.fire(
        "shell-delete-dialog.is_open",
        "shell-delete-confirm.n_clicks",
        {"shell-delete-confirm.n_clicks": 1},
    )
    shown = other.fire("data-content.children", "shell-refs.data", {"shell-refs.data": other_refs})
    assert "500 rows read" in texts(shown["data-content.children"])


def test_the_browser_holds_less_than_a_kilobyte_of_references(trained: Trained) -> None:
    _, refs = trained
    assert len(json.dumps(refs)) < 1024


def test_another_site_cannot_fire_callbacks(portal: Portal) -> None:
    callback = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    answer = fire(
        portal.client,
        callback,
        {"data-sample.n_clicks": 1},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
