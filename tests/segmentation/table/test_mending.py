"""Rejected rows come back mended, and the sum of rows stays right."""

from __future__ import annotations

import pytest

from segmentation import ParameterError, ReadError, SegmentationError, Table, read_table
from segmentation.table.corrected_rows import read_mended
from tests.german_export import german_export

ASIDE = {"fixes": {"not_a_number": "set_aside"}}
RAGGED = b"id,age,spend,visits\n1,30,5,2\n2\n3,41,6,1,9,9\n4,50,7,3\n"


def rejects_of(table: Table) -> str:
    return str(table.rejects.to_csv(index=False))


def counts(table: Table) -> tuple[int, int, int, int]:
    return table.rows_read, table.rows_used, table.rows_set_aside, table.rows_duplicate


def test_mended_rows_join_those_in_use() -> None:
    table = read_table(german_export(), **ASIDE)
    text = rejects_of(table)
    for bad in ("siehe unten", "n/v", "#WERT!"):
        text = text.replace(bad, '"100,50"')
    again = read_table(german_export(), recipe=table.recipe, mended=read_mended(text.encode()))
    assert counts(again) == (121, 120, 1, 0)
    assert int((again.frame["Umsatz"] == 100.5).sum()) == table.rows_set_aside - 1
    assert list(again.lines) == sorted(again.lines)
    assert next(i for i in again.issues if i.kind == "mended_rows").count == table.rows_set_aside


def test_rows_that_are_still_bad_are_set_aside_again() -> None:
    table = read_table(german_export(), **ASIDE)
    mended = read_mended(rejects_of(table).encode())
    again = read_table(german_export(), recipe=table.recipe, mended=mended)
    assert counts(again) == counts(table)


def test_ragged_rows_can_be_mended() -> None:
    table = read_table(RAGGED)
    assert table.rows_set_aside == 2
    mended = {3: {"id": "2", "age": "35"}, 4: {"id": "3", "age": "41", "spend": "6", "visits": "1"}}
    again = read_table(RAGGED, mended=mended)
    assert counts(again) == (4, 4, 0, 0)
    assert again.frame["id"].tolist() == [1, 2, 3, 4]


def test_a_mended_copy_of_another_row_counts_as_a_duplicate() -> None:
    mended = {3: {"id": "1", "age": "30", "spend": "5", "visits": "2"}}
    assert counts(read_table(RAGGED, mended=mended)) == (4, 2, 1, 1)


def test_lines_that_the_file_does_not_have_are_said() -> None:
    table = read_table(RAGGED, mended={99: {"id": "9"}})
    assert counts(table) == counts(read_table(RAGGED))
    assert next(i for i in table.issues if i.kind == "unknown_lines").lines == (99,)


def test_the_reason_may_be_left_out() -> None:
    assert read_mended(b"id,age,line\n2,30,3\n4,50,7\n") == {
        3: {"id": "2", "age": "30"},
        7: {"id": "4", "age": "50"},
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"id,age\n1,2\n2,3\n", "“line” is missing"),
        (b"id,age,line\n1,2,x\n2,3,4\n", "no line number"),
        (b"id,age,line\n1,2,4\n2,3,4\n", "Two mended rows stand for line 4"),
        (b"id,age,spend,line\n1,2,3,4\n2,3\n3\n4,5,6,7\n", "cannot be read"),
        (b"", "empty"),
    ],
)
def test_what_are_no_mended_rows_is_said(data: bytes, words: str) -> None:
    with pytest.raises(SegmentationError, match=words):
        read_mended(data)


def test_rows_of_another_table_are_refused() -> None:
    with pytest.raises(ParameterError, match="a column “city”"):
        read_table(RAGGED, mended={3: {"city": "Bonn"}})


def test_the_check_for_repeated_customers_follows_the_column_of_ids() -> None:
    rows = [f"{i},{i % 30},{20 + i % 9},{i * 3}" for i in range(60)]
    data = "\n".join(["order,customer,age,spend", *rows]).encode()
    recipe = read_table(data).recipe
    moved = {"order": {"meaning": None}, "customer": {"meaning": "customer_id"}}
    kinds = {issue.kind for issue in read_table(data, recipe={**recipe, "columns": moved}).issues}
    assert kinds & {"repeated_customer", "transactions"}
    nobody = {name: {"meaning": None} for name in ("order", "customer")}
    kinds = {issue.kind for issue in read_table(data, recipe={**recipe, "columns": nobody}).issues}
    assert not kinds & {"repeated_customer", "transactions"}
    stop = {**recipe, "columns": moved, "fixes": {"repeated_customer": "stop"}}
    with pytest.raises(ReadError, match="customer"):
        read_table(data, recipe=stop)
