"""A file that cannot be read by itself stays, with a form to correct it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import Portal
from tests.dashapp.reviewing import (
    import_file,
    layout_values,
    page,
    preview,
    read_differently,
    undo,
    unread,
    words,
    workbook,
)
from tests.german_export import german_export

# A rare delimiter and a title: too little agrees for the program to be sure.
ODD = "\n".join(
    ["Kundenliste", "id:age:spend", *(f"{i}:{20 + i % 40}:{100 + 3 * i}" for i in range(40))]
).encode()


def test_a_file_that_cannot_be_read_is_kept_with_a_form(portal: Portal) -> None:
    refs = unread(portal, ODD)
    assert refs["upload"]
    said = words(portal, refs)
    assert "only one column" in said
    assert "Tell how to read it" in said
    assert "id:age:spend" in said


def test_the_first_rows_are_seen_before_anything_counts(portal: Portal) -> None:
    refs = unread(portal, ODD)
    seen = preview(portal, refs, delimiter=":")
    assert "3 columns" in seen
    assert "age numeric" in seen
    assert portal.context.datasets.latest(session_of(portal)) is None


def session_of(portal: Portal) -> str:
    return str(portal.context.store.sessions()[0][0])


def test_the_right_choice_makes_a_data_set_of_it(portal: Portal) -> None:
    refs = unread(portal, ODD)
    read = read_differently(portal, refs, delimiter=":")
    assert "upload" not in read
    assert "40 rows read = 40 used" in words(portal, read)


def test_a_wrong_choice_leaves_the_form_with_its_sentence(portal: Portal) -> None:
    refs = unread(portal, ODD)
    again = read_differently(portal, refs, delimiter=":", header_line=900)
    assert again["upload"] == refs["upload"]
    shown = json.dumps(page(portal, again))
    assert "Tell how to read it" in shown
    assert '"value": 900' in shown


def test_a_choice_that_does_not_work_is_seen_before_it_counts(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    assert "Not readable this way." in preview(portal, refs, delimiter="\t")
    assert "not written in utf-8" in preview(portal, refs, encoding="utf-8")
    assert "decimal point" in preview(portal, refs, decimal=".")
    assert "decimal comma" in words(portal, refs)


def test_previews_hide_contact_data(portal: Portal) -> None:
    people = [f"{i},Person{i} Smith,{20 + i % 40},{100 + i}" for i in range(60)]
    data = "\n".join(["customer_id,customer name,age,spend", *people]).encode()
    seen = preview(portal, import_file(portal, data, "people.csv"), decimal=",")
    assert "Smith" not in seen
    assert "P•••" in seen


def test_sheets_of_a_workbook_are_previewed(portal: Portal) -> None:
    refs = import_file(portal, workbook("Kunden", "Archiv"), "book.xlsx")
    assert "sheet “Archiv”" in preview(portal, refs, sheet="Archiv")


def test_a_data_set_stays_in_reach_while_the_next_file_cannot_be_read(portal: Portal) -> None:
    first = import_file(portal, german_export(), "may.csv")
    refs = unread(portal, ODD, "june.csv", first)
    assert refs["dataset"] == first["dataset"]
    assert f"/?data={first['dataset']}" in json.dumps(page(portal, refs))


def test_a_reload_finds_the_file_that_waits(portal: Portal) -> None:
    refs = unread(portal, ODD)
    values = {"shell-asked.data": f"?upload={refs['upload']}", "shell-refs.data": None}
    found = portal.fire("shell-refs.data", "shell-asked.data", values)["shell-refs.data"]
    assert found["upload"] == refs["upload"]
    lost = portal.visitor().fire("shell-refs.data", "shell-asked.data", values)
    assert "upload" not in lost["shell-refs.data"]
    assert lost["shell-refs.data"]["expired"]


def test_the_next_odd_file_of_the_same_columns_reads_by_itself(portal: Portal) -> None:
    read_differently(portal, unread(portal, ODD, "may.csv"), delimiter=":")
    june = import_file(portal, ODD.replace(b"100", b"200"), "june.csv")
    said = words(portal, june)
    assert "Your choices for “may.csv” were repeated" in said
    assert "40 rows read = 40 used" in said


@pytest.mark.parametrize(
    "data", [b"<html><table></table>", b"\x1f\x8b" + b"x" * 90, b" \n", b"PAR1 and nothing else"]
)
def test_what_no_choice_can_mend_has_no_form(portal: Portal, data: bytes) -> None:
    job = portal.upload("x", data).get_json()["job"]
    shown = portal.follow({"id": job}, {})
    assert "message-danger" in json.dumps(shown["shell-alert.children"])
    assert "shell-refs.data" not in shown


@pytest.mark.parametrize(
    "fields", [{"delimiter": "<script>"}, {"header_line": 1.5}, {"sheet": "x"}, {"nothing": "x"}]
)
def test_choices_that_no_field_offers_are_refused(portal: Portal, fields: dict[str, Any]) -> None:
    refs = unread(portal, ODD)
    for input_ in ("data-layout.value", "data-read.n_clicks"):
        callback = find_by_input(portal.app, "shell-job.data", input_)
        values = layout_values(**fields) | {"shell-refs.data": refs, "data-read.n_clicks": 1}
        assert fire(portal.client, callback, values).status_code == 400


def test_undo_leads_from_the_corrected_reading_nowhere(portal: Portal) -> None:
    read = read_differently(portal, unread(portal, ODD), delimiter=":")
    assert "data-undo" not in json.dumps(page(portal, read))
    comma = read_differently(portal, read, decimal=",")
    assert undo(portal, comma)["dataset"] == read["dataset"]
