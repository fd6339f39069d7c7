"""What the owner of a file decides is done, counted, remembered and replayed."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from segmentation import Role, Use, read_table
from segmentation.errors import ParameterError, ReadError
from segmentation.table.recipe import FIXES

ROWS = "".join(f"{i};{i * 10};{1 + i % 12:02d}/{1 + i % 11:02d}/2024\n" for i in range(1, 30))
FILE = f"id;spend;joined\n{ROWS}30;abc;01/01/2024\n31;n/a;02/02/2024\n31;5;02/03/2024\n".encode()


def test_by_default_bad_cells_are_missing() -> None:
    table = read_table(FILE)

    assert (table.rows_used, table.rows_set_aside) == (32, 0)
    assert table.column("spend").missing == 2


def test_rows_with_bad_cells_can_be_set_aside() -> None:
    table = read_table(FILE, fixes={"not_a_number": "set_aside"})

    assert (table.rows_read, table.rows_used, table.rows_set_aside) == (32, 31, 1)
    assert table.rejects["line"].tolist() == [31]
    assert table.rejects["spend"].tolist() == ["abc"]
    assert "not a number" in table.rejects["reason"].iloc[0]
    assert read_table(FILE, fixes={"not_a_number:id": "set_aside"}).rows_set_aside == 0


def test_the_last_row_of_each_customer_can_be_kept() -> None:
    table = read_table(FILE, fixes={"repeated_customer": "keep_last"})

    assert (table.rows_used, table.rows_set_aside) == (31, 1)
    assert table.frame["spend"].iloc[-1] == 5
    assert table.rejects["line"].tolist() == [32]
    assert not any(issue.kind == "repeated_customer" for issue in table.issues)


def test_the_import_can_stop_at_repeated_customers() -> None:
    with pytest.raises(ReadError, match="on line 32") as stop:
        read_table(FILE, fixes={"repeated_customer": "stop"})
    assert stop.value.kind == "repeated_customer"


def test_the_order_of_day_and_month_can_be_chosen() -> None:
    data = b"id,day\n1,01/02/2024\n2,03/04/2024\n"
    month_first = read_table(data, fixes={"ambiguous_date": "month_first"})
    day_first = read_table(data, fixes={"ambiguous_date:day": "day_first"})

    assert month_first.frame["day"].dt.month.tolist() == [1, 3]
    assert day_first.frame["day"].dt.month.tolist() == [2, 4]
    assert not any(issue.kind == "ambiguous_date" for issue in day_first.issues)


def test_the_meaning_of_an_ambiguous_mark_can_be_chosen_for_one_column() -> None:
    data = b"id;a;b\n1;1.234;1.234\n2;2.345;2.345\n"
    table = read_table(data, fixes={"ambiguous_number:b": "comma"})

    assert table.frame["a"].tolist() == [1.234, 2.345]
    assert table.frame["b"].tolist() == [1234, 2345]
    assert [i.column for i in table.issues if i.kind == "ambiguous_number"] == ["a"]


def test_spellings_and_missing_words_can_be_kept() -> None:
    data = b"id,tier\n1,Gold\n2,gold\n3,none\n4,Gold\n5,none\n6,Gold\n7,none\n8,Gold\n"

    assert set(read_table(data).frame["tier"].dropna()) == {"Gold"}
    kept = read_table(data, fixes={"spelling": "keep", "missing_word": "keep"})
    assert set(kept.frame["tier"]) == {"Gold", "gold", "none"}


def test_short_rows_and_copies_follow_the_choice() -> None:
    data = b"id,a,b\n1,2,3\n1,2,3\n2,4\n3,4,5\n"
    table = read_table(data, fixes={"short_row": "set_aside", "duplicate_row": "keep"})

    assert (table.rows_read, table.rows_used, table.rows_set_aside) == (4, 3, 1)
    assert table.rejects["line"].tolist() == [4]


@pytest.mark.parametrize(
    ("fixes", "sentence"),
    [
        ({"nonsense": "keep"}, "nothing to choose for “nonsense”"),
        ({"spelling": "burn"}, "“burn” is no way"),
        ({"spelling:City": "burn"}, "“burn” is no way"),
    ],
)
def test_fixes_that_do_not_exist_get_a_sentence(fixes: dict[str, str], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        read_table(FILE, fixes=fixes)


def test_a_recipe_is_json_and_replays_every_choice() -> None:
    first = read_table(
        FILE, decimal=".", fixes={"not_a_number": "set_aside", "ambiguous_date": "day_first"}
    ).with_columns({"spend": {"use": "descriptor"}, "joined": {"use": "ignored"}})
    recipe = json.loads(json.dumps(first.recipe))
    again = read_table(FILE, recipe=recipe)

    pd.testing.assert_frame_equal(again.frame, first.frame)
    assert again.columns == first.columns
    assert again.recipe == first.recipe
    assert again.rows_set_aside == first.rows_set_aside == 1


def test_next_months_file_may_have_another_encoding() -> None:
    recipe = read_table("name;v\nMüller;1\nMaier;2\n".encode("cp1252")).recipe
    table = read_table("name;v\nMüller;1\nMaier;2\n".encode(), recipe=recipe)

    assert table.frame["name"].tolist() == ["Müller", "Maier"]


def test_a_recipe_says_what_no_longer_fits() -> None:
    first = read_table(b"id,tier,age\n1,a,30\n2,b,40\n3,a,50\n4,c,60\n").with_columns(
        {"tier": {"role": "ordinal", "levels": ["a", "b", "c"]}, "age": {"use": "descriptor"}}
    )
    table = read_table(b"id,tier,city\n1,a,Rome\n2,z,Oslo\n3,b,Rome\n", recipe=first.recipe)
    found = {(i.column, i.examples) for i in table.issues if i.kind == "recipe"}

    assert (None, ("age",)) in found
    assert (None, ("city",)) in found
    assert any(column == "tier" for column, _ in found)
    assert table.roles["tier"] is not Role.ORDINAL
    assert table.column("city").use is Use.DESCRIPTOR


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"version": 99},
        [],
        {"version": 1, "chosen": []},
        {"version": 1, "fixes": "x"},
        {"version": 1, "columns": [1]},
        {"version": 1, "names": 7},
        {"version": 1, "chosen": {"header_line": "two"}},
        {"version": 1, "chosen": {"delimiter": 5}},
        {"version": 1, "fixes": {"spelling": ["keep"]}},
    ],
)
def test_what_is_no_recipe_is_refused(recipe: Any) -> None:
    with pytest.raises(ParameterError):
        read_table(FILE, recipe=recipe)


def test_every_fix_that_an_issue_offers_can_be_chosen() -> None:
    data = (
        b"id,spend,day,tier,amount\n1,10,01/02/2024,Gold,1.234\n2,20,03/04/2024,gold,2.345\n"
        b"3,abc,05/06/2024,Gold,3.456\n4,n/a,07/08/2024,Gold,4.567\n5,40,09/10/2024,Gold,5.678\n"
        b"5,41,09/10/2024,Gold,5.678\n5,41,09/10/2024,Gold,5.678\n6,42,09/10/2024\n"
        b"7,43,09/10/2024,Gold,5.678\n8,44,11/12/2024,Gold,5.678\n"
    )
    offered = [issue for issue in read_table(data).issues if issue.fixes]

    assert {issue.kind for issue in offered} == set(FIXES) - {"not_a_date"}
    for issue in offered:
        for fix in issue.fixes:
            assert fix in FIXES[issue.kind]
            if fix != "stop":
                table = read_table(data, fixes={issue.kind: fix})
                assert table.rows_read == 10


def test_a_change_that_is_nonsense_is_reported_and_left_out() -> None:
    recipe = read_table(FILE).recipe | {"columns": {"spend": 5, "id": {"use": ["basis"]}}}
    table = read_table(FILE, recipe=recipe)

    assert {i.column for i in table.issues if i.kind == "recipe"} == {"spend", "id"}
