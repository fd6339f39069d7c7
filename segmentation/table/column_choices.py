"""Apply a user's changes to columns: role, use, meaning and the order of levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from segmentation.errors import ParameterError
from segmentation.table.schema.columns import (
    MAX_LEVELS,
    MEANINGS,
    UNUSABLE_ROLES,
    Column,
    Role,
    Use,
)
from segmentation.table.schema.table_data import TableData
from segmentation.table.values.column_profile import level_text

#: A table, or its bare values.
Data = TypeVar("Data", bound=TableData)
_KEYS = ("role", "use", "meaning", "levels")
_WITH_LEVELS = frozenset({Role.ORDINAL, Role.NOMINAL, Role.BINARY})


def apply_changes(table: Data, changes: Mapping[str, Mapping[str, Any]]) -> Data:
    """Return the table with the user's changes to its columns.

    Parameters
    ----------
    table : TableData
        The table to change.
    changes : mapping of column name to mapping
        Any of ``role``, ``use``, ``meaning`` and ``levels``.

    Raises
    ------
    ParameterError
        A column or key does not exist, or a change does not fit the values.
    """
    columns = {column.name: column for column in table.columns}
    frame = table.frame
    for name, change in changes.items():
        _check_keys(name, change)
        column, series = _changed(table.column(name), frame[name], change)
        columns[name] = table.population.settle(column, change) if table.population else column
        if series is not frame[name]:
            frame = frame.assign(**{name: series})
    _check_meanings(list(columns.values()))
    recipe = dict(table.recipe)
    recipe["columns"] = dict(recipe.get("columns", {})) | {
        name: dict(recipe.get("columns", {}).get(name, {})) | _plain(change)
        for name, change in changes.items()
    }
    return replace(table, frame=frame, columns=tuple(columns.values()), recipe=recipe)


def _plain(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if key == "levels" else (None if value is None else str(value))
        for key, value in change.items()
    }


def _check_keys(name: str, change: Mapping[str, Any]) -> None:
    unknown = [str(key) for key in change if key not in _KEYS]
    if unknown:
        raise ParameterError(
            f"Column “{name}”: “{unknown[0]}” cannot be changed; use one of {', '.join(_KEYS)}."
        )


def _changed(
    column: Column, series: pd.Series, change: Mapping[str, Any]
) -> tuple[Column, pd.Series]:
    role = _choice(Role, column, "role", change.get("role", column.role))
    if role is not column.role or "levels" in change:
        series = _suited(column, series, role)
        levels = _levels(column, series, role, change.get("levels"))
        reason = "You chose this."
    else:
        levels, reason = column.levels, column.reason
    default = Use.IGNORED if role in UNUSABLE_ROLES else column.use
    use = _choice(Use, column, "use", change.get("use", default))
    if use is not Use.IGNORED and role in UNUSABLE_ROLES:
        raise ParameterError(
            f"Column “{column.name}” is of the role “{role}”, which cannot take part in "
            f"segments; choose another role for it first."
        )
    meaning = change.get("meaning", column.meaning)
    if meaning is not None and meaning not in MEANINGS:
        raise ParameterError(
            f"Column “{column.name}”: there is no meaning “{meaning}”; "
            f"use one of {', '.join(MEANINGS)}."
        )
    reason = "You chose this." if "use" in change else reason
    changed = replace(column, role=role, use=use, levels=levels, reason=reason, meaning=meaning)
    return changed, series


def _choice(kind: Any, column: Column, key: str, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(str(member) for member in kind)
        raise ParameterError(
            f"Column “{column.name}”: there is no {key} “{value}”; use one of {known}."
        ) from error


def _suited(column: Column, series: pd.Series, role: Role) -> pd.Series:
    """Return the values converted for a role; raise if they do not fit it."""
    is_number = series.dtype.kind in "iuf"
    if role is Role.NUMERIC and not is_number:
        numbers = pd.to_numeric(series, errors="coerce")
        if int(numbers.notna().sum()) < int(series.notna().sum()):
            raise _unsuited(column, role, "its values are not numbers")
        return numbers.astype("float64")
    if role is Role.DATE and series.dtype.kind != "M":
        raise _unsuited(column, role, "its values are not dates")
    if role is Role.BINARY and series.nunique() != 2:
        raise _unsuited(column, role, f"it has {series.nunique():,} different values, not 2")
    if role in _WITH_LEVELS and series.nunique() > MAX_LEVELS:
        raise _unsuited(column, role, f"it has more than {MAX_LEVELS} different values")
    if role in {Role.ORDINAL, Role.NOMINAL} and series.dtype.kind == "M":
        raise _unsuited(column, role, "its values are dates")
    return series


def _unsuited(column: Column, role: Role, because: str) -> ParameterError:
    return ParameterError(f"Column “{column.name}” cannot be {role}: {because}.")


def _levels(
    column: Column, series: pd.Series, role: Role, given: Sequence[Any] | None
) -> tuple[str, ...]:
    """Return the levels for a role; a user's order must name each level once."""
    if role not in _WITH_LEVELS:
        return ()
    counts = series.value_counts()
    present = [level_text(value) for value in counts.index]
    if given is None:
        if role is Role.NOMINAL:
            return tuple(present)
        return tuple(level_text(value) for value in sorted(counts.index))
    wanted = [str(level) for level in given]
    if len(set(wanted)) < len(wanted) or not set(present) <= set(wanted):
        raise ParameterError(
            f"Column “{column.name}”: the order must name each of its levels once, which are "
            f"{', '.join(present[:20])}."
        )
    return tuple(wanted)


def _check_meanings(columns: list[Column]) -> None:
    taken: dict[str, str] = {}
    for column in columns:
        if column.meaning is None:
            continue
        if column.meaning in taken:
            raise ParameterError(
                f"“{taken[column.meaning]}” and “{column.name}” cannot both stand for "
                f"“{column.meaning}”; take it from one of them first."
            )
        taken[column.meaning] = column.name
