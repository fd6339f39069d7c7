"""Every callback, fired over HTTP: with what our pages send, and with what nobody should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callbacks import callbacks, fire, texts
from tests.dashapp.portal import Portal, look

Trained = tuple[Portal, dict[str, Any]]
NONSENSE: tuple[Any, ...] = (
    None, True, -1, 1e308, "x" * 600, "<script>", ["a", {}], {"dataset": "../../etc/passwd"},
    {"dataset": ["0" * 32]}, {"points": [{}]}, {"points": [{"x": [], "customdata": {}}]}, [[1], 2],
)  # fmt: skip
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
     "(silhouette)"),
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
    ("explore-heatmap", "explore-filters.data", {}),
    ("explore-pair", "explore-between.data", {"explore-between.data": ["City", "Total Spend"]}),
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


def test_malformed_callback_requests_are_refused(portal: Portal) -> None:
    for body in ("[]", "null", "{}", '{"output": "nothing.here"}', "not json"):
        answer = portal.client.post(
            "/_dash-update-component",
            data=body,
            content_type="application/json",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 400, body
