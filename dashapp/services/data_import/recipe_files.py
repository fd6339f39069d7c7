"""Recipes as files: all choices of an import, to take away and to bring back."""

from __future__ import annotations

import json
from typing import Any

from dashapp.strict_json import parse_json
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
        recipe = parse_json(data, DEPTH)
    except ValueError as error:
        raise no_recipe() from error
    if not isinstance(recipe, dict):
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
