"""How often the server is asked: a page or a tab comes with its charts in one answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callbacks import callbacks, parts
from tests.dashapp.portal import Portal, look

Trained = tuple[Portal, dict[str, Any]]
# Charts of each tab that has any.
TABS = (
    ("explore", "distributions", {"explore-histogram", "explore-box"}),
    ("explore", "by-category", {"explore-by-category"}),
    ("explore", "relationships", {"explore-heatmap", "explore-pair"}),
    ("segments", "map", {"segments-map"}),
    ("segments", "profiles", {"segments-heatmap", "segments-radar", "segments-levels"}),
    ("segments", "distribution", {"segments-donut", "segments-shares", "segments-spread"}),
    ("segments", "compare", {"segments-compare"}),
    ("segments", "evidence", {"segments-silhouette", "segments-inertia", "segments-stability",
                              "segments-smallest"}),
)  # fmt: skip


def drawn(tree: Any) -> set[str]:
    """Ids of the charts that come with their picture."""
    return {
        part["props"]["id"]
        for part in parts(tree)
        if part["type"] == "Graph" and part["props"]["figure"]["data"]
    }


@pytest.mark.parametrize(("page", "tab", "charts"), TABS)
def test_a_tab_comes_with_its_charts_and_their_sentences(
    trained: Trained, page: str, tab: str, charts: set[str]
) -> None:
    portal, refs = trained
    shown = portal.fire(
        f"{page}-body.children", f"{page}-tabs.data", look(refs, **{f"{page}-tabs.data": tab})
    )[f"{page}-body.children"]
    assert drawn(shown) == charts
    told = [part["props"] for part in parts(shown) if part["type"] == "Figcaption"]
    assert {one["id"] for one in told} == {f"{chart}-reading" for chart in charts}
    assert all(len(one["children"]) > 20 for one in told)


@pytest.mark.parametrize(("page", "tab", "charts"), TABS)
def test_a_page_comes_with_the_tab_that_its_address_names(
    trained: Trained, page: str, tab: str, charts: set[str]
) -> None:
    portal, refs = trained
    values = look(refs, **{"shell-url.search": f"?tab={tab}"})
    shown = portal.fire(f"{page}-content.children", "shell-refs.data", values)
    assert drawn(shown[f"{page}-content.children"]) == charts


def test_no_chart_that_comes_with_its_tab_is_asked_for_again(trained: Trained) -> None:
    app = trained[0].app
    callbacks(app)
    charts = {f"{chart}.figure" for _, _, drawn in TABS for chart in drawn}
    asking = [c for c in app._callback_list if any(chart in c["output"] for chart in charts)]
    assert len(asking) == 8
    for callback in asking:
        assert callback["prevent_initial_call"], callback["output"]
        assert not {i["id"] for i in callback["inputs"]} & {"shell-refs", "shell-theme"}


def test_filters_are_counted_before_the_page_is_shown(trained: Trained) -> None:
    portal, refs = trained
    values = look(refs, **{"shell-url.search": "?filters.Membership+Type=Gold"})
    shown = portal.fire("explore-content.children", "shell-refs.data", values)
    props = {p["props"].get("id"): p["props"] for p in parts(shown["explore-content.children"])
             if isinstance(p["props"].get("id"), str)}  # fmt: skip
    assert props["explore-filters"]["data"] == {"Membership Type": ["Gold"]}
    assert props["explore-count"]["children"].endswith("of 500 customers")
    assert not props["explore-count"]["children"].startswith("500")
