"""The rows and columns that training works on, in an order that depends on the data alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError, ParameterError
from segmentation.segments.profiles.column_values import (
    LevelValues,
    Measured,
    NumericValues,
    Yardsticks,
    measure,
)
from segmentation.segments.refit_identity import Members
from segmentation.table.schema.columns import UNUSABLE_ROLES, Column, Role, Use

Integers = npt.NDArray[np.intp]

# Odd multiplier of a 64-bit mix, from SplitMix64 (Steele, Lea and Flood, "Fast splittable
# pseudorandom number generators", OOPSLA 2014).
MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
SHIFT = np.uint64(31)


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """A table in canonical order.

    Attributes
    ----------
    frame
        (n, …) rows, sorted by a hash of their used values.
    columns
        Descriptions with the final uses.
    measured
        The used columns as arrays, in the same order.
    order
        (n,) row of the given table that each row is.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    measured: Measured
    order: Integers

    @property
    def bases(self) -> tuple[Column, ...]:
        """Columns that drive the segments."""
        return tuple(column for column in self.columns if column.use is Use.BASIS)

    @property
    def monetary(self) -> str | None:
        """Name of the column that holds what customers spend, or else pay regularly."""
        numbers = {c.meaning: c.name for c in self.columns if c.role is Role.NUMERIC}
        return numbers.get("spend") or numbers.get("fee")

    @property
    def identifier(self) -> str | None:
        """Name of the column that holds the customers' ids."""
        ids = [column for column in self.columns if column.role is Role.IDENTIFIER]
        named = [column for column in ids if column.meaning == "customer_id"] or ids
        return named[0].name if named else None

    def members(self, labels: Integers) -> Members:
        """Sketch who is in which segment; labels stand in the order of the rows."""
        name = self.identifier
        return Members.sketch(None if name is None else self.frame[name], labels)

    def kept(self, mask: npt.NDArray[np.bool_]) -> TrainingRows:
        """Return the rows of a mask; the same object where it keeps all."""
        if mask.all():
            return self
        rows = np.flatnonzero(mask)
        return TrainingRows(
            self.frame.take(rows), self.columns, _taken(self.measured, rows), self.order[rows]
        )


def choose_columns(columns: Sequence[Column], names: Sequence[str] | None) -> tuple[Column, ...]:
    """Make the named columns the bases; the other bases become descriptors.

    Raises
    ------
    ParameterError
        An unknown name, one that is given twice, or a column that cannot drive segments.
    DataError
        No column drives the segments.
    """
    chosen = tuple(columns) if names is None else _with_bases(columns, names)
    if not any(column.use is Use.BASIS for column in chosen):
        raise DataError(
            "No column can drive the segments: choose at least one column with numbers or "
            "categories that differ between customers."
        )
    return chosen


def _with_bases(columns: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    known = {column.name: column for column in columns}
    for name in names:
        if name not in known:
            raise ParameterError(
                f"There is no column “{name}”. The columns are: {', '.join(known)}."
            )
        if known[name].role in UNUSABLE_ROLES:
            raise ParameterError(
                f"The column “{name}” cannot drive segments: it holds {_held(known[name].role)}."
            )
    wanted = set(names)
    return tuple(replace(column, use=_use(column, wanted)) for column in columns)


def _use(column: Column, wanted: set[str]) -> Use:
    if column.name in wanted:
        return Use.BASIS
    return Use.DESCRIPTOR if column.use is Use.BASIS else column.use


def _held(role: Role) -> str:
    return {
        Role.IDENTIFIER: "ids",
        Role.TEXT: "free text",
        Role.CONSTANT: "one value only",
        Role.CONTACT: "contact data",
    }[role]


def training_rows(
    frame: pd.DataFrame, columns: Sequence[Column], yardsticks: Yardsticks | None = None
) -> TrainingRows:
    """Read the used columns and sort the rows by what they hold.

    Seeds, samples and sums depend on the order of the rows; sorted by a hash of their values,
    the same customers give the same segments whatever order they come in.

    Notes
    -----
    Cost: O(n p) and one sort of n integers. Two different rows among a million share a hash
    with a chance of 3 in 10⁸; then their order is that of the table.
    """
    measured = measure(frame, columns, yardsticks)
    order = np.argsort(_hashes(measured), kind="stable")
    return TrainingRows(frame.take(order), tuple(columns), _taken(measured, order), order)


def _hashes(measured: Measured) -> npt.NDArray[np.uint64]:
    result = np.zeros(measured.size, dtype=np.uint64)
    for numeric in measured.numeric:
        # Adding zero turns the negative zero into the positive one; every NaN counts alike.
        plain = np.where(np.isnan(numeric.data), np.nan, numeric.data + 0.0)
        _mix(result, plain.view(np.uint64))
    for levels in measured.levels:
        # Codes may depend on ties between levels, their names do not.
        names = [f"{level}" for level in levels.levels]
        of_levels = pd.util.hash_array(np.array([*names, ""], dtype=object), categorize=False)
        _mix(result, np.asarray(of_levels, dtype=np.uint64)[levels.codes])
    return result


def _mix(state: npt.NDArray[np.uint64], bits: npt.NDArray[np.uint64]) -> None:
    state ^= bits
    state *= MULTIPLIER
    state ^= state >> SHIFT


def _taken(measured: Measured, rows: Integers) -> Measured:
    return Measured(
        size=len(rows),
        numeric=tuple(NumericValues(v.column, v.data[rows], v.newest) for v in measured.numeric),
        levels=tuple(
            LevelValues(v.column, v.levels, v.codes[rows], v.known[rows]) for v in measured.levels
        ),
    )
