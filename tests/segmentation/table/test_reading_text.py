"""Text files of every kind are read into the table that a person would see in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from segmentation import Table, read_table
from segmentation.errors import ParameterError, ReadError


def cells(table: Table) -> list[list[Any]]:
    """Return the rows of a table, missing cells as None."""
    return [
        [None if pd.isna(cell) else cell for cell in row]
        for row in table.frame.itertuples(index=False)
    ]


def issue_kinds(table: Table) -> set[str]:
    return {issue.kind for issue in table.issues}


TWO_BY_TWO = [[1, 2], [3, 4]]

LAYOUTS = {
    "comma": b"a,b\n1,2\n3,4\n",
    "semicolon": b"a;b\n1;2\n3;4\n",
    "tab": b"a\tb\n1\t2\n3\t4\n",
    "pipe": b"a|b\n1|2\n3|4\n",
    "blanks": b"  a   b\n  1   2\n  3   4\n",
    "caret": b"a^b\n1^2\n3^4\n",
    "windows line ends": b"a,b\r\n1,2\r\n3,4\r\n",
    "old Mac line ends": b"a,b\r1,2\r3,4\r",
    "no line end at the end": b"a,b\n1,2\n3,4",
    "blank lines between": b"\n\na,b\n\n1,2\n\n\n3,4\n\n",
    "byte order mark": b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
    "UTF-16 with mark": "a\tb\n1\t2\n3\t4\n".encode("utf-16"),
    "UTF-16 without mark": "a,b\n1,2\n3,4\n".encode("utf-16-le"),
    "UTF-16 big endian": "a,b\n1,2\n3,4\n".encode("utf-16-be"),
    "UTF-32": "a,b\n1,2\n3,4\n".encode("utf-32"),
    "NUL characters": b"a,\x00b\n1,2\n3,\x004\n",
    "declared delimiter": b"sep=;\na;b\n1;2\n3;4\n",
    "title lines": b"Customers 2024\nexported today\n\na,b\n1,2\n3,4\n",
    "comment lines": b"# a comment, really\n#\na,b\n1,2\n3,4\n",
    "quoted cells": b'"a","b"\n"1","2"\n"3","4"\n',
    "blanks before quotes": b'"a", "b"\n"1", "2"\n"3", "4"\n',
    "trailing delimiters": b"a,b,\n1,2,\n3,4,\n",
    "empty columns": b"a,b,,,\r\n1,2,,,\r\n3,4,,,\r\n",
    "lines of delimiters": b"a,b\n1,2\n,\n3,4\n,\n",
    "header repeated": b"a,b\n1,2\na,b\n3,4\n",
    "exact copies": b"a,b\n1,2\n1,2\n3,4\n1,2\n",
    "control Z at the end": b"a,b\n1,2\n3,4\n\x1a",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_table_is_found_in_every_layout(layout: str) -> None:
    table = read_table(LAYOUTS[layout])

    assert list(table.frame.columns) == ["a", "b"]
    assert cells(table) == TWO_BY_TWO


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("name,n\nMüller,1\nJosé,2\n".encode(), "utf-8"),
        ("name,n\nMüller,1\nJosé,2\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name,n\nMüller,1\nJosé,2\n".encode("cp1252"), "cp1252"),
        ("name,n\nMüller,1\nJosé,2\n".encode("latin-1"), "cp1252"),
        ("name,n\nMüller,1\nJosé,2\n".encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_found_and_told(data: bytes, encoding: str) -> None:
    table = read_table(data)

    assert table.frame["name"].tolist() == ["Müller", "José"]
    assert table.recipe["encoding"] == encoding


def test_one_odd_byte_at_the_end_of_a_long_file_decides_the_encoding() -> None:
    rows = b"".join(b"%d,plain\n" % i for i in range(200_000))
    table = read_table(b"id,word\n" + rows + "200000,Café\n".encode("latin-1"))

    assert table.recipe["encoding"] == "cp1252"
    assert table.frame["word"].iloc[-1] == "Café"


def test_choices_of_the_user_overrule() -> None:
    wide = read_table(
        "a;b\n1,5;2,5\n3,5;4\n".encode("utf-16-le"), encoding="utf-16-le", decimal="."
    )
    assert wide.recipe["decimal"] == "."
    assert wide.recipe["encoding"] == "utf-16-le"

    split = read_table(b"a;b\n1,5;2\n3,6;4\n", delimiter=",", header_line=0)
    assert split.frame["Column 1"].tolist() == ["a;b", "1", "3"]

    assert read_table(b"1,2\n3,4\n", header_line=0).rows_used == 2
    assert list(read_table(b"x,y\n5,6\n7,8\n", header_line=2).frame.columns) == ["5", "6"]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"encoding": "klingon"}, "no text encoding"),
        ({"encoding": "ascii"}, "not written in ascii"),
        ({"header_line": 99}, "Line 99 cannot be the header"),
    ],
)
def test_impossible_choices_for_a_file_get_a_sentence(
    choice: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ReadError, match=sentence):
        read_table("a,b\n1,é\n".encode(), **choice)


@pytest.mark.parametrize(
    "choice", [{"delimiter": ";;"}, {"delimiter": "\n"}, {"decimal": "x"}, {"header_line": -1}]
)
def test_choices_that_can_never_work_are_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        read_table(b"a,b\n1,2\n", **choice)


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


def test_missing_and_repeated_names_become_usable() -> None:
    table = read_table(b"a,,a,b\n1,2,3,x\n4,5,6,y\n")

    assert list(table.frame.columns) == ["a", "Column 2", "a (2)", "b"]
    assert {"missing_name", "duplicate_name"} <= issue_kinds(table)


def test_names_are_trimmed_put_on_one_line_and_readable() -> None:
    table = read_table('" Customer\nID ",\u200bAge\u00a0,"Sp\x07end"\n1,30,5\n2,40,6\n'.encode())

    assert list(table.frame.columns) == ["Customer ID", "Age", "Spend"]


def test_a_file_without_header_gets_names_by_position() -> None:
    table = read_table(b"1,Rome,5.5\n2,Oslo,6.5\n3,Rome,7\n")

    assert list(table.frame.columns) == ["Column 1", "Column 2", "Column 3"]
    assert table.rows_used == 3
    assert table.recipe["header_line"] == 0


def test_years_may_be_names() -> None:
    table = read_table(b"Product,2000,2001,2002\nTea,1,2,3\nMilk,4,5,6\nRice,7,8,9\n")

    assert list(table.frame.columns) == ["Product", "2000", "2001", "2002"]


def test_cells_may_hold_line_ends_quotes_and_delimiters() -> None:
    table = read_table(b'id,note\n1,"a\nb"\n2,"say ""hi"", now"\n3,"c\r\nd"\n4,e\n')

    assert table.frame["note"].tolist() == ["a\nb", 'say "hi", now', "c\r\nd", "e"]
    assert table.lines.tolist() == [2, 4, 5, 7]


def test_an_open_quote_costs_its_own_line_only() -> None:
    table = read_table(b'id,name,spend\n1,"ann,5\n2,bob,6\n3,"cid",7\n4,dan,8\n')

    assert table.frame["id"].tolist() == [2, 3, 4]
    assert table.rejects["line"].tolist() == [2]
    assert "never closed" in table.rejects["reason"].iloc[0]


def test_quotes_inside_a_cell_are_only_characters() -> None:
    table = read_table(b'id,item,n\n1,screen 5",5\n2,tube 6" long,6\n3,"say" hi,7\n')

    assert table.frame["item"].tolist() == ['screen 5"', 'tube 6" long', "say hi"]


def test_quotes_may_be_escaped_with_a_backslash() -> None:
    table = read_table(b'id,note\n1,"say \\"hi\\", now"\n2,"plain"\n3,"a \\"b\\" c"\n')

    assert table.frame["note"].tolist() == ['say "hi", now', "plain", 'a "b" c']


def test_a_backslash_at_the_end_of_a_cell_is_only_a_character() -> None:
    table = read_table(b'id,path\n1,"C:\\data\\"\n2,"D:\\"\n3,"E:\\x"\n')

    assert table.frame["path"].tolist() == ["C:\\data\\", "D:\\", "E:\\x"]


def test_a_cell_that_is_too_long_is_cut_and_reported() -> None:
    table = read_table(b"id,a\n1," + b"x" * 40_000 + b"\n2,y\n3,z\n")

    assert len(table.frame["a"].iloc[0]) == 32_767
    assert next(i.lines for i in table.issues if i.kind == "long_cell") == (2,)


def test_a_row_name_without_heading_stands_first() -> None:
    table = read_table(b"age,spend\nr1,20,3.5\nr2,30,4.5\nr3,40,5\n")

    assert table.frame["age"].tolist() == [20, 30, 40]
