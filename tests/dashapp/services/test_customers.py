"""The customers' grid: search, sort and page on the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
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

FRAME = pd.DataFrame({"City": ["Rome", "Oslo", None], "Age": [30.0, None, 50.0]})
SCORES = pd.DataFrame({"segment_id": ["s1", "s2", "s9"], "confidence": [0.91234, 0.5, 0.7]})
NAMES = {"s1": "Gold", "s2": "Rest"}


@pytest.fixture
def rows() -> pd.DataFrame:
    return customer_rows(FRAME, SCORES, NAMES)


def page(request: GridRequest, wanted: Sequence[bool] = (True, True, True)) -> list[Any]:
    return page_of(FRAME, SCORES, NAMES, np.array(wanted), request)


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


def test_a_page_is_sorted_cut_and_plain() -> None:
    request = GridRequest.parse(
        {"startRow": 0, "endRow": 2, "sortModel": [{"colId": "Age", "sort": "desc"}]}
    )
    found = page(request)
    assert [row["Age"] for row in found] == [50.0, 30.0]
    assert found[0]["City"] is None
    assert [row[ROW] for row in found] == ["2", "0"]


def test_a_page_holds_only_whom_the_search_left() -> None:
    assert [row[ROW] for row in page(GridRequest(0, 3), (False, True, True))] == ["1", "2"]
    assert [row[ROW] for row in page(GridRequest(1, 2), (False, True, True))] == ["2"]
    by_name = GridRequest(0, 3, (("Segment", False), ("Age", True)))
    assert [row["Segment"] for row in page(by_name)] == ["Unassigned", "Rest", "Gold"]
    assert [row[ROW] for row in page(by_name, (True, False, True))] == ["2", "0"]


def test_a_sort_by_an_unknown_column_is_ignored() -> None:
    assert len(page(GridRequest(0, 3, (("__class__", True),)))) == 3


def test_nobody_gets_more_rows_at_once_than_a_page() -> None:
    request = GridRequest.parse({"startRow": 0, "endRow": 10**9})
    assert request.end - request.start == 500


@pytest.mark.parametrize("value", [None, [], {"startRow": -5, "endRow": 2}, {"startRow": "a"}, 7])
def test_an_odd_request_is_the_first_page(value: object) -> None:
    assert GridRequest.parse(value) == GridRequest(0, 100)


def test_contact_data_can_be_found_and_are_shown_masked() -> None:
    frame = FRAME.assign(Mail=["ann@x.org", None, "bob@y.org"])
    wanted = Selection(text="bob@").mask(frame, SCORES, NAMES)
    everybody, by_mail = np.ones(len(frame), dtype=bool), GridRequest(0, 100, (("Mail", False),))
    rows = page_of(frame, SCORES, NAMES, everybody, by_mail, contacts=["Mail"])
    assert wanted.tolist() == [False, False, True]
    assert [row["Mail"] for row in rows] == ["b•••", "a•••", None]
