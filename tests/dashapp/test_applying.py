"""A model from elsewhere on the open customers, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.ledger.ledger import Item
from dashapp.pages.segments.foreign_model import titles
from segmentation import SegmentModel, sample_customers
from tests.callbacks import texts
from tests.dashapp.portal import Portal, look

Opened = tuple[Portal, dict[str, Any]]


def csv_of(rows: int, seed: int, **changes: Any) -> bytes:
    """A customer list like the sample's, but other people."""
    return sample_customers(rows, seed).assign(**changes).to_csv(index=False).encode()


def opened(portal: Portal, file: bytes, data: bytes) -> dict[str, Any]:
    """A tab that has uploaded a list and loaded a model file."""
    job = portal.upload("april.csv", data).get_json()["job"]
    refs = portal.follow({"id": job}, {})["shell-refs.data"]
    return {**refs, "model": portal.load_model(file)["model"]}


def placed(portal: Portal, refs: dict[str, Any]) -> dict[str, Any]:
    """Press the button that places the open customers."""
    job = portal.fire(
        "shell-job.data", "segments-apply.n_clicks", look(refs, **{"segments-apply.n_clicks": 1})
    )["shell-job.data"]
    return dict(portal.follow(job, refs)["shell-refs.data"])


def page(portal: Portal, refs: dict[str, Any]) -> dict[str, Any]:
    """The Segments page."""
    return portal.fire("segments-content.children", "shell-refs.data", look(refs))


@pytest.fixture(scope="module")
def model_file(trained: Opened) -> bytes:
    portal, refs = trained
    return portal.client.get(f"/download/model.segmodel?model={refs['model']}").get_data()


def test_a_loaded_model_places_the_open_customers(portal: Portal, model_file: bytes) -> None:
    data = csv_of(120, 5)
    refs = opened(portal, model_file, data)
    before = texts(page(portal, refs)["segments-content.children"])
    assert "come from elsewhere: q4.segmodel" in before
    assert "Place my 120 customers" in before
    assert placed(portal, refs) == refs

    after = texts(page(portal, refs)["segments-content.children"])
    assert "of 120 customers in april.csv fit a segment well" in after
    assert "has all 8 columns" in after
    model = SegmentModel.from_bytes(model_file)
    expected = model.assign(sample_customers(120, 5))
    sizes = expected["segment"].value_counts()
    for name, size in sizes.items():
        assert str(size) in after, name

    csv = portal.client.get(f"/download/customers.csv?data={refs['dataset']}&model={refs['model']}")
    lines = csv.get_data(as_text=True).strip().split("\r\n")
    assert len(lines) == 121
    assert lines[0].endswith("segment_id,segment,runner_up,confidence,fits,problems")
    drawn = portal.fire("segments-map.figure", "segments-map-view.value", look(refs))
    assert drawn["segments-map.figure"]["data"]
    grid = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **{"segments-grid.getRowsRequest": {"startRow": 0, "endRow": 120}}),
    )["segments-grid.getRowsResponse"]
    assert [row["Segment"] for row in grid["rowData"]] == expected["segment"].tolist()


def test_columns_that_the_open_customers_lack_are_named(portal: Portal, model_file: bytes) -> None:
    frame = sample_customers(60, 6).drop(columns=["Average Rating"])
    refs = opened(portal, model_file, frame.to_csv(index=False).encode())
    placed(portal, refs)
    told = texts(page(portal, refs)["segments-content.children"])
    assert "has 7 of the 8 columns" in told
    assert "A typical value stands in for Average Rating." in told


def test_another_kind_of_list_cannot_be_placed_and_is_told_why(
    portal: Portal, model_file: bytes
) -> None:
    rows = "\n".join(f"{i},{i % 7},{i * 3 % 11}" for i in range(40))
    refs = opened(portal, model_file, f"id,visits,calls\n{rows}".encode())
    told = texts(page(portal, refs)["segments-content.children"])
    assert "lacks 8 of the 8 columns" in told
    assert "Place my" not in told


def test_a_new_name_needs_no_new_placing(portal: Portal, model_file: bytes) -> None:
    refs = opened(portal, model_file, csv_of(60, 7))
    placed(portal, refs)
    renamed = portal.fire(
        "shell-refs.data",
        "segments-names.data",
        look(refs, **{"segments-names.data": {"s1": "Friends"}}),
    )["shell-refs.data"]
    told = json.dumps(page(portal, renamed))
    assert "Friends" in told
    assert "Place my" not in told


def test_segments_found_before_are_offered_for_the_next_list(portal: Portal) -> None:
    first = portal.with_model(portal.with_sample())
    job = portal.upload("april.csv", csv_of(60, 8)).get_json()["job"]
    refs = portal.follow({"id": job}, first)["shell-refs.data"]
    assert refs["model"] is None
    offered = json.dumps(page(portal, refs))
    assert f"data={refs['dataset']}&model={first['model']}" in offered


def test_a_renamed_model_stands_for_the_one_before_it(portal: Portal) -> None:
    first = portal.with_model(portal.with_sample())
    training, session = portal.context.training, portal.context.store.sessions()[0][0]
    renamed = training.rename(session, first["model"], "s1", "Friends")
    assert [item.id for item in training.others(session, None)] == [renamed]


def test_models_of_the_same_name_are_told_apart_by_their_age() -> None:
    items = [
        Item(str(place), "model", name, {"segments": 7}, created)
        for place, (name, created) in enumerate(
            [("a.csv", 940.0), ("b.csv", 1.0), ("a.csv", 700.0)]
        )
    ]
    assert titles(items, 1000.0) == [
        "a.csv · 7 segments · 1 minute ago",
        "b.csv · 7 segments",
        "a.csv · 7 segments · 5 minutes ago",
    ]


def test_two_tabs_with_their_own_data_and_models_never_mix(portal: Portal) -> None:
    first = portal.with_model(portal.with_sample())
    job = portal.upload("april.csv", csv_of(90, 9)).get_json()["job"]
    second = portal.with_model(portal.follow({"id": job}, {})["shell-refs.data"])
    assert second["model"] != first["model"]
    for refs, rows in ((first, 500), (second, 90), (first, 500)):
        assert f"{rows} customers from" in texts(page(portal, refs)["segments-content.children"])
        grid = portal.fire(
            "segments-grid.getRowsResponse",
            "segments-grid.getRowsRequest",
            look(refs, **{"segments-grid.getRowsRequest": {"startRow": 0, "endRow": 10}}),
        )
        assert grid["segments-grid.getRowsResponse"]["rowCount"] == rows
    mixed = {**second, "model": first["model"]}
    asked = f"data={mixed['dataset']}&model={mixed['model']}"
    assert portal.client.get(f"/download/customers.csv?{asked}").status_code >= 400
    assert "come from elsewhere" in texts(page(portal, mixed)["segments-content.children"])


def test_a_double_click_is_one_job(portal: Portal) -> None:
    refs = portal.with_sample()
    press = look(refs, **{"segments-find.n_clicks": 1})
    jobs = [
        portal.fire("shell-job.data", "segments-find.n_clicks", press)["shell-job.data"]
        for _ in range(2)
    ]
    assert jobs[0] == jobs[1]
