"""No export can start a formula, and numbers stay what they are."""

from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dashapp.services.customers import Selection
from dashapp.services.exports import (
    FORMULA_STARTS,
    Exports,
    csv_chunks,
    neutral,
    neutral_text,
    xlsx_bytes,
)
from segmentation import Table, read_table

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30
)
NASTY = st.sampled_from(
    ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "|calc", "%0A", "\t=1", "\r=1", "=HYPERLINK(1)"]
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


def as_csv(frame: pd.DataFrame) -> list[list[str]]:
    """The exported text as a reader of spreadsheets splits it."""
    text = b"".join(csv_chunks(frame)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@given(cells=st.lists(TEXTS | NASTY, min_size=1, max_size=8), name=TEXTS | NASTY)
def test_no_text_cell_or_header_of_a_csv_starts_a_formula(cells: list[str], name: str) -> None:
    rows = as_csv(pd.DataFrame({name or "column": cells}))
    for row in rows:
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row)


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8))
def test_numbers_keep_their_value_and_sign(numbers: list[float]) -> None:
    rows = as_csv(pd.DataFrame({"amount": numbers}))
    assert [float(row[0]) for row in rows[1:]] == numbers


@given(cells=st.lists(TEXTS | NASTY, min_size=1, max_size=6))
def test_no_cell_of_an_xlsx_starts_a_formula(cells: list[str]) -> None:
    frame = pd.DataFrame({"=name": cells, "amount": [-1.5] * len(cells)})
    sheet = CalamineWorkbook.from_object(io.BytesIO(xlsx_bytes(frame))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0] == ["'=name", "amount"]
    for row in rows[1:]:
        assert not str(row[0]).startswith(FORMULA_STARTS)
        assert math.isclose(row[1], -1.5)


def test_a_sheet_holds_days_and_times_that_excel_can_sort() -> None:
    times = pd.to_datetime(["2026-10-24 10:30", None, "2024-02-29 00:00"])
    frame = pd.DataFrame(
        {
            "Last login": times,
            "Joined": times.normalize(),
            "Zoned": times.tz_localize("UTC"),
            "Founded": pd.to_datetime(["1847-10-12", None, "1999-01-01"]),
        }
    )
    sheet = CalamineWorkbook.from_object(io.BytesIO(xlsx_bytes(frame))).get_sheet_by_index(0)
    head, first, missing, last = sheet.to_python()
    assert head == list(frame.columns)
    assert {type(cell) for cell in (*first[:3], *last[:3])} == {date, datetime}
    # No sheet counts days of the 19th century: a column that has some is text.
    time = "2026-10-24 10:30:00"
    assert list(map(str, first)) == [time, time[:10], time, "1847-10-12"]
    assert missing == ["", "", "", ""]
    assert list(map(str, last)) == [*["2024-02-29"] * 3, "1999-01-01"]
    back = read_table(xlsx_bytes(frame), name="export.xlsx").frame
    assert back["Last login"].dropna().tolist() == times.dropna().tolist()


def test_missing_cells_stay_missing_beside_a_dangerous_one() -> None:
    safe = neutral(pd.DataFrame({"note": ["=1", None, "fine"]}))
    assert safe["note"].tolist()[0] == "'=1"
    assert pd.isna(safe["note"].tolist()[1])
    assert safe["note"].tolist()[2] == "fine"


def test_the_frame_that_is_exported_is_left_as_it_was() -> None:
    frame = pd.DataFrame({"note": ["=1"]})
    neutral(frame)
    assert frame["note"].tolist() == ["=1"]


def test_an_ordinary_name_is_not_touched() -> None:
    assert neutral_text("Loyal Customers") == "Loyal Customers"


def test_an_empty_frame_still_has_its_header() -> None:
    assert as_csv(pd.DataFrame({"a": [], "b": []})) == [["a", "b"]]


def test_a_column_called_like_ours_is_exported_as_well() -> None:
    table = Table.from_frame(pd.DataFrame({"segment": ["B2B", "B2C"], "spend": [1.5, 2.5]}))
    scores = pd.DataFrame(
        {
            "segment_id": ["s1", "s2"], "runner_up_id": ["s2", "s1"], "confidence": [0.9, 0.8],
            "fits": [True, True], "problems": ["", "Age is missing."],
        }
    )  # fmt: skip
    segments = (SimpleNamespace(id="s1", name="One"), SimpleNamespace(id="s2", name="Two"))
    datasets: Any = SimpleNamespace(table=lambda *_: table)
    training: Any = SimpleNamespace(
        model=lambda *_: SimpleNamespace(segments=segments),
        scores=lambda *_: scores,
    )
    scoring: Any = None
    frame = Exports(datasets, training, scoring).customers(
        "s", "d", "m", Selection(segments=("s2",))
    )
    assert frame[["segment (input)", "segment"]].to_numpy().tolist() == [["B2C", "Two"]]
    assert frame["problems"].tolist() == ["Age is missing."]


LONG = "How often the customer has visited one of our stores in the last twelve months"
CUSTOMERS = st.lists(
    st.tuples(
        st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 4)),
        st.integers(0, 10**6),
        st.sampled_from(["Gold", "Silver, 2nd", 'say "hi"', "Käse", "a;b"]),
    ),
    min_size=12,
    max_size=30,
)


@settings(max_examples=25)
@given(rows=CUSTOMERS, kind=st.sampled_from(["csv", "xlsx"]))
def test_an_export_comes_back_through_our_own_import(rows: list[Any], kind: str) -> None:
    frame = pd.DataFrame(rows, columns=["Balance", LONG, "Tier"])
    frame.insert(0, "Key", [f"k{i}" for i in range(len(frame))])
    data = xlsx_bytes(frame) if kind == "xlsx" else b"".join(csv_chunks(frame))
    back = read_table(data, name=f"export.{kind}", keep_duplicates=True).frame
    assert list(back.columns) == list(frame.columns)
    assert back["Tier"].tolist() == frame["Tier"].tolist()
    for name in ("Balance", LONG):
        assert back[name].astype(float).tolist() == frame[name].astype(float).tolist()
