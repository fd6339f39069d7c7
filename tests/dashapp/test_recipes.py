"""Recipes: choices that come back by themselves, as a file, and what is no recipe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.callbacks import texts
from tests.dashapp.portal import Portal
from tests.dashapp.reviewing import (
    apply_fixes,
    apply_recipe,
    import_file,
    read_differently,
    undo,
    words,
    workbook,
)
from tests.german_export import german_export


def test_the_next_file_of_the_same_shape_gets_the_same_choices(portal: Portal) -> None:
    may = import_file(portal, german_export())
    apply_fixes(portal, may, {"not_a_number:Umsatz": "set_aside"})
    june = import_file(portal, german_export("Kundenliste Juni 2026").replace(b"1000", b"2000"))
    said = words(portal, june)
    assert "Your choices for “kunden.csv” were repeated" in said
    assert "120 used" not in said
    assert "120 used" in words(portal, undo(portal, june))


def test_a_recipe_downloads_and_applies_to_the_next_file(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    fixed = apply_fixes(portal, refs, {"not_a_number:Umsatz": "set_aside"})["shell-refs.data"]
    recipe = portal.client.get(f"/download/recipe.json?data={fixed['dataset']}").get_data()
    assert json.loads(recipe)["fixes"] == {"not_a_number:Umsatz": "set_aside"}

    stranger = portal.visitor()
    theirs = import_file(stranger, german_export().replace(b"Ort", b"Stadt"))
    done = stranger.follow({"id": apply_recipe(stranger, theirs, recipe).get_json()["job"]}, theirs)
    said = words(stranger, done["shell-refs.data"])
    assert "The recipe was applied." in said
    assert "120 used" not in said
    assert "columns that the recipe does not know: Stadt" in said


@pytest.mark.parametrize(
    "data",
    [b"id,age\n1,2\n", b"[]", b"[" * 90_000, b'{"names": [[1]]}', b'{"version": NaN}', b"\xff\xfe",
     b'{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}'],
    ids=["csv", "list", "deep", "names", "nan", "bytes", "nested"],
)  # fmt: skip
def test_files_that_are_no_recipe_are_refused_with_a_sentence(portal: Portal, data: bytes) -> None:
    refs = import_file(portal, german_export())
    job = apply_recipe(portal, refs, data).get_json()["job"]
    assert "no recipe" in texts(portal.follow({"id": job}, refs)["shell-alert.children"])


@pytest.mark.parametrize(
    "recipe",
    [{"version": 9}, {"version": 1, "chosen": {"decimal": "x"}}, {"version": 1, "fixes": {"a": 1}},
     {"version": 1, "columns": []}, {"version": 1, "fixes": {"spelling": ["keep"]}}],
)  # fmt: skip
def test_recipes_that_cannot_be_followed_end_in_a_sentence(portal: Portal, recipe: Any) -> None:
    refs = import_file(portal, german_export())
    job = apply_recipe(portal, refs, json.dumps(recipe).encode()).get_json()["job"]
    shown = portal.follow({"id": job}, refs)
    assert "message-danger" in json.dumps(shown["shell-alert.children"])
    assert "Something went wrong" not in json.dumps(shown["shell-alert.children"])


def test_a_recipe_needs_a_file_of_this_session(portal: Portal) -> None:
    recipe = b'{"version": 1}'
    assert apply_recipe(portal, {}, recipe).status_code == 400
    assert apply_recipe(portal, portal.with_sample(), recipe).status_code == 400
    theirs = import_file(portal.visitor(), german_export())
    assert apply_recipe(portal, theirs, recipe).status_code == 410


def test_a_recipe_is_its_owners_alone(portal: Portal) -> None:
    refs = import_file(portal, german_export())
    address = f"/download/recipe.json?data={refs['dataset']}"
    assert portal.client.get(address).status_code == 200
    assert portal.visitor().client.get(address).status_code == 410
    assert portal.client.get("/download/recipe.json?data=../x").status_code == 400


def test_choices_that_do_not_suit_the_next_file_are_left_and_said(portal: Portal) -> None:
    may = import_file(portal, workbook("Kunden", "Archiv"), "may.xlsx")
    read_differently(portal, may, sheet="Archiv")
    june = import_file(portal, workbook("Kunden"), "june.xlsx")
    said = words(portal, june)
    assert "The recipe's sheet “Archiv” no longer fits." in said
    assert "sheet “Kunden”" in said
