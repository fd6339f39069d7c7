"""Every callback, fired over HTTP: with what our pages send, and with what nobody should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashapp.settings import Settings
from tests.callbacks import body_of, callbacks, changes_in, find_by_input, fire, side_updates, texts
from tests.dashapp.portal import Portal

Trained = tuple[Portal, dict[str, Any]]
NONSENSE: tuple[Any, ...] = (
    None, True, -1, 1e308, "x" * 600, "<script>", ["a", {}], {"dataset": "../../etc/passwd"},
    {"dataset": ["0" * 32]}, {"points": [{}]}, {"points": [{"x": [], "customdata": {}}]}, [[1], 2],
)  # fmt: skip


def look(refs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Values of a tab with these references in the light theme."""
    return {
        "shell-refs.data": refs,
        "shell-theme.data": "light",
        "explore-filters.data": {},
        **more,
    }


# What stands on each page once the sample has been segmented: output, input, values, words.
STORY: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("shell-page.children", "shell-url.pathname", {"shell-url.pathname": "/explore"}, ""),
    ("shell-steps.children", "shell-refs.data", {"shell-url.pathname": "/"}, "Explore"),
    ("data-content.children", "shell-refs.data", {}, "500 rows read"),
    ("explore-content.children", "shell-refs.data", {}, "Filters"),
    ("segments-content.children", "shell-refs.data", {}, "of customers"),
    ("predict-content.children", "shell-refs.data", {}, "Predict"),
    ("explore-body.children", "explore-tabs.data", {"explore-tabs.data": "alerts"}, ""),
    ("explore-body.children", "explore-tabs.data", {"explore-tabs.data": "by-category"},
     "Measure"),
    ("explore-body.children", "explore-tabs.data", {"explore-tabs.data": "relationships"},
     "Which columns go together"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "profiles"},
     "Averages in original units"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "distribution"},
     "Customers against revenue"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "compare"},
     "Largest differences first"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "evidence"},
     "Silhouette"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "customers"},
     "Download CSV"),
    ("segments-body.children", "segments-tabs.data", {"segments-tabs.data": "actions"},
     "VIP"),
    ("predict-body.children", "predict-tabs.data", {"predict-tabs.data": "one"}, "Total Spend"),
    ("predict-body.children", "predict-tabs.data", {"predict-tabs.data": "file"}, "Drop a file"),
)  # fmt: skip
CHARTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("explore-histogram", "explore-column.value", {"explore-column.value": "Age"}),
    ("explore-histogram", "explore-column.value", {"explore-column.value": "City"}),
    ("explore-histogram", "explore-column.value",
     {"explore-column.value": "Total Spend", "explore-split.value": "Membership Type"}),
    ("explore-by-category", "explore-measure.value", {"explore-measure.value": "Total Spend"}),
    ("explore-heatmap", "shell-theme.data", {}),
    ("explore-pair", "explore-heatmap.clickData",
     {"explore-heatmap.clickData": {"points": [{"x": "City", "y": "Total Spend"}]}}),
    ("segments-map", "segments-map-view.value", {"segments-map-view.value": "2d"}),
    ("segments-map", "segments-map-view.value", {"segments-map-view.value": "3d"}),
    ("segments-levels", "segments-levels-column.value",
     {"segments-levels-column.value": "Membership Type"}),
    ("segments-spread", "segments-spread-column.value",
     {"segments-spread-column.value": "Total Spend"}),
    ("segments-compare", "segments-compare-segments.value",
     {"segments-compare-segments.value": ["s1", "s2"]}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("output", "input_", "values", "words"), STORY, ids=[f"{s[0]}-{s[3]}" for s in STORY]
)
def test_every_page_and_tab_shows_its_content(
    trained: Trained, output: str, input_: str, values: dict[str, Any], words: str
) -> None:
    portal, refs = trained
    shown = portal.fire(output, input_, look(refs, **values))
    assert words in texts(shown[output])


@pytest.mark.parametrize(
    ("graph", "input_", "values"), CHARTS, ids=[f"{c[0]}-{i}" for i, c in enumerate(CHARTS)]
)
def test_every_chart_has_data_and_a_sentence(
    trained: Trained, graph: str, input_: str, values: dict[str, Any]
) -> None:
    portal, refs = trained
    shown = portal.fire(f"{graph}.figure", input_, look(refs, **values))
    assert shown[f"{graph}.figure"]["data"]
    assert len(shown[f"{graph}-reading.children"]) > 20


