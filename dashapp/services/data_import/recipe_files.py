"""Recipes as files: download all choices of an import, and upload them again."""

from __future__ import annotations

import json
from typing import Any

from dashapp.strict_json import parse_json
from segmentation import ParameterError, Table

# A recipe names columns and the order of their levels; it never comes near this size.
RECIPE_BYTES = 1024 * 1024
DEPTH = 6


def recipe_bytes(table: Table) -> bytes:
    """Return a table's recipe as a readable JSON file."""
    return json.dumps(table.recipe, ensure_ascii=False, indent=2).encode()


def parse_recipe(data: bytes) -> dict[str, Any]:
    """Parse an uploaded recipe.

    This only parses JSON; the recipe is checked when the file is read with it.

    Raises
    ------
    ParameterError
        If the file is not a recipe.

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
    """Return the error for a file that is not a recipe."""
    return ParameterError(
        "This file is no recipe. Choose one that was downloaded here with “Download recipe”."
    )
