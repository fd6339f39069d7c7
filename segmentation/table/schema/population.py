"""Statistics of all customers if a table's rows are a sample of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from segmentation.errors import ParameterError
from segmentation.table.schema.columns import MAX_LEVELS, Column, Role

_WITH_LEVELS = frozenset({Role.ORDINAL, Role.NOMINAL, Role.BINARY})

#: Maximum number of levels listed in an error.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """Statistics of a numeric column over all rows, in its own units.

    Quartiles are within 0.1 % of the exact values; ``std`` is the sample standard deviation
    (n - 1).
    """

    count: int
    total: float
    mean: float
    std: float
    min: float
    q1: float
    median: float
    q3: float
    max: float


@dataclass(frozen=True, slots=True)
class PopulationColumn:
    """One column over all rows.

    Attributes
    ----------
    kind : str
        ``"number"``, ``"date"`` or ``"text"``.
    missing : int
        Rows without a value.
    levels : dict of str to int, or None
        Rows per level, most frequent first; None if there are more than `MAX_LEVELS`.
    numbers : Numbers or None
        Statistics, if it is read as numbers.
    """

    kind: str
    missing: int
    levels: dict[str, int] | None
    numbers: Numbers | None


@dataclass(frozen=True, slots=True)
class Population:
    """Statistics of all rows that a sample was drawn from.

    Attributes
    ----------
    rows_read, rows_used, rows_set_aside, rows_duplicate : int
        ``rows_read == rows_used + rows_set_aside + rows_duplicate``, always.
    rows_complete : int
        Rows in use without a missing cell.
    columns : dict of str to PopulationColumn
    """

    rows_read: int
    rows_used: int
    rows_set_aside: int
    rows_duplicate: int
    rows_complete: int
    columns: dict[str, PopulationColumn]

    def settle(self, column: Column, change: Mapping[str, Any]) -> Column:
        """Return a changed column with the levels of all rows, not only of the sample.

        Parameters
        ----------
        column
            The column changed on the sample.
        change
            The user's change; see `segmentation.table.column_choices`.

        Raises
        ------
        ParameterError
            The change fits the sample, but not all rows.
        """
        known = self.columns[column.name]
        if column.role is Role.NUMERIC and known.kind != "number":
            raise _unsuited(column, "its values are written as text in the files")
        if column.role not in _WITH_LEVELS or not {"role", "levels"} & set(change):
            return column
        if known.levels is None:
            raise _unsuited(column, f"it has more than {MAX_LEVELS} different values")
        if column.role is Role.BINARY and len(known.levels) != 2:
            raise _unsuited(column, f"it has {len(known.levels)} different values, not 2")
        if change.get("levels") is not None:
            return _ordered_by_user(column, known.levels)
        if column.role is Role.NOMINAL:
            return replace(column, levels=tuple(known.levels))
        rank = float if known.kind == "number" else str
        return replace(column, levels=tuple(sorted(known.levels, key=rank)))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Population:
        """Return the population for values from `to_dict`."""
        columns = {name: _column(one) for name, one in plain["columns"].items()}
        return cls(**{**plain, "columns": columns})


def _column(plain: Mapping[str, Any]) -> PopulationColumn:
    numbers = plain["numbers"]
    return PopulationColumn(**{**plain, "numbers": numbers and Numbers(**numbers)})


def _ordered_by_user(column: Column, levels: Mapping[str, int]) -> Column:
    if not set(levels) <= set(column.levels):
        raise ParameterError(
            f"Column “{column.name}”: the order must name each of its levels once, which are "
            f"{', '.join(list(levels)[:_NAMED])}."
        )
    return column


def _unsuited(column: Column, because: str) -> ParameterError:
    return ParameterError(f"Column “{column.name}” cannot be {column.role}: {because}.")