@pytest.mark.parametrize(("column", "hidden"), [("Age", False), ("City", True)])
def test_the_box_plot_leaves_the_page_where_a_category_is_shown(
    trained: Trained, column: str, *, hidden: bool
) -> None:
    portal, refs = trained
    shown = portal.fire(
        "explore-box.figure", "explore-column.value", look(refs, **{"explore-column.value": column})
    )
    assert shown["explore-box-card.hidden"] is hidden


def test_there_are_callbacks_to_check(trained: Trained) -> None:
    assert len(callbacks(trained[0].app)) >= 30


def test_no_callback_answers_500_whatever_a_client_sends(portal: Portal) -> None:
    portal.with_model(portal.with_sample())
    for callback in callbacks(portal.app):
        for value in NONSENSE:
            names = [*callback.inputs, *callback.state]
            values: dict[str, Any] = {}
            for id_, name in names:
                if isinstance(id_, dict):
                    key = next(k for k in id_ if k != "type")
                    filled = id_ | {key: "Age"}
                    values[f"{id_['type']}.{name}"] = [(filled, value)]
                else:
                    values[f"{id_}.{name}"] = value
            answer = fire(portal.client, callback, values)
            assert answer.status_code < 500, (callback.output, value, answer.status_code)


def test_somebody_elses_references_show_nothing_of_theirs(trained: Trained) -> None:
    portal, refs = trained
    stranger = portal.visitor()
    callback = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    answer = fire(stranger.client, callback, {"shell-refs.data": refs})
    assert "500" not in answer.get_data(as_text=True)
    assert "expired" in answer.get_data(as_text=True)


def test_a_tab_that_opens_gets_the_newest_of_its_session(trained: Trained) -> None:
    portal, refs = trained
    shown = portal.fire("shell-refs.data", "shell-url.search", {"shell-url.search": ""})
    assert shown["shell-refs.data"]["dataset"] == refs["dataset"]


def test_the_address_decides_which_data_a_tab_shows(portal: Portal) -> None:
    first = portal.with_sample()
    data = b"id,age,spend\n" + b"\n".join(b"%d,%d,%d" % (i, 20 + i % 30, i) for i in range(50))
    job = portal.upload("list.csv", data).get_json()["job"]
    second = portal.follow({"id": job}, first)["shell-refs.data"]
    assert second["dataset"] != first["dataset"]
    shown = portal.fire(
        "shell-refs.data", "shell-url.search", {"shell-url.search": f"?data={first['dataset']}"}
    )
    assert shown["shell-refs.data"]["dataset"] == first["dataset"]


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


def test_a_new_name_shows_in_cards_and_exports(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    name = {"type": "segments-name", "segment": "s1"}
    renamed = portal.fire(
        "shell-refs.data",
        "segments-name.value",
        {"segments-name.value": [(name, "Best friends")], "shell-refs.data": refs},
    )["shell-refs.data"]
    assert renamed["model"] != refs["model"]
    address = f"/download/customers.csv?data={renamed['dataset']}&model={renamed['model']}"
    text = portal.client.get(address).get_data(as_text=True)
    assert "Best friends" in text
    assert text.count("\n") == 501


@pytest.mark.parametrize("wrong", ["", "   ", None])
def test_a_refused_name_goes_back_and_is_explained_at_its_field(
    trained: Trained, wrong: str | None
) -> None:
    portal, refs = trained
    field = {"type": "segments-name", "segment": "s1"}
    callback = find_by_input(portal.app, "shell-refs.data", "segments-name.value")
    answer = fire(
        portal.client,
        callback,
        {"segments-name.value": [(field, wrong)], "shell-refs.data": refs},
    )
    changed = side_updates(answer)
    note = next(value for id_, value in changed.items() if "segments-name-note" in id_)
    old = next(value for id_, value in changed.items() if '"segments-name"' in id_)
    assert note["children"].endswith(".")
    assert old["value"]


def test_the_open_tab_stays_when_the_page_is_drawn_anew(trained: Trained) -> None:
    portal, refs = trained
    held = ({"type": "shell-tab", "tabs": "segments-tabs"}, "compare")
    shown = portal.fire(
        "segments-content.children",
        "shell-refs.data",
        {"shell-refs.data": refs, "shell-tab.data": [held], "shell-url.search": "?tab=map"},
    )
    drawn = json.dumps(shown)
    assert '"data": "compare"' in drawn
    assert '"data": "map"' not in drawn


def test_filters_leave_the_customers_that_they_name(trained: Trained) -> None:
    portal, refs = trained
    level = {"type": "explore-filter", "column": "Membership Type"}
    shown = portal.fire(
        "explore-count.children",
        "explore-filter.value",
        {"explore-filter.value": [(level, ["Gold"])], "shell-refs.data": refs},
    )
    assert shown["explore-filters.data"] == {"Membership Type": ["Gold"]}
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
    assert "Recommended actions" in words


def test_the_grid_pages_sorts_and_searches_on_the_server(trained: Trained) -> None:
    portal, refs = trained
    asked = {"startRow": 0, "endRow": 10, "sortModel": [{"colId": "Total Spend", "sort": "desc"}]}
    shown = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **{"segments-grid.getRowsRequest": asked, "segments-grid-search.value": "gold"}),
    )
    rows = shown["segments-grid.getRowsResponse"]["rowData"]
    spends = [row["Total Spend"] for row in rows]
    assert len(rows) == 10
    assert spends == sorted(spends, reverse=True)
    assert all("gold" in json.dumps(row).lower() for row in rows)


