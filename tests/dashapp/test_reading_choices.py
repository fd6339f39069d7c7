"""Data: how a file is read and chosen to be read, over HTTP as the page does it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from segmentation import read_table
from tests.callbacks import find_by_input, fire, side_updates, texts
from tests.dashapp.portal import Portal
from tests.dashapp.reviewing import (
    fix_values,
    import_file,
    layout_values,
    page,
    read_differently,
    redo,
    try_reading,
    undo,
    words,
    workbook,
)
from tests.german_export import german_export


def test_a_german_export_is_read_and_said_so_in_words(portal: Portal) -> None:
    said = words(portal, import_file(portal, german_export()))
    assert "semicolon, decimal comma, header in line 3, 120 rows × 6 columns" in said
    assert "121 rows read = 120 used + 1 set aside + 0 duplicate" in said
    assert "Cells that are not numbers" in said


def test_the_file_itself_is_shown_to_find_its_header(portal: Portal) -> None:
    said = words(portal, import_file(portal, german_export()))
    assert "How the file begins Kundenliste Mai 2026" in said


def test_names_of_people_are_hidden_wherever_rows_are_shown(portal: Portal) -> None:
    people = [f"{i},Person{i} Smith,{20 + i % 40},{100 + i}" for i in range(60)]
    people.append("7,Person7 Smith,27,999")
    data = "\n".join(["customer_id,customer name,age,spend", *people]).encode()
    shown = json.dumps(page(portal, import_file(portal, data, "people.csv")))
    assert "Smith" not in shown
    assert "P\\u2022\\u2022\\u2022" in shown


def test_another_choice_reads_the_file_again_and_undo_goes_back(portal: Portal) -> None:
    first = import_file(portal, german_export())
    point = read_differently(portal, first, decimal=".")
    assert "decimal point" in words(portal, point)
    other = read_differently(portal, point, header_line=0)
    assert "decimal point" in words(portal, other)
    assert undo(portal, other)["dataset"] == point["dataset"]
    assert undo(portal, point)["dataset"] == first["dataset"]


def test_a_choice_can_be_left_to_the_program_again(portal: Portal) -> None:
    point = read_differently(portal, import_file(portal, german_export()), decimal=".")
    assert "decimal comma" in words(portal, read_differently(portal, point, decimal="auto"))


def test_changing_something_back_leaves_no_circle_of_undo(portal: Portal) -> None:
    first = import_file(portal, german_export())
    point = read_differently(portal, first, decimal=".")
    back = read_differently(portal, point, decimal="auto")
    assert back["dataset"] == first["dataset"]
    assert "data-undo" not in json.dumps(page(portal, back))


def test_fields_that_are_left_to_the_program_start_nothing(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    values = layout_values(encoding="auto", delimiter="auto", decimal="auto", header_line=None)
    shown = portal.fire("shell-job.data", "data-layout.value", values | {"shell-refs.data": refs})
    assert "shell-job.data" not in shown
    assert shown["data-read.disabled"] is True
    assert "as they are read now" in texts(shown["data-preview.children"])


def test_applying_what_is_in_force_says_so(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    callback = find_by_input(portal.app, "shell-job.data", "data-apply-fixes.n_clicks")
    values = fix_values({"not_a_number:Umsatz": "missing"}) | {"shell-refs.data": refs}
    answer = fire(portal.client, callback, values)
    assert "Nothing to apply" in json.dumps(side_updates(answer))


@pytest.mark.parametrize(
    "fields",
    [
        {"delimiter": "<script>"},
        {"header_line": 10**9},
        {"header_line": 1.5},
        {"sheet": "x"},
        {"decimal": ["."]},
        {"nothing": "x"},
        {"encoding": {"a": 1}},
    ],
)
def test_choices_that_no_field_offers_are_refused(portal: Portal, fields: dict[str, Any]) -> None:
    refs = import_file(portal, german_export())
    callback = find_by_input(portal.app, "shell-job.data", "data-layout.value")
    values = layout_values(**fields) | {"shell-refs.data": refs}
    assert fire(portal.client, callback, values).status_code == 400


def test_a_reading_that_fails_says_why_and_keeps_the_table(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    shown = try_reading(portal, refs, header_line=900)
    assert "message-danger" in json.dumps(shown["shell-alert.children"])
    assert "shell-refs.data" not in shown


def test_a_step_back_can_be_taken_forth_again(portal: Portal) -> None:
    first = import_file(portal, german_export())
    point = read_differently(portal, first, decimal=".")
    assert redo(portal, undo(portal, point))["dataset"] == point["dataset"]


def test_clicks_that_come_before_an_answer_count_each(portal: Portal) -> None:
    first = import_file(portal, german_export())
    second = read_differently(portal, first, decimal=".")
    third = read_differently(portal, second, header_line=0)
    assert undo(portal, third, clicks=2)["dataset"] == first["dataset"]
    # No further than there is something to go to.
    assert undo(portal, third, clicks=9)["dataset"] == first["dataset"]
    assert redo(portal, first, clicks=2)["dataset"] == third["dataset"]


def test_the_same_file_again_says_so(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    job = portal.upload("kunden.csv", german_export()).get_json()["job"]
    shown = portal.follow({"id": job}, refs)
    assert "nothing changed" in texts(shown["shell-alert.children"])


def test_earlier_files_of_the_session_can_be_opened_again(portal: Portal) -> None:
    first = import_file(portal, german_export(), "may.csv")
    second = import_file(portal, german_export(bad=False), "june.csv")
    shown = json.dumps(page(portal, second))
    assert f"/?data={first['dataset']}" in shown
    assert f"/?data={second['dataset']}" not in shown


def test_every_sheet_of_a_workbook_is_offered(portal: Portal) -> None:
    refs = import_file(portal, workbook("Kunden", "Archiv"), "book.xlsx")
    assert "sheet “Kunden”" in words(portal, refs)
    other = read_differently(portal, refs, sheet="Archiv")
    assert "sheet “Archiv”" in words(portal, other)
    assert "sheet “Kunden”" in words(portal, read_differently(portal, other, sheet="Kunden"))


def test_the_german_export_is_what_its_name_says() -> None:
    table = read_table(german_export(), name="kunden.csv")
    bad = [issue.count for issue in table.issues if issue.kind in ("not_a_number", "missing_word")]
    assert sum(bad) == 12
