"""Recipes as files: what the portal downloads and the command line writes, read back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segmentation.errors import ParameterError

#: A recipe names columns and the order of their levels; it never comes near this size.
_MOST_BYTES = 1024 * 1024


def load_recipe(source: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a recipe from its file.

    What it says is checked when a table is read with it.

    Parameters
    ----------
    source : path
        A JSON file.

    Raises
    ------
    ParameterError
        There is no such file, or it is no recipe.
    """
    path = Path(source)
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"The recipe “{path}” cannot be opened. Check the path; a recipe is a JSON file."
        ) from error
    try:
        recipe = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        recipe = None
    if not isinstance(recipe, dict):
        raise ParameterError(
            f"“{path}” is no recipe: a recipe is the JSON file that was saved for a table read "
            "earlier."
        )
    return recipe


def save_recipe(recipe: Mapping[str, Any], target: str | os.PathLike[str]) -> None:
    """Write a recipe as a JSON file that people can read, complete or not at all.

    Parameters
    ----------
    recipe : mapping
        A table's recipe.
    target : path
        Where to write it.
    """
    path = Path(target)
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(recipe, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
