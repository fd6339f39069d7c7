"""Text files of every kind are read into the table that a person would see in them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from segmentation import Table, read_table
from segmentation.errors import ParameterError, ReadError
from segmentation.table.schema.limits import Limits


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
    "choice", [{"delimiter": ";;;;"}, {"delimiter": "\n"}, {"decimal": "x"}, {"header_line": -1}]
)
def test_choices_that_can_never_work_are_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        read_table(b"a,b\n1,2\n", **choice)


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


def test_empty_columns_beyond_the_last_name_do_not_count_as_too_many() -> None:
    beyond = b"," * 700
    table = read_table(b"id,age" + beyond + b"\n1,30" + beyond + b"\n2,41" + beyond + b"\n")

    assert (list(table.frame.columns), table.rows_used) == (["id", "age"], 2)
    assert [(issue.kind, issue.count) for issue in table.issues] == [("empty_column", 700)]


def test_too_many_rows_are_refused_before_each_is_split_though_a_quote_is_open() -> None:
    rows = b'1,"open\n' + b"1,2,3,4\n" * 200_000
    with pytest.raises(ReadError, match="more than 1,000 rows"):
        read_table(b"a,b\n" + rows, limits=Limits(rows=1_000))


def test_a_carriage_return_above_the_table_leaves_the_lines_right() -> None:
    table = read_table(b"report\rof May\nid,age\n1,30\n2,41\n")

    assert table.frame["age"].tolist() == [30, 41]
    assert table.lines.tolist() == [4, 5]


def test_a_file_most_of_whose_rows_do_not_fit_is_refused_before_all_are_kept() -> None:
    good = b"".join(b"%d,%d,3,4\n" % (row, row * 7) for row in range(500))
    bad = b"1\n1,2,3,4,5,6\n" * 2_000
    with pytest.raises(ReadError, match="More than 1,000 rows have another number") as refusal:
        read_table(b"a,b,c,d\n" + good + bad, limits=Limits(set_aside=1_000))
    assert refusal.value.kind == "damaged"
    assert read_table(b"a,b,c,d\n" + good + bad).rows_set_aside == 4_000
