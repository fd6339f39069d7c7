"""All choices of an import as JSON, to replay on next month's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from segmentation.errors import ParameterError
from segmentation.table.column_choices import apply_changes
from segmentation.table.schema.columns import Issue
from segmentation.table.table import Table
from segmentation.table.values.typed_column import Rules

#: Increase when the meaning of a key changes.
VERSION = 1

#: The ways to handle each kind of issue, the default first.
FIXES: dict[str, tuple[str, ...]] = {
    "not_a_number": ("missing", "set_aside"),
    "not_a_date": ("missing", "set_aside"),
    "missing_word": ("missing", "keep"),
    "spelling": ("merge", "keep"),
    "ambiguous_date": ("auto", "month_first", "day_first"),
    "ambiguous_number": ("auto", "point", "comma"),
    "short_row": ("repair", "set_aside"),
    "duplicate_row": ("auto", "drop", "keep"),
    "repeated_customer": ("keep_all", "keep_last", "stop"),
}
_LAYOUT = ("encoding", "delimiter", "decimal", "header_line", "sheet")


@dataclass(frozen=True, slots=True)
class Fixes:
    """The user's choices for handling issues.

    Attributes
    ----------
    chosen : dict
        ``{"not_a_number": "set_aside"}`` for all columns, or ``{"not_a_number:Spend": …}`` for
        one; `FIXES` lists the possible values.

    Examples
    --------
    >>> fixes = Fixes({"spelling": "keep", "spelling:City": "merge"})
    >>> fixes.of("spelling", "City"), fixes.of("spelling", "Tier"), fixes.of("short_row")
    ('merge', 'keep', 'repair')
    """

    chosen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reject unknown kinds and fixes."""
        for key, fix in self.chosen.items():
            kind = key.partition(":")[0]
            if kind not in FIXES:
                raise ParameterError(
                    f"There is nothing to choose for “{kind}”; fixes are for {', '.join(FIXES)}."
                )
            if fix not in FIXES[kind]:
                raise ParameterError(
                    f"“{fix}” is no way to deal with “{kind}”; use one of {', '.join(FIXES[kind])}."
                )

    def of(self, kind: str, column: str | None = None) -> str:
        """Return the fix for a kind of issue, optionally for one column."""
        fallback = self.chosen.get(kind, FIXES[kind][0])
        return fallback if column is None else self.chosen.get(f"{kind}:{column}", fallback)

    def rules(self, column: str, decimal: str, *, settled: bool) -> Rules:
        """Return the rules for reading a column's text.

        Parameters
        ----------
        column : str
            The column's name.
        decimal : str
            The file's decimal mark.
        settled : bool
            Whether the user chose that mark.
        """
        number = self.of("ambiguous_number", column)
        date = self.of("ambiguous_date", column)
        return Rules(
            decimal={"auto": decimal, "point": ".", "comma": ","}[number],
            settled=settled or number != "auto",
            day_first={"auto": None, "month_first": False, "day_first": True}[date],
            merge_spellings=self.of("spelling", column) == "merge",
            missing_words=self.of("missing_word", column) == "missing",
        )


def layout_gone(layout: Mapping[str, Any], error: Exception) -> Issue:
    """Return the issue that an earlier file's layout does not fit this file."""
    chosen = ", ".join(f"{key.replace('_', ' ')} “{value}”" for key, value in layout.items())
    return Issue(
        kind="recipe",
        column=None,
        count=1,
        suggestion=(
            f"The recipe's {chosen} no longer fits. {error} The file was read without that choice."
        ),
    )


def replayed(recipe: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the layout and the fixes that the user chose in a recipe.

    Detected values are detected again: next month's file may have another encoding.

    Parameters
    ----------
    recipe : mapping or None
        A table's recipe.

    Raises
    ------
    ParameterError
        The mapping is not a recipe, or has another version.
    """
    if recipe is None:
        return {}, {}
    if not isinstance(recipe, Mapping) or recipe.get("version") != VERSION:
        raise ParameterError(
            f"This is not a recipe of version {VERSION}. Export it again from a data set."
        )
    chosen, fixes = recipe.get("chosen", {}), recipe.get("fixes", {})
    parts = (chosen, fixes, recipe.get("columns", {}))
    if not all(isinstance(part, Mapping) for part in parts):
        raise ParameterError("The recipe is damaged: choices, fixes and columns must be objects.")
    names = recipe.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ParameterError("The recipe is damaged: its names must be a list of texts.")
    return {key: chosen[key] for key in _LAYOUT if key in chosen}, {**fixes}


def meanings_in(recipe: Mapping[str, Any] | None) -> dict[str, str | None]:
    """Return the user's choice of meaning by column; None means no meaning.

    Reading needs them: the id column decides which rows belong together.

    Parameters
    ----------
    recipe : mapping or None
        A table's recipe.

    Examples
    --------
    >>> meanings_in({"columns": {"Nr": {"meaning": "customer_id"}, "Age": {"use": "basis"}}})
    {'Nr': 'customer_id'}
    """
    changes = {} if recipe is None else dict(recipe.get("columns", {}))
    return {
        name: change["meaning"]
        for name, change in changes.items()
        if isinstance(change, Mapping) and "meaning" in change
    }


def apply_recipe(table: Table, recipe: Mapping[str, Any]) -> Table:
    """Return the table with a recipe's column changes, and issues for those that do not fit.

    Parameters
    ----------
    table : Table
        The table just read.
    recipe : mapping
        The recipe of an earlier table.

    Returns
    -------
    Table
        With the roles and uses of the earlier table. Missing and new columns, and changes that
        no longer fit, become issues of the kind ``"recipe"``.
    """
    names = [column.name for column in table.columns]
    issues = _difference(names, recipe.get("names", names))
    for name, change in dict(recipe.get("columns", {})).items():
        if name not in names:
            continue
        try:
            table = apply_changes(table, {name: change})
        except (ParameterError, AttributeError, TypeError) as error:
            issues.append(_no_longer_fits(str(error), name))
    return replace(table, issues=(*table.issues, *issues))


def _difference(names: list[str], earlier: list[str]) -> list[Issue]:
    gone = [name for name in earlier if name not in names]
    new = [name for name in names if name not in earlier]
    sentences = {
        "The recipe knows columns that this file does not have": gone,
        "This file has columns that the recipe does not know": new,
    }
    return [
        Issue("recipe", None, len(found), (), tuple(found[:5]), f"{text}: {', '.join(found[:5])}.")
        for text, found in sentences.items()
        if found
    ]


def _no_longer_fits(sentence: str, name: str) -> Issue:
    return Issue("recipe", name, 1, (), (), f"The recipe no longer fits here. {sentence}")