def test_the_download_holds_the_customers_that_the_grid_shows(trained: Trained) -> None:
    portal, refs = trained
    shown = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(
            refs,
            **{"segments-grid.getRowsRequest": {"startRow": 0, "endRow": 10, "sortModel": []},
               "segments-grid-search.value": "Chicago"},
        ),
    )  # fmt: skip
    found = shown["segments-grid.getRowsResponse"]["rowCount"]
    assert 0 < found < 500
    text = portal.client.get(shown["segments-grid-download.href"]).get_data(as_text=True)
    assert text.count("\n") == found + 1
    assert text.count("Chicago") == found


def test_clear_takes_every_filter_back_to_everybody(trained: Trained) -> None:
    portal, refs = trained
    ids = [{"type": "explore-filter", "column": name} for name in ("Age", "City")]
    callback = next(
        item for item in callbacks(portal.app) if item.inputs == (("explore-clear", "n_clicks"),)
    )
    body = body_of(
        callback,
        {"explore-clear.n_clicks": 1, "shell-refs.data": refs,
         "explore-filter.id": [(id_, id_) for id_ in ids]},
    )  # fmt: skip
    body["outputs"] = [{"id": id_, "property": "value"} for id_ in ids]
    answer = portal.client.post(
        "/_dash-update-component", json=body, headers={"Sec-Fetch-Site": "same-origin"}
    )
    changes = changes_in(answer.get_json())
    values = {json.loads(key.rpartition(".")[0])["column"]: v for key, v in changes.items()}
    assert values["City"] == []
    assert values["Age"][0] < values["Age"][1]


def test_an_address_of_somebody_else_says_that_it_leads_nowhere(trained: Trained) -> None:
    portal, refs = trained
    stranger = portal.visitor()
    shown = stranger.fire(
        "shell-refs.data",
        "shell-url.search",
        {"shell-url.search": f"?data={refs['dataset']}&model={refs['model']}"},
    )
    assert shown["shell-refs.data"] == {"dataset": None, "model": None}
    assert "not in your session" in texts(shown["shell-alert.children"])


def test_another_number_of_segments_can_be_taken_from_the_evidence(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    job = portal.fire(
        "shell-job.data",
        "segments-silhouette.clickData",
        {"segments-silhouette.clickData": {"points": [{"x": 3}]}, "shell-refs.data": refs},
    )
    taken = portal.follow(job["shell-job.data"], refs)["shell-refs.data"]
    shown = portal.fire("segments-content.children", "shell-refs.data", {"shell-refs.data": taken})
    assert json.dumps(shown).count('"segments-name"') == 3


def test_a_saved_model_loads_into_another_session_and_predicts(trained: Trained) -> None:
    portal, refs = trained
    file = portal.client.get(f"/download/model.segmodel?model={refs['model']}").get_data()
    stranger = portal.visitor()
    answer = stranger.upload("q4.segmodel", file, purpose="model")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    model = answer.get_json()["model"]
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


def test_malformed_callback_requests_are_refused(portal: Portal) -> None:
    for body in ("[]", "null", "{}", '{"output": "nothing.here"}', "not json"):
        answer = portal.client.post(
            "/_dash-update-component",
            data=body,
            content_type="application/json",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 400, body


def test_another_site_cannot_fire_callbacks(portal: Portal) -> None:
    callback = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    answer = fire(
        portal.client,
        callback,
        {"data-sample.n_clicks": 1},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_the_browser_holds_less_than_a_kilobyte_of_references(trained: Trained) -> None:
    _, refs = trained
    assert len(json.dumps(refs)) < 1024
