"""Cells are typed as a person would read them, and what was taken for granted is said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from segmentation import Table, read_table


def cells(table: Table) -> list[list[Any]]:
    """Return the rows of a table, missing cells as None."""
    return [
        [None if pd.isna(cell) else cell for cell in row]
        for row in table.frame.itertuples(index=False)
    ]


def issue_kinds(table: Table) -> set[str]:
    return {issue.kind for issue in table.issues}


def test_the_decimal_comma_is_found_with_points_between_thousands() -> None:
    table = read_table(b"id;spend\n1;1.234,50\n2;7,25\n3;12.000,00\n")

    assert table.frame["spend"].tolist() == [1234.5, 7.25, 12000.0]
    assert table.recipe["decimal"] == ","


def test_the_decimal_mark_can_be_chosen() -> None:
    data = b"id;spend\n1;1.234\n2;2.345\n"

    assert read_table(data).frame["spend"].tolist() == [1.234, 2.345]
    assert read_table(data, decimal=",").frame["spend"].tolist() == [1234, 2345]
    assert "ambiguous_number" in issue_kinds(read_table(data))


def test_thousands_are_told_from_decimals_by_the_other_numbers() -> None:
    table = read_table(b"id;count\n1;1.234\n2;56\n3;2.500\n4;999\n")

    assert table.frame["count"].tolist() == [1234, 56, 2500, 999]
    assert "ambiguous_number" not in issue_kinds(table)


def test_currency_percent_brackets_and_groups_are_numbers() -> None:
    table = read_table(
        'a,b,c,d,e\n$1.50,12%,(3.5),"1,234",€ 7\n$20.25,8.5 %,4-,99,8 EUR\n'
        '$3,7%,−2,"5,000",9\n'.encode()
    )

    assert cells(table) == [
        [1.5, 12.0, -3.5, 1234, 7],
        [20.25, 8.5, -4.0, 99, 8],
        [3.0, 7.0, -2.0, 5000, 9],
    ]


def test_spellings_of_missing_are_missing_and_reported_with_their_lines() -> None:
    table = read_table(b"id,age\n1,n/a\n2,30\n3,-\n4,#DIV/0!\n5,31\n6,32\n")
    issue = next(issue for issue in table.issues if issue.kind == "missing_word")

    assert table.column("age").missing == 3
    assert (issue.column, issue.count, issue.lines) == ("age", 3, (2, 4, 5))
    assert "#DIV/0!" in issue.examples


def test_namibia_is_not_missing() -> None:
    table = read_table(b"id,country\n1,NA\n2,DE\n3,FR\n4,US\n5,DE\n")

    assert table.frame["country"].tolist() == ["NA", "DE", "FR", "US", "DE"]


def test_cells_that_are_no_numbers_are_reported_with_lines_and_examples() -> None:
    rows = "".join(f"{i},{i * 10}\n" for i in range(1, 20))
    table = read_table(f"id,spend\n{rows}20,abc\n21,twelve\n".encode())
    issue = next(issue for issue in table.issues if issue.kind == "not_a_number")

    assert (issue.count, issue.lines, issue.examples) == (2, (21, 22), ("abc", "twelve"))
    assert table.column("spend").role == "numeric"
    assert "set the rows aside" in issue.suggestion


def test_codes_with_letters_stay_text() -> None:
    rows = "".join(f"{i},{20000 + i}{'A' if i % 9 == 0 else ''}\n" for i in range(100))
    table = read_table(f"x,StockCode\n{rows}".encode())

    assert table.frame["StockCode"].iloc[0] == "20000A"


def test_leading_zeros_and_long_digits_are_kept() -> None:
    table = read_table(b"nr,code,x\n007,12345678901234567890,1\n008,12345678901234567891,2\n")

    assert table.frame["nr"].tolist() == ["007", "008"]
    assert table.frame["code"].tolist() == ["12345678901234567890", "12345678901234567891"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["2024-01-31", "2024-12-01"], [(2024, 1, 31), (2024, 12, 1)]),
        (["31.01.2024", "1.2.24"], [(2024, 1, 31), (2024, 2, 1)]),
        (["01/31/2024", "12/1/2024"], [(2024, 1, 31), (2024, 12, 1)]),
        (["31/01/2024", "1/12/2024"], [(2024, 1, 31), (2024, 12, 1)]),
        (["2024/1/31", "2024/12/1"], [(2024, 1, 31), (2024, 12, 1)]),
        (["31 Jan 2024", "1 December 2024"], [(2024, 1, 31), (2024, 12, 1)]),
        (["Jan 31 2024", "Dec 1 2024"], [(2024, 1, 31), (2024, 12, 1)]),
        (["31-Jan-99", "1-Dec-05"], [(1999, 1, 31), (2005, 12, 1)]),
        (["20240131", "20241201"], [(2024, 1, 31), (2024, 12, 1)]),
        (["2024-01-31 23:59:58", "2024-12-01 00:00"], [(2024, 1, 31), (2024, 12, 1)]),
        (["2024-01-31T10:00:00Z", "2024-12-01T10:00:00+02:00"], [(2024, 1, 31), (2024, 12, 1)]),
        (["1/31/2024 11:30 PM", "12/1/2024 1:05 AM"], [(2024, 1, 31), (2024, 12, 1)]),
    ],
)
def test_dates_in_the_common_orders(
    written: list[str], expected: list[tuple[int, int, int]]
) -> None:
    rows = "".join(f"{i};{day}\n" for i, day in enumerate(written))
    table = read_table(f"id;join date\n{rows}".encode())

    assert table.frame["join date"].dt.date.tolist() == [dt.date(*day) for day in expected]


def test_dates_that_can_be_read_both_ways_are_reported() -> None:
    table = read_table(b"id,day\n1,01/02/2024\n2,03/04/2024\n")
    issue = next(issue for issue in table.issues if issue.kind == "ambiguous_date")

    assert issue.column == "day"
    assert set(issue.fixes) == {"day_first", "month_first"}


def test_days_that_do_not_exist_are_reported() -> None:
    rows = "".join(f"{i},2024-01-{i:02d}\n" for i in range(1, 20))
    table = read_table(f"id,day\n{rows}20,2024-02-30\n".encode())
    issue = next(issue for issue in table.issues if issue.kind == "not_a_date")

    assert issue.lines == (21,)
    assert pd.isna(table.frame["day"].iloc[-1])


def test_capitals_do_not_make_another_category() -> None:
    rows = "Gold\nSilver\nGold\ngold \nSILVER\nSilver\n".splitlines()
    table = read_table(("id,tier\n" + "".join(f"{i},{r}\n" for i, r in enumerate(rows))).encode())

    assert set(table.frame["tier"]) == {"Gold", "Silver"}
    assert "spelling" in issue_kinds(table)
