"""The customers' grid: search, sort and page on the server."""

from __future__ import annotations

import pandas as pd
import pytest

from dashapp.services.customers import (
    ROW,
    GridRequest,
    Selection,
    Which,
    customer_rows,
    matches,
    page_of,
)


@pytest.fixture
def rows() -> pd.DataFrame:
    frame = pd.DataFrame({"City": ["Rome", "Oslo", None], "Age": [30.0, None, 50.0]})
    scores = pd.DataFrame({"segment_id": ["s1", "s2", "s9"], "confidence": [0.91234, 0.5, 0.7]})
    return customer_rows(frame, scores, {"s1": "Gold", "s2": "Rest"})


def test_names_and_confidence_stand_beside_the_table(rows: pd.DataFrame) -> None:
    assert rows["Segment"].tolist() == ["Gold", "Rest", "Unassigned"]
    assert rows["Confidence"].tolist() == [0.912, 0.5, 0.7]


def test_search_looks_at_every_column_whatever_the_case(rows: pd.DataFrame) -> None:
    assert matches(rows, "oslo").tolist() == [False, True, False]
    assert matches(rows, "GOLD").tolist() == [True, False, False]
    assert matches(rows, "  ").all()


def test_the_number_of_a_customer_is_no_text_to_be_found(rows: pd.DataFrame) -> None:
    assert rows[ROW].tolist() == [0, 1, 2]
    assert not matches(rows[["City", ROW]], "2").any()


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), [0, 1, 2]),
        (Selection(segments=("s2", "s9")), [1, 2]),
        (Selection(text="rome"), [0]),
        (Selection(which=Which.UNSURE), [1]),
        (Selection(which=Which.MISFITS), [2]),
        (Selection(which=Which.PROBLEMS), [0]),
        (Selection(rows=(2, 0)), [0, 2]),
        (Selection(segments=("s1",), text="oslo"), []),
    ],
)
def test_a_selection_keeps_whom_it_names(selection: Selection, wanted: list[int]) -> None:
    frame = pd.DataFrame({"City": ["Rome", "Oslo", None]})
    scores = pd.DataFrame(
        {
            "segment_id": ["s1", "s2", "s9"], "confidence": [0.9, 0.5, 0.7],
            "fits": [True, True, False], "problems": ["Age is missing.", "", ""],
        }
    )  # fmt: skip
    mask = selection.mask(frame, scores, {"s1": "Gold", "s2": "Rest"})
    assert mask.nonzero()[0].tolist() == wanted


def test_a_page_is_sorted_cut_and_plain(rows: pd.DataFrame) -> None:
    request = GridRequest.parse(
        {"startRow": 0, "endRow": 2, "sortModel": [{"colId": "Age", "sort": "desc"}]}
    )
    page = page_of(rows, request)
    assert [row["Age"] for row in page] == [50.0, 30.0]
    assert page[0]["City"] is None


def test_a_sort_by_an_unknown_column_is_ignored(rows: pd.DataFrame) -> None:
    request = GridRequest(0, 3, (("__class__", True),))
    assert len(page_of(rows, request)) == 3


def test_nobody_gets_more_rows_at_once_than_a_page() -> None:
    request = GridRequest.parse({"startRow": 0, "endRow": 10**9})
    assert request.end - request.start == 500


@pytest.mark.parametrize("value", [None, [], {"startRow": -5, "endRow": 2}, {"startRow": "a"}, 7])
def test_an_odd_request_is_the_first_page(value: object) -> None:
    assert GridRequest.parse(value) == GridRequest(0, 100)
