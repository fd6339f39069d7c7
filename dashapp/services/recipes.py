"""Recipes as files: all choices of an import, to take away and to bring back."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from segmentation import ParameterError, Table

# A recipe names columns and the order of their levels; it never comes near this size.
RECIPE_BYTES = 1024 * 1024
DEPTH = 6


def recipe_bytes(table: Table) -> bytes:
    """A table's recipe as a JSON file that people can read."""
    return json.dumps(table.recipe, ensure_ascii=False, indent=2).encode()


def parse_recipe(data: bytes) -> dict[str, Any]:
    """Read a recipe that somebody uploads.

    What it says is checked when the file is read with it; here it only becomes plain JSON.

    Raises
    ------
    ParameterError
        If it is no recipe.

    Examples
    --------
    >>> parse_recipe(b'{"version": 1, "chosen": {"decimal": ","}}')
    {'version': 1, 'chosen': {'decimal': ','}}
    >>> parse_recipe(b"id,age")
    Traceback (most recent call last):
    segmentation.errors.ParameterError: This file is no recipe. Choose one that was downloaded...
    """
    try:
        recipe = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise no_recipe() from error
    if not isinstance(recipe, dict) or not _is_shallow(recipe, DEPTH):
        raise no_recipe()
    names = recipe.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise no_recipe()
    return recipe


def no_recipe() -> ParameterError:
    """The sentence for everything that is no recipe."""
    return ParameterError(
        "This file is no recipe. Choose one that was downloaded here with “Download recipe”."
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(item, depth - 1) for item in inner)
