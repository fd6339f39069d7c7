"""How a file begins: quick to look at, and never another answer than the whole file's."""

from __future__ import annotations

import pytest

from segmentation import ReadError, read_beginning
from tests.dashapp.reviewing import workbook
from tests.german_export import german_export


def test_the_first_rows_are_those_of_the_whole_file() -> None:
    seen = read_beginning(german_export())
    assert seen.table is not None
    assert (seen.format, seen.encoding) == ("csv", "cp1252")
    assert seen.lines[0] == "Kundenliste Mai 2026"
    assert seen.table.recipe["header_line"] == 3
    assert seen.table.recipe["encoding"] == "cp1252"
    assert seen.table.frame["Ort"].isin(["München", "Köln", "Düsseldorf"]).all()


def test_the_encoding_is_judged_on_the_whole_file() -> None:
    rows = b"".join(b"%d;%d;Bonn\n" % (i, i % 50) for i in range(60_000))
    seen = read_beginning(b"id;age;city\n" + rows + "1;2;Köln\n".encode("latin-1"))
    assert seen.encoding == "cp1252"
    assert seen.table is not None
    assert seen.table.rows_read < 60_000


def test_choices_that_do_not_suit_say_why_and_still_show_the_file() -> None:
    seen = read_beginning(german_export(), recipe={"chosen": {"delimiter": "\t"}})
    assert seen.table is None
    assert "one column" in seen.problem
    assert seen.lines[2].startswith("Kunden-Nr.;Ort")
    seen = read_beginning(german_export(), recipe={"chosen": {"encoding": "utf-8"}})
    assert "not written in utf-8" in seen.problem
    assert seen.lines


def test_the_sheets_of_a_workbook_are_named() -> None:
    seen = read_beginning(workbook("Kunden", "Archiv"), recipe={"chosen": {"sheet": "Archiv"}})
    assert seen.sheets == ("Kunden", "Archiv")
    assert seen.table is not None
    assert seen.table.rows_read == 80


def test_what_is_no_table_at_all_is_refused() -> None:
    with pytest.raises(ReadError, match="PNG"):
        read_beginning(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
