"""Files that come in and go out, over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashapp.settings.portal_settings import Settings
from segmentation import read_table
from tests.callbacks import find_by_input, fire, outputs_of, texts
from tests.dashapp.portal import Portal, look

Trained = tuple[Portal, dict[str, Any]]


def test_a_saved_model_loads_into_another_session_and_predicts(trained: Trained) -> None:
    portal, refs = trained
    file = portal.client.get(f"/download/model.segmodel?model={refs['model']}").get_data()
    stranger = portal.visitor()
    model = stranger.load_model(file)["model"]
    shown = stranger.fire(
        "predict-body.children",
        "predict-tabs.data",
        {"predict-tabs.data": "one", "shell-refs.data": {"dataset": None, "model": model}},
    )
    assert "Total Spend" in json.dumps(shown)


def test_a_whole_file_is_scored_and_downloads(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    address = f"/download/customers.csv?data={refs['dataset']}&model={refs['model']}"
    file = portal.client.get(address).get_data()
    answer = portal.client.post(
        "/upload",
        data=file,
        headers={
            "Sec-Fetch-Site": "same-origin", "X-Portal-Upload": "1", "X-File-Name": "new.csv",
            "X-Purpose": "batch", "X-Model": refs["model"],
        },
    )  # fmt: skip
    done = portal.follow({"id": answer.get_json()["job"]}, refs)
    batch = done["shell-done.data"]["result"]["batch"]
    text = portal.client.get(f"/download/scored.csv?batch={batch}").get_data(as_text=True)
    assert text.count("\n") == 501
    shown = portal.fire("predict-batch.children", "shell-refs.data", {"shell-refs.data": refs})
    assert "500 rows scored" in texts(shown["predict-batch.children"])


def test_a_picture_named_csv_is_refused_with_a_sentence(portal: Portal) -> None:
    answer = portal.upload("customers.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    assert answer.status_code == 415
    assert "PNG" in answer.get_json()["error"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"only\n1\n2\n", b"a,b\n"])
def test_a_file_that_is_no_table_ends_in_a_sentence(portal: Portal, data: bytes) -> None:
    answer = portal.upload("customers.csv", data)
    if answer.status_code >= 400:
        assert len(answer.get_json()["error"]) > 20
        return
    shown = portal.follow({"id": answer.get_json()["job"]}, {})
    assert "message-danger" in json.dumps(shown["shell-alert.children"])


def test_a_file_with_more_rows_than_the_portal_takes_is_refused_in_words(tmp_path: Path) -> None:
    small = Portal.of(Settings(data_dir=tmp_path / "small", max_rows=30))
    rows = "\n".join(f"{i},{20 + i},{i * 3}" for i in range(40))
    job = small.upload("list.csv", f"id,age,spend\n{rows}".encode()).get_json()["job"]
    shown = small.follow({"id": job}, {})
    assert "30" in texts(shown["shell-alert.children"])
    assert "rows" in texts(shown["shell-alert.children"])


GRID = {"segments-grid.getRowsRequest": {"startRow": 0, "endRow": 10, "sortModel": []}}


def links(tree: Any) -> list[str]:
    """Addresses of all links in a component tree."""
    return re.findall(r'"href": "([^"]+)"', json.dumps(tree))


def test_the_downloads_hold_the_customers_that_the_grid_shows(trained: Trained) -> None:
    portal, refs = trained
    fields = {"segments-grid-asked.data": "Chicago", "segments-grid-which.value": "all"}
    shown = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **GRID, **fields),
    )
    found = shown["segments-grid.getRowsResponse"]["rowCount"]
    assert 0 < found < 500
    offered = portal.fire(
        "segments-grid-download.children", "segments-grid-asked.data", look(refs, **fields)
    )
    assert "Chicago" not in json.dumps(offered), "addresses stand in histories"
    for kind in ("csv", "xlsx"):
        job = portal.fire(
            "shell-export.data",
            f"segments-grid-{kind}.n_clicks",
            look(refs, **fields, **{f"segments-grid-{kind}.n_clicks": 1}),
        )["shell-export.data"]
        portal.do_jobs()
        ready = portal.fire(
            "shell-export-ready.data", "shell-export.data", {"shell-export.data": job}
        )
        file = portal.client.get(ready["shell-export-ready.data"]).get_data()
        table = read_table(file, name=f"x.{kind}", keep_duplicates=True)
        assert len(table) == found
        assert set(table.frame["City"]) == {"Chicago"}


def test_only_the_customers_that_were_picked_are_downloaded(trained: Trained) -> None:
    portal, refs = trained
    picked = [{"portal-row": "7", "City": "x"}, {"portal-row": "3"}, {"portal-row": "nonsense"}]
    callback = find_by_input(
        portal.app, "segments-grid-download.children", "segments-grid.selectedRows"
    )
    values = look(refs, **{"segments-grid.selectedRows": picked})
    assert fire(portal.client, callback, values).status_code == 400
    values["segments-grid.selectedRows"] = picked[:2]
    offered = outputs_of(fire(portal.client, callback, values))
    assert "of 2 customers" in texts(offered["segments-grid-download.children"])
    text = portal.client.get(links(offered)[0]).get_data(as_text=True)
    address = f"/download/customers.csv?data={refs['dataset']}&model={refs['model']}"
    every = portal.client.get(address).get_data(as_text=True).split("\r\n")
    assert text.strip().split("\r\n") == [every[0], every[1 + 3], every[1 + 7]]


@pytest.mark.parametrize("wrong", ["rows=1.x", "rows=1..2", "rows=" + "1." * 500, "which=x"])
def test_a_download_of_nonsense_is_refused_in_words(trained: Trained, wrong: str) -> None:
    portal, refs = trained
    asked = f"data={refs['dataset']}&model={refs['model']}&{wrong}"
    answer = portal.client.get(f"/download/customers.csv?{asked}")
    assert answer.status_code == 400
    assert "address" in answer.get_data(as_text=True)


def test_a_new_name_shows_in_cards_and_exports(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    renamed = portal.fire(
        "shell-refs.data",
        "segments-names.data",
        {"segments-names.data": {"s1": "Best friends"}, "shell-refs.data": refs},
    )["shell-refs.data"]
    assert renamed["model"] != refs["model"]
    address = f"/download/customers.csv?data={renamed['dataset']}&model={renamed['model']}"
    text = portal.client.get(address).get_data(as_text=True)
    assert "Best friends" in text
    assert text.count("\n") == 501


def test_new_names_travel_with_the_model_file(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    renamed = portal.fire(
        "shell-refs.data",
        "segments-names.data",
        {"segments-names.data": {"s2": "Night owls"}, "shell-refs.data": refs},
    )["shell-refs.data"]
    file = portal.client.get(f"/download/model.segmodel?model={renamed['model']}").get_data()
    stranger = portal.visitor()
    model = stranger.load_model(file)["model"]
    shown = stranger.fire(
        "segments-content.children",
        "shell-refs.data",
        {"shell-refs.data": {"dataset": None, "model": model}},
    )
    assert "Night owls" in json.dumps(shown)


def test_an_old_workbook_is_read_wherever_it_is_offered(portal: Portal, shared_data: Path) -> None:
    file = (shared_data / "messytables" / "horror" / "simple.xls").read_bytes()
    sent = portal.upload("simple.xls", file)
    assert sent.status_code == 202
    shown = portal.follow({"id": sent.get_json()["job"]}, {})
    assert shown["shell-refs.data"]["dataset"]


def test_an_old_document_in_the_same_container_is_refused_with_a_sentence(portal: Portal) -> None:
    word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    sent = portal.upload("letter.xls", word)
    job = {"id": sent.get_json()["job"]}
    assert "Office document" in texts(portal.follow(job, {})["shell-alert.children"])
