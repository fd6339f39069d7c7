"""What each step of an analyst changes, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.pages.segments.customers_tab import GRID_PAGE
from tests.callbacks import (
    SAME_ORIGIN,
    body_of,
    callbacks,
    changes_in,
    find_by_input,
    fire,
    parts,
    side_updates,
    texts,
)
from tests.dashapp.portal import Portal, look

Trained = tuple[Portal, dict[str, Any]]


def test_a_column_that_the_user_makes_a_basis_drives_the_next_segments(portal: Portal) -> None:
    refs = portal.with_sample()
    change = [{"colId": "use", "data": {"name": "City", "role": "nominal", "use": "basis"}}]
    job = portal.fire(
        "shell-job.data",
        "data-columns-grid.cellValueChanged",
        {"data-columns-grid.cellValueChanged": change, "shell-refs.data": refs},
    )
    changed = portal.follow(job["shell-job.data"], refs)["shell-refs.data"]
    assert changed["dataset"] != refs["dataset"]
    shown = portal.fire("data-content.children", "shell-refs.data", {"shell-refs.data": changed})
    assert "9 drive the segments" in texts(shown["data-content.children"])


@pytest.mark.parametrize("wrong", ["", "   ", None])
def test_a_refused_name_goes_back_and_is_explained_at_its_field(
    trained: Trained, wrong: str | None
) -> None:
    portal, refs = trained
    callback = find_by_input(portal.app, "shell-refs.data", "segments-names.data")
    answer = fire(
        portal.client,
        callback,
        {"segments-names.data": {"s1": wrong}, "shell-refs.data": refs},
    )
    changed = side_updates(answer)
    note = next(value for id_, value in changed.items() if "segments-name-note" in id_)
    old = next(value for id_, value in changed.items() if '"segments-name"' in id_)
    assert note["children"].endswith(".")
    assert old["value"]


def test_filters_leave_the_customers_that_they_name(trained: Trained) -> None:
    portal, refs = trained
    shown = portal.fire(
        "explore-count.children",
        "explore-filters.data",
        {"explore-filters.data": {"Membership Type": ["Gold"]}, "shell-refs.data": refs},
    )
    assert shown["explore-count.children"].endswith("of 500 customers")
    assert not shown["explore-count.children"].startswith("500")


def test_the_prediction_answers_with_segment_reasons_and_actions(trained: Trained) -> None:
    portal, refs = trained
    customer = {
        "Age": 40, "Membership Type": "Gold", "Total Spend": 1500, "Items Purchased": 20,
        "Average Rating": 4.8, "Discount Applied": "FALSE", "Days Since Last Purchase": 5,
        "Satisfaction Level": "Satisfied",
    }  # fmt: skip
    fields = [({"type": "predict-field", "column": n}, v) for n, v in customer.items()]
    shown = portal.fire(
        "predict-result.children",
        "predict-field.value",
        look(refs, **{"predict-field.value": fields}),
    )
    words = texts(shown["predict-result.children"])
    assert "High Spenders" in words
    assert "Confidence" in words
    assert "Recommended actions" in texts(shown["predict-beside.children"])
    moved = shown["predict-map.figure"]["operations"]
    assert [step["location"] for step in moved] == [["data", -1], ["layout", "annotations"]]


def test_the_form_comes_with_its_answer_and_the_whole_map(trained: Trained) -> None:
    portal, refs = trained
    shown = portal.fire(
        "predict-content.children",
        "shell-refs.data",
        look(refs, **{"shell-url.search": "?field.Total+Spend=1500"}),
    )["predict-content.children"]
    assert "Recommended actions" in texts(shown)
    charts = {
        part["props"]["id"]: part["props"]["figure"]["data"]
        for part in parts(shown)
        if part["type"] == "Graph"
    }
    assert charts["predict-why"]
    assert charts["predict-map"][-1]["name"] == "This customer"
    assert len(charts["predict-map"]) > 2


def test_the_grid_pages_sorts_and_searches_on_the_server(trained: Trained) -> None:
    portal, refs = trained
    asked = {"startRow": 0, "endRow": 10, "sortModel": [{"colId": "Total Spend", "sort": "desc"}]}
    shown = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **{"segments-grid.getRowsRequest": asked, "segments-grid-asked.data": "gold"}),
    )
    rows = shown["segments-grid.getRowsResponse"]["rowData"]
    spends = [row["Total Spend"] for row in rows]
    assert len(rows) == 10
    assert spends == sorted(spends, reverse=True)
    assert all("gold" in json.dumps(row).lower() for row in rows)


def test_the_grid_comes_with_the_rows_that_it_would_ask_for_first(trained: Trained) -> None:
    portal, refs = trained
    chosen = {"shell-url.search": "?grid-segment=s2", "segments-tabs.data": "customers"}
    tab = portal.fire("segments-body.children", "segments-tabs.data", look(refs, **chosen))
    asked = {"startRow": 0, "endRow": GRID_PAGE, "sortModel": []}
    shown = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **{"segments-grid.getRowsRequest": asked, "segments-grid-segment.value": "s2"}),
    )
    drawn = {p["props"].get("id"): p["props"] for p in parts(tab["segments-body.children"])
             if isinstance(p["props"].get("id"), str)}  # fmt: skip
    assert drawn["segments-grid"]["getRowsResponse"] == shown["segments-grid.getRowsResponse"]
    assert drawn["segments-grid-count"]["children"] == shown["segments-grid-count.children"]


def test_clear_takes_every_filter_back_to_everybody(trained: Trained) -> None:
    portal, refs = trained
    changes = changes_in(cleared(portal, refs).get_json())
    values = {json.loads(key.rpartition(".")[0])["column"]: v for key, v in changes.items()}
    assert values["City"] == []
    assert values["Age"][0] < values["Age"][1]


def test_clear_after_the_data_are_gone_says_so_instead_of_failing(portal: Portal) -> None:
    answer = cleared(portal, {"dataset": "0" * 32, "model": None})
    assert answer.status_code == 200
    assert side_updates(answer)["shell-refs"]["data"]["expired"] is True


def cleared(portal: Portal, refs: dict[str, Any]) -> Any:
    """What comes back when all filters are cleared."""
    ids = [{"type": "explore-filter", "column": name} for name in ("Age", "City")]
    callback = next(
        item for item in callbacks(portal.app) if item.inputs == (("explore-clear", "n_clicks"),)
    )
    body = body_of(
        callback,
        {"explore-clear.n_clicks": 1, "shell-refs.data": refs,
         "explore-filter.id": [(id_, id_) for id_ in ids]},
    )  # fmt: skip
    body["outputs"] = [[{"id": id_, "property": "value"} for id_ in ids]]
    return portal.client.post("/_dash-update-component", json=body, headers=SAME_ORIGIN)


def test_another_number_of_segments_can_be_taken_from_the_evidence(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    job = portal.fire(
        "shell-job.data",
        "segments-take.data",
        {"segments-take.data": [3, 0.4], "shell-refs.data": refs},
    )
    taken = portal.follow(job["shell-job.data"], refs)["shell-refs.data"]
    shown = portal.fire("segments-content.children", "shell-refs.data", {"shell-refs.data": taken})
    assert json.dumps(shown).count('"segments-name"') == 3
