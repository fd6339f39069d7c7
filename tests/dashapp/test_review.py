"""Data: what was read, changed over HTTP as the page does it, and with what nobody should send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.pages.data.column_grid import MEANING_WORDS
from dashapp.pages.data.issues.issue_decisions import TITLES, WAYS
from segmentation.table.recipe import FIXES
from segmentation.table.schema.columns import MEANINGS
from tests.callbacks import find_by_input, fire, side_updates, texts
from tests.dashapp.portal import Portal
from tests.dashapp.reviewing import (
    apply_fixes,
    change,
    edit_cell,
    fix_values,
    grid_rows,
    import_file,
    mend,
    page,
    read_differently,
    send_for,
    undo,
    words,
)
from tests.german_export import german_export


def test_bad_cells_are_set_aside_when_the_user_says_so(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    fixes = {"not_a_number:Umsatz": "set_aside", "missing_word:Umsatz": "missing"}
    fixed = dict(apply_fixes(portal, refs, fixes)["shell-refs.data"])
    said = words(portal, fixed)
    assert "Decided by you" in said
    assert "0 duplicate" in said
    assert "120 used" not in said
    again = apply_fixes(portal, fixed, {"not_a_number:Umsatz": "missing"})["shell-refs.data"]
    assert "120 used" in words(portal, again)


def test_one_customer_with_different_data_is_decided_by_the_user(portal: Portal) -> None:
    rows = [f"{i},{20 + i % 40},{100 + i}" for i in range(60)]
    data = "\n".join(["customer_id,age,spend", *rows, "7,27,999", "8,28,888"]).encode()
    refs = import_file(portal, data, "twice.csv")
    said = words(portal, refs)
    assert "several rows have the same id" in said
    assert "999" in said
    kept = apply_fixes(portal, refs, {"repeated_customer": "keep_last"})["shell-refs.data"]
    assert "62 rows read = 60 used + 2 set aside" in words(portal, kept)
    stopped = apply_fixes(portal, refs, {"repeated_customer": "stop"})
    assert "several rows" in texts(stopped["shell-alert.children"])


def test_ambiguous_dates_are_asked_until_they_are_answered(portal: Portal) -> None:
    rows = [f"{i},{1 + i % 12:02d}/{1 + i % 11:02d}/2025,{50 + i}" for i in range(60)]
    refs = import_file(portal, "\n".join(["id,joined,spend", *rows]).encode(), "dates.csv")
    assert "“joined” can be read in two ways" in words(portal, refs)
    answered = apply_fixes(portal, refs, {"ambiguous_date:joined": "day_first"})["shell-refs.data"]
    assert "can be read in two ways" not in words(portal, answered)
    assert "Decided by you" in words(portal, answered)


def test_transactions_offer_a_way_out(portal: Portal) -> None:
    rows = [f"{i},{100 + i % 9},2025-01-{1 + i % 28:02d},{5 + i % 7}" for i in range(90)]
    data = "\n".join(["order_id,customer_id,date,amount", *rows]).encode()
    refs = import_file(portal, data, "orders.csv")
    assert "These are purchases, not customers" in words(portal, refs)
    values = {"data-customer-apply.n_clicks": 1, "data-customer.value": "order_id"}
    moved = change(portal, refs, "data-customer-apply.n_clicks", values)["shell-refs.data"]
    assert "These are purchases" not in words(portal, moved)
    rows_of_grid = {row["name"]: row for row in grid_rows(page(portal, moved))}
    assert rows_of_grid["order_id"]["meaning"] == "Customer id"
    nobody = change(
        portal, refs, "data-customer-apply.n_clicks", values | {"data-customer.value": "–"}
    )["shell-refs.data"]
    assert "These are purchases" not in words(portal, nobody)


def test_transactions_are_recognised_and_said_so(portal: Portal) -> None:
    rows = [f"{i},{i % 20},2025-03-{1 + i % 28:02d},{5 + i % 90}" for i in range(300)]
    data = "\n".join(["invoice,customer_id,date,amount", *rows]).encode()
    said = words(portal, import_file(portal, data, "sales.csv"))
    assert said.count("looks like a transaction") == 1
    assert "Rows 300 one for each purchase" in said


@pytest.mark.parametrize(
    "fixes", [{"not_a_number:Umsatz": "delete"}, {"no_such": "keep"}, {"spelling:Ort": ["keep"]}]
)
def test_fixes_that_no_issue_offers_are_refused(portal: Portal, fixes: dict[str, Any]) -> None:
    refs = import_file(portal, german_export())
    callback = find_by_input(portal.app, "shell-job.data", "data-apply-fixes.n_clicks")
    values = fix_values(fixes) | {"shell-refs.data": refs}
    assert fire(portal.client, callback, values).status_code == 400


def test_a_meaning_moves_from_one_column_to_the_other(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    moved = edit_cell(portal, refs, "Käufe", "meaning", "Spend")["shell-refs.data"]
    rows = {row["name"]: row for row in grid_rows(page(portal, moved))}
    assert rows["Käufe"]["meaning"] == "Spend"
    assert rows["Umsatz"]["meaning"] == "–"


def test_the_order_of_levels_can_be_turned(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    order = "zufrieden < neutral < unzufrieden"
    turned = edit_cell(portal, refs, "Zufriedenheit", "levels", order)["shell-refs.data"]
    rows = {row["name"]: row for row in grid_rows(page(portal, turned))}
    assert rows["Zufriedenheit"]["levels"] == order


def test_a_change_that_does_not_suit_is_refused_and_taken_back(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    row = {"name": "Zufriedenheit", "levels": "neutral < zufrieden"}
    edited = [{"colId": "levels", "data": row}]
    callback = find_by_input(portal.app, "shell-job.data", "data-columns-grid.cellValueChanged")
    answer = fire(
        portal.client,
        callback,
        {"data-columns-grid.cellValueChanged": edited, "shell-refs.data": refs},
    )
    said = side_updates(answer)
    assert "must name each of its levels once" in texts(said["shell-alert"]["children"])
    rows = {row["name"]: row for row in said["data-columns-grid"]["rowData"]}
    assert rows["Zufriedenheit"]["levels"] == "unzufrieden < neutral < zufrieden"


def test_changes_of_columns_survive_another_reading(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    used = edit_cell(portal, refs, "Ort", "use", "basis")["shell-refs.data"]
    fixed = apply_fixes(portal, used, {"not_a_number:Umsatz": "set_aside"})["shell-refs.data"]
    rows = {row["name"]: row for row in grid_rows(page(portal, fixed))}
    assert rows["Ort"]["use"] == "basis"


def test_rows_set_aside_come_back_once_they_are_mended(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    fixes = {"not_a_number:Umsatz": "set_aside"}
    fixed = apply_fixes(portal, refs, fixes)["shell-refs.data"]
    address = f"/download/rejects.csv?data={fixed['dataset']}"
    rejects = portal.client.get(address).get_data(as_text=True)
    mended = rejects.replace("siehe unten", '"100,50"').replace("n/v", '"200,75"')
    assert mended != rejects
    back = mend(portal, fixed, mended.encode())
    said = words(portal, back)
    assert "121 rows read = 120 used + 1 set aside + 0 duplicate" in said
    assert "mended rows joined the data." in said
    assert "1 row is still set aside." in said
    # They stay mended whatever is changed afterwards, and Undo takes them back.
    later = edit_cell(portal, back, "Ort", "use", "basis")["shell-refs.data"]
    again = read_differently(portal, later, encoding="cp1252")
    assert "= 120 used" in words(portal, again)
    assert "120 used" not in words(portal, undo(portal, back))


def test_mended_rows_of_another_file_are_refused(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    foreign = send_for(portal, refs, b"id,line\n1,4\n2,5\n", "mended", "x.csv").get_json()["job"]
    shown = portal.follow({"id": foreign}, refs)
    assert "None of these 2 rows" in texts(shown["shell-alert.children"])
    assert send_for(portal, {}, b"id,line\n1,4\n", "mended", "x.csv").status_code == 400
    stranger = portal.visitor()
    assert send_for(stranger, refs, b"id,line\n1,4\n", "mended", "x.csv").status_code == 410


def test_only_what_was_changed_or_answered_counts(portal: Portal) -> None:
    rows = [f"{i},{1 + i % 12:02d}/{1 + i % 11:02d}/2025,{50 + i}" for i in range(60)]
    rows[7] = "7,01/02/2025,n/a"
    refs = import_file(portal, "\n".join(["id,joined,spend", *rows]).encode(), "dates.csv")
    fixes = {"ambiguous_date:joined": None, "missing_word:spend": "keep"}
    fixed = apply_fixes(portal, refs, fixes)["shell-refs.data"]
    recipe = portal.client.get(f"/download/recipe.json?data={fixed['dataset']}").get_json()
    assert recipe["fixes"] == {"missing_word:spend": "keep"}
    assert "“joined” can be read in two ways" in words(portal, fixed)


def test_a_question_shows_both_answers_by_an_example(portal: Portal) -> None:
    rows = [f"{i},{1 + i % 12:02d}/{1 + i % 11:02d}/2025,{50 + i}" for i in range(60)]
    refs = import_file(portal, "\n".join(["id,joined,spend", *rows]).encode(), "dates.csv")
    shown = json.dumps(page(portal, refs))
    assert "Day first: " in shown
    assert "Month first: " in shown


def test_another_column_of_ids_checks_the_customers_again(portal: Portal) -> None:
    rows = [f"{i},{100 + i % 59},{20 + i % 40},{100 + i}" for i in range(60)]
    data = "\n".join(["customer_id,household,age,spend", *rows]).encode()
    refs = import_file(portal, data, "people.csv")
    assert "several rows have the same id" not in words(portal, refs)
    moved = edit_cell(portal, refs, "household", "meaning", "Customer id")["shell-refs.data"]
    said = words(portal, moved)
    assert "“household”: several rows have the same id" in said
    assert "checked again for customers that come twice" in said
    assert "several rows have the same id" not in words(portal, undo(portal, moved))


def test_a_clean_file_has_no_more_on_screen_than_it_needs(portal: Portal) -> None:
    rows = [f"{i},{20 + i % 40},{100 + 3 * i % 700},{i % 9}" for i in range(80)]
    refs = import_file(portal, "\n".join(["id,age,spend,visits", *rows]).encode(), "clean.csv")
    shown = json.dumps(page(portal, refs))
    assert "Nothing was found wrong with this file." in shown
    for unwanted in ("data-undo", "data-apply-fixes", "Decided by you", "Order, low to high"):
        assert unwanted not in shown


def test_words_exist_for_every_fix_of_the_library() -> None:
    assert set(WAYS) == set(FIXES)
    for kind, ways in WAYS.items():
        assert set(ways) == set(FIXES[kind]) - {"auto"}
        assert kind in TITLES


def test_words_exist_for_every_meaning_of_the_library() -> None:
    assert set(MEANING_WORDS) == {None, *MEANINGS}
