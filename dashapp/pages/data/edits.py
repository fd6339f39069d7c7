"""What the user changed on the Data page, read at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashapp.components.column_grid import MEANING_WORDS, ROLES, USES, parse_levels
from dashapp.components.issue_groups import QUESTIONS, choices_of
from dashapp.components.reading_form import AUTOMATIC, LAST_HEADER_LINE, fields_of, options_of
from dashapp.page import BadInputError, number_or_none, one_of, record, text_or_none
from segmentation import Table

LONGEST_LEVELS = 20_000


def column_changes(value: object, table: Table) -> dict[str, dict[str, Any]]:
    """Read one edited cell of the column grid.

    Returns
    -------
    dict
        Column name → what changed. A meaning that is given to a column is taken from the one
        that had it, since no two columns can stand for the same.
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


def layout_recipe(ids: object, values: object, table: Table) -> dict[str, Any] | None:
    """The recipe that the fields of “Read it differently” ask for.

    Parameters
    ----------
    ids, values
        The fields' ids and values, in the same order.
    table
        What is on screen.

    Returns
    -------
    dict or None
        None where the fields say what the table already is.
    """
    chosen = dict(table.recipe.get("chosen", {}))
    for field, value in _fields(ids, values, "field").items():
        if field not in fields_of(table):
            raise BadInputError("no such choice")
        _choose(chosen, field, value, table)
    if chosen == table.recipe.get("chosen", {}):
        return None
    # Another layout gives other columns; that is no news.
    recipe = {key: value for key, value in table.recipe.items() if key != "names"}
    return recipe | {"chosen": chosen}


def _choose(chosen: dict[str, Any], field: str, value: object, table: Table) -> None:
    current = table.recipe.get(field)
    if field == "header_line":
        line = number_or_none(value)
        if line is None or line == (current or 0):
            return
        if not 0 <= line <= LAST_HEADER_LINE or line != int(line):
            raise BadInputError("expected a line number")
        chosen[field] = int(line)
        return
    text = one_of(value, tuple(options_of(field, table)), str(current or ""))
    if text == AUTOMATIC:
        chosen.pop(field, None)
    elif text != str(current or ""):
        chosen[field] = text


def fixes_recipe(ids: object, values: object, table: Table) -> dict[str, Any] | None:
    """The recipe that the selects beside the issues ask for; None where nothing changes."""
    possible = choices_of(table)
    fixes = dict(table.recipe.get("fixes", {}))
    for key, value in _fields(ids, values, "key").items():
        if key not in possible:
            raise BadInputError("no such issue")
        in_force = possible[key][0]
        way = one_of(value, possible[key], in_force)
        # A question counts as answered even where the answer is what was assumed.
        if way != in_force or key.partition(":")[0] in QUESTIONS:
            fixes[key] = way
    if fixes == table.recipe.get("fixes", {}):
        return None
    return {**table.recipe, "fixes": fixes}


def _fields(ids: object, values: object, part: str) -> Mapping[str, object]:
    """Name of each field → its value."""
    if not isinstance(ids, list) or not isinstance(values, list) or len(ids) != len(values):
        raise BadInputError("expected fields and their values")
    names = [text_or_none(record(id_).get(part), limit=1000) for id_ in ids]
    return {name: value for name, value in zip(names, values, strict=True) if name is not None}
