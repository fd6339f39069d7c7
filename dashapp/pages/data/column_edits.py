"""Validation of the user's edits on the Data page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashapp.page.inputs import BadInputError, number_or_none, one_of, record, text_or_none
from dashapp.pages.data.column_grid import MEANING_WORDS, ROLES, USES, parse_levels
from dashapp.pages.data.issues.issue_decisions import choices_of, in_force
from dashapp.pages.data.purchases_card import NO_COLUMN
from dashapp.pages.data.reading.reading_form import AUTOMATIC, LAST_HEADER_LINE, Reading
from dashapp.services.datasets import IDS
from segmentation import Table

LONGEST_LEVELS = 20_000


def column_changes(value: object, table: Table) -> dict[str, dict[str, Any]]:
    """Parse one edited cell of the column grid.

    Returns
    -------
    dict
        Column name → change. A meaning belongs to one column only, so assigning it removes it from
        the column that had it.
    """
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        raise BadInputError("expected the grid's change")
    row = record(value[0].get("data"))
    name = text_or_none(row.get("name"))
    if name is None or name not in table.roles:
        raise BadInputError("expected a column name")
    field = one_of(value[0].get("colId"), ("role", "use", "meaning", "levels"), "role")
    if field == "meaning":
        return _meaning_change(name, row.get("meaning"), table)
    if field == "levels":
        return {name: {"levels": parse_levels(_text(row.get("levels")))}}
    allowed = ROLES if field == "role" else USES
    return {name: {field: one_of(row.get(field), allowed, allowed[0])}}


def _meaning_change(name: str, value: object, table: Table) -> dict[str, dict[str, Any]]:
    by_word = {word: meaning for meaning, word in MEANING_WORDS.items()}
    word = one_of(value, tuple(by_word), MEANING_WORDS[None])
    meaning = by_word[word]
    changes: dict[str, dict[str, Any]] = {name: {"meaning": meaning}}
    holder = table.meaning(meaning) if meaning else None
    if holder is not None and holder != name:
        changes[holder] = {"meaning": None}
    return changes


def _text(value: object) -> str:
    return text_or_none(value, limit=LONGEST_LEVELS) or ""


def layout_chosen(ids: object, values: object, reading: Reading) -> dict[str, Any]:
    """Return the file layout chosen in the form.

    Parameters
    ----------
    ids, values
        The fields' ids and values, in the same order.
    reading
        The reading for which the form was rendered.

    Returns
    -------
    dict
        Choices as in a recipe, without those left on automatic.
    """
    chosen = dict(reading.chosen)
    for field, value in _fields(ids, values, "field").items():
        if field not in reading.fields:
            raise BadInputError("no such choice")
        choice = _line(value) if field == "header_line" else _option(value, field, reading)
        chosen.pop(field, None)
        if choice is not None:
            chosen[field] = choice
    return chosen


def _line(value: object) -> int | None:
    line = number_or_none(value)
    if line is None:
        return None
    if not 0 <= line <= LAST_HEADER_LINE or line != int(line):
        raise BadInputError("expected a line number")
    return int(line)


def _option(value: object, field: str, reading: Reading) -> str | None:
    text = one_of(value, tuple(reading.options(field)), AUTOMATIC)
    return None if text == AUTOMATIC else text


def with_layout(recipe: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe with another layout, without the old column names, which no longer apply."""
    kept = {key: value for key, value in recipe.items() if key != "names"}
    return kept | {"chosen": dict(chosen)}


def fixes_recipe(ids: object, values: object, table: Table) -> dict[str, Any] | None:
    """Return the recipe with the choices made in the issues; None if nothing changes.

    Only changed choices and answered questions count.
    """
    possible, holds = choices_of(table), in_force(table)
    fixes = dict(table.recipe.get("fixes", {}))
    for key, value in _fields(ids, values, "key").items():
        if key not in possible:
            raise BadInputError("no such issue")
        way = one_of(value, possible[key], holds[key])
        if way != holds[key]:
            fixes[key] = way
    if fixes == table.recipe.get("fixes", {}):
        return None
    return {**table.recipe, "fixes": fixes}


def ids_change(value: object, table: Table) -> dict[str, dict[str, Any]]:
    """Return the change that makes another column the customer id; empty if there is none."""
    name = one_of(value, (NO_COLUMN, *table.roles), NO_COLUMN)
    holder = table.meaning(IDS)
    changes: dict[str, dict[str, Any]] = {holder: {"meaning": None}} if holder else {}
    return changes if name == NO_COLUMN else changes | {name: {"meaning": IDS}}


def _fields(ids: object, values: object, part: str) -> Mapping[str, object]:
    """Map each field's name to its value."""
    if not isinstance(ids, list) or not isinstance(values, list) or len(ids) != len(values):
        raise BadInputError("expected fields and their values")
    names = [text_or_none(record(id_).get(part), limit=1000) for id_ in ids]
    return {name: value for name, value in zip(names, values, strict=True) if name is not None}
