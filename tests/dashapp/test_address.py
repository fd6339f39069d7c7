"""Addresses: every choice comes back from one, and nothing that it says is believed unseen."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.page.address import LONGEST, Address
from tests.callbacks import find_by_input, fire, outputs_of, texts
from tests.dashapp.portal import Portal, look

Trained = tuple[Portal, dict[str, Any]]
# Output, the tab that draws it, what the address says, and what the widget then starts with.
CHOICES: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("explore", "distributions", {"column": "Age", "split": "City"}, '"value": "Age"'),
    ("explore", "by-category", {"statistic": "median"}, '"value": "median"'),
    ("explore", "relationships", {"between": ["Age", "City"]}, '"data": ["Age", "City"]'),
    ("segments", "map", {"map-view": "3d"}, '"value": "3d"'),
    ("segments", "profiles", {"levels-column": "Membership Type"}, '"value": "Membership Type"'),
    ("segments", "distribution", {"spread-column": "Age"}, '"value": "Age"'),
    ("segments", "compare", {"compare-segments": ["s3", "s1"]}, '"value": ["s3", "s1"]'),
    ("segments", "customers", {"grid-segment": "s2"}, '"value": "s2"'),
    ("predict", "one", {"field.Membership Type": "Silver"}, '"value": "Silver"'),
    ("predict", "one", {"field.Age": "33"}, '"value": 33'),
)
HOSTILE = ("<script>alert(1)</script>", "../../etc/passwd", "", "nan", "1e999", "s99", "\x00")


@pytest.mark.parametrize(("page", "tab", "said", "shown"), CHOICES, ids=str)
def test_a_tab_starts_with_what_the_address_says(
    trained: Trained, page: str, tab: str, said: dict[str, Any], shown: str
) -> None:
    portal, refs = trained
    values = {f"{page}-tabs.data": tab, "shell-url.search": "?" + urlencode(said, doseq=True)}
    drawn = portal.fire(f"{page}-body.children", f"{page}-tabs.data", look(refs, **values))
    assert shown in json.dumps(drawn)


@pytest.mark.parametrize(("page", "tab", "said", "_shown"), CHOICES, ids=str)
def test_a_tab_ignores_what_it_does_not_offer(
    trained: Trained, page: str, tab: str, said: dict[str, Any], _shown: str
) -> None:
    portal, refs = trained
    for wrong in HOSTILE:
        query = "?" + urlencode(dict.fromkeys(said, wrong))
        values = {f"{page}-tabs.data": tab, "shell-url.search": query}
        drawn = portal.fire(f"{page}-body.children", f"{page}-tabs.data", look(refs, **values))
        assert not wrong or json.dumps(wrong)[1:-1] not in json.dumps(drawn)


@pytest.mark.parametrize("page", ["explore", "segments", "predict"])
def test_a_page_opens_at_the_tab_of_its_address(trained: Trained, page: str) -> None:
    portal, refs = trained
    tab = {"explore": "alerts", "segments": "evidence", "predict": "file"}[page]
    for search, shows in ((f"?tab={tab}", True), ("?tab=nothing", False)):
        values = {"shell-refs.data": refs, "shell-url.search": search}
        drawn = portal.fire(f"{page}-content.children", "shell-refs.data", values)
        assert (f'"data": "{tab}"' in json.dumps(drawn)) is shows


def test_files_of_customers_hold_whom_the_address_shows(trained: Trained) -> None:
    portal, refs = trained
    values = {"segments-tabs.data": "customers"}
    values["shell-url.search"] = "?grid-segment=s2&grid-which=unsure"
    drawn = portal.fire("segments-body.children", "segments-tabs.data", look(refs, **values))
    assert json.dumps(drawn).count("&segment=s2&which=unsure") == 2


def test_filters_of_an_address_stand_in_their_widgets(trained: Trained) -> None:
    portal, refs = trained
    query = "?filters.Age=30&filters.Age=40&filters.City=Chicago&filters.Customer+ID=7"
    drawn = json.dumps(
        portal.fire(
            "explore-content.children",
            "shell-refs.data",
            {"shell-refs.data": refs, "shell-url.search": query},
        )
    )
    assert '"value": [30.0, 40.0]' in drawn
    assert '"value": ["Chicago"]' in drawn


@given(search=st.text(max_size=200) | st.none() | st.integers() | st.lists(st.text()))
def test_whatever_stands_in_an_address_is_read_or_ignored(search: object) -> None:
    address = Address.parse(search)
    assert address.tab({"map": "Map"}) in (None, "map")
    assert address.one("page-column", ["Age"], "Age") == "Age"


def test_an_endless_address_says_nothing() -> None:
    assert Address.parse("?tab=" + "x" * LONGEST).given == {}
    assert Address.parse("?" + "&".join(f"a{i}=1" for i in range(1000))).given == {}


def test_a_tab_goes_on_with_its_own_job_and_never_with_that_of_another_tab(portal: Portal) -> None:
    first = portal.with_sample()
    rows = b"\n".join(b"%d,%d,%d" % (i, 20 + i % 30, i) for i in range(60))
    job = portal.upload("list.csv", b"id,age,spend\n" + rows).get_json()["job"]
    second = portal.follow({"id": job}, first)["shell-refs.data"]
    running = portal.fire(
        "shell-job.data",
        "segments-find.n_clicks",
        {"segments-find.n_clicks": 1, "shell-refs.data": first},
    )["shell-job.data"]

    def opened(search: str) -> Any:
        values = {"shell-asked.data": search}
        return portal.fire("shell-refs.data", "shell-asked.data", values)["shell-job.data"]

    assert opened(f"?data={first['dataset']}&job={running['id']}") == running
    assert opened(f"?data={second['dataset']}") is None
    assert opened("?") == running
    assert opened(f"?data={second['dataset']}&job={'0' * 32}") is None


def test_a_tab_that_knows_what_it_shows_is_not_drawn_anew(trained: Trained) -> None:
    portal, refs = trained
    callback = find_by_input(portal.app, "shell-refs.data", "shell-asked.data")
    for search in ("?", f"?data={refs['dataset']}&model={refs['model']}"):
        values = {"shell-asked.data": search, "shell-refs.data": refs}
        assert "shell-refs.data" not in outputs_of(fire(portal.client, callback, values))


def test_a_link_to_somebody_elses_data_offers_one_way_forward(trained: Trained) -> None:
    portal, refs = trained
    stranger = portal.visitor()
    values = {"shell-asked.data": f"?data={refs['dataset']}"}
    gone = stranger.fire("shell-refs.data", "shell-asked.data", values)["shell-refs.data"]
    drawn = stranger.fire("segments-content.children", "shell-refs.data", {"shell-refs.data": gone})
    assert texts(drawn["segments-content.children"]).count("Go to Data") == 1


def test_a_customer_of_the_grid_starts_the_form_without_standing_in_the_address(
    trained: Trained,
) -> None:
    portal, refs = trained
    asked = {"startRow": 7, "endRow": 8, "sortModel": []}
    row = portal.fire(
        "segments-grid.getRowsResponse",
        "segments-grid.getRowsRequest",
        look(refs, **{"segments-grid.getRowsRequest": asked}),
    )["segments-grid.getRowsResponse"]["rowData"][0]
    assert row["portal-row"] == "7"

    def form(query: str) -> str:
        values = {"predict-tabs.data": "one", "shell-url.search": query}
        return json.dumps(
            portal.fire("predict-body.children", "predict-tabs.data", look(refs, **values))
        )

    drawn = form("?customer=7")
    assert "customer 8 of" in drawn
    assert f'"value": "{row["Membership Type"]}"' in drawn
    assert f'"value": {float(row["Total Spend"])}' in drawn
    assert "customer 8 of" not in form("?customer=999999")


def test_a_missing_category_and_a_value_beyond_what_was_seen_are_told(trained: Trained) -> None:
    portal, refs = trained
    fields = {
        "Membership Type": "", "Total Spend": 90_000, "Age": 40, "Items Purchased": 12,
        "Average Rating": 4.0, "Discount Applied": "FALSE", "Days Since Last Purchase": 20,
        "Satisfaction Level": "Neutral",
    }  # fmt: skip
    shown = portal.fire(
        "predict-result.children",
        "predict-field.value",
        look(
            refs,
            **{
                "predict-field.value": [
                    ({"type": "predict-field", "column": name}, value)
                    for name, value in fields.items()
                ]
            },
        ),
    )
    said = texts(shown["predict-result.children"])
    assert "Membership Type" in said
    assert "missing" in said
    assert "does not fit any segment well" in said
