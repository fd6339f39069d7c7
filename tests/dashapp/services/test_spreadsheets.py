"""Files for spreadsheets: no cell can run, numbers stay numbers, and no row is lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dashapp.services import spreadsheets
from dashapp.services.spreadsheets import (
    LostRowsError,
    csv_chunks,
    expect_rows,
    write_xlsx,
    xlsx_bytes,
)
from segmentation import ParameterError, read_table
from tests.formulas import TEXTS, cells_of, could_run

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
# A sheet of a book cannot hold these at all.
SHEET_TEXTS = TEXTS.map(lambda text: re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text))


def csv_text(frame: pd.DataFrame) -> str:
    return b"".join(csv_chunks(frame)).decode("utf-8-sig")


def as_csv(frame: pd.DataFrame) -> list[list[str]]:
    """The exported cells, line by line."""
    cells = cells_of(csv_text(frame), ",")
    return [cells[i : i + frame.shape[1]] for i in range(0, len(cells), frame.shape[1])]


def sheets_of(data: bytes) -> dict[str, list[list[Any]]]:
    """All sheets of a book, by name."""
    book = CalamineWorkbook.from_object(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@given(
    cells=st.lists(TEXTS, min_size=1, max_size=8),
    name=TEXTS,
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_no_cell_of_a_csv_can_run_whatever_separates_lists(
    cells: list[str], name: str, delimiter: str
) -> None:
    frame = pd.DataFrame({name: cells, "amount": [-1.5] * len(cells), "other": cells})
    assert not any(could_run(cell) for cell in cells_of(csv_text(frame), delimiter))


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8))
def test_numbers_keep_their_value_and_sign(numbers: list[float]) -> None:
    rows = as_csv(pd.DataFrame({"amount": numbers}))
    assert [float(row[0]) for row in rows[1:]] == numbers


@given(cells=st.lists(SHEET_TEXTS, min_size=1, max_size=6), name=SHEET_TEXTS)
def test_no_cell_of_a_sheet_can_run_and_numbers_are_numbers(cells: list[str], name: str) -> None:
    data = xlsx_bytes(pd.DataFrame({"amount": [-1.5] * len(cells), f"={name}": cells}))
    (rows,) = sheets_of(data).values()
    assert [row[0] for row in rows[1:]] == [-1.5] * len(cells)
    assert not any(could_run(str(row[1])) for row in rows)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in b"".join(book.read(name) for name in book.namelist())


def test_a_sheet_has_no_formula_for_infinite_numbers_and_keeps_long_ids() -> None:
    frame = pd.DataFrame({"ratio": [np.inf, -2.5], "id": [12_345_678_901_234_567, 7]})
    (rows,) = sheets_of(xlsx_bytes(frame)).values()
    assert rows[1:] == [["inf", "12345678901234567"], [-2.5, "7"]]


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
    ((head, first, missing, last),) = sheets_of(xlsx_bytes(frame)).values()
    assert head == list(frame.columns)
    assert {type(cell) for cell in (*first[:3], *last[:3])} == {date, datetime}
    # No sheet counts days of the 19th century: a column that has some is text.
    time = "2026-10-24 10:30:00"
    assert list(map(str, first)) == [time, time[:10], time, "1847-10-12"]
    assert missing == ["", "", "", ""]
    assert list(map(str, last)) == [*["2024-02-29"] * 3, "1999-01-01"]
    back = read_table(xlsx_bytes(frame), name="export.xlsx").frame
    assert back["Last login"].dropna().tolist() == times.dropna().tolist()


def test_an_empty_frame_still_has_its_header() -> None:
    empty = pd.DataFrame({"a": [], "b": []})
    assert as_csv(empty) == [["a", "b"]]
    assert sheets_of(xlsx_bytes(empty)) == {"Customers": [["a", "b"]]}


def test_a_column_without_any_value_is_a_column_of_empty_cells() -> None:
    frame = pd.DataFrame({"id": [1, 2], "note": pd.array([None, None], dtype="str")})
    assert sheets_of(xlsx_bytes(frame))["Customers"][1:] == [[1, ""], [2, ""]]


@pytest.mark.parametrize("rows", [9, 10, 11, 20, 25])
def test_more_rows_than_a_sheet_holds_go_on_in_another(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 10)
    monkeypatch.setattr(spreadsheets, "CHUNK_ROWS", 4)
    frame = pd.DataFrame({"id": range(rows), "name": [f"c{i}" for i in range(rows)]})
    told: list[float] = []
    path, count = write_xlsx(frame, tmp_path, told.append)
    sheets = sheets_of(path.read_bytes())
    assert list(sheets) == ["Customers", "Customers 2", "Customers 3"][:count]
    assert all(sheet[0] == ["id", "name"] and len(sheet) <= 11 for sheet in sheets.values())
    assert [row[0] for sheet in sheets.values() for row in sheet[1:]] == list(range(rows))
    assert told == sorted(told)
    assert told[-1] == 1
    assert as_csv(frame)[1:] == [[str(i), f"c{i}"] for i in range(rows)]


def test_what_a_sheet_cannot_hold_is_refused_in_words() -> None:
    wide = pd.DataFrame(np.zeros((1, 16_385)))
    with pytest.raises(ParameterError, match="16,384 columns"):
        xlsx_bytes(wide)
    # A sheet counts UTF-16 units: each of these letters takes two.
    long = pd.DataFrame({"note": ["fine", "\U0001f600" * 16_384]})
    with pytest.raises(ParameterError, match=r"32,767 characters.* row 3 .*CSV"):
        xlsx_bytes(long)
    assert as_csv(long)[2] == ["\U0001f600" * 16_384]


def test_rows_that_get_lost_are_an_error_and_never_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = pd.DataFrame({"id": range(10)})
    whole = spreadsheets._chunks

    def all_but_one(some: pd.DataFrame, rows: int) -> Iterator[pd.DataFrame]:
        yield from whole(some.head(len(some) - 1), rows)

    monkeypatch.setattr(spreadsheets, "_chunks", all_but_one)
    with pytest.raises(LostRowsError):
        list(csv_chunks(frame))
    with pytest.raises(LostRowsError):
        xlsx_bytes(frame)
    with pytest.raises(LostRowsError, match="2 rows instead of 3"):
        expect_rows(2, 3)


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
