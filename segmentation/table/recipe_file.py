"""Load and save recipe files, as written by the portal and the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segmentation.errors import ParameterError

#: Maximum file size; recipes, which list columns and their levels, are far smaller.
_MOST_BYTES = 1024 * 1024


def load_recipe(source: str | os.PathLike[str]) -> dict[str, Any]:
    """Return a recipe loaded from a file.

    Its content is checked when a table is read with it.

    Parameters
    ----------
    source : path
        A JSON file.

    Raises
    ------
    ParameterError
        The file does not exist or is not a recipe.
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
    """Write a recipe atomically as a readable JSON file.

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
