"""What each column is and what it is used for: found from its name and its values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.table.columns import MAX_LEVELS, Column, Role, Use
from segmentation.table.contact import contact_reason, masked
from segmentation.table.meanings import find_meanings
from segmentation.table.names import (
    is_code_name,
    is_date_name,
    is_personal_name,
    is_place_name,
    is_postcode_name,
    tokens,
)
from segmentation.table.scales import known_order
from segmentation.table.typing_text import Kind, Typed
from segmentation.table.words import boolean_pair

#: A category with more levels than this describes segments but does not drive them.
MOST_BASIS_LEVELS = 20
#: Text whose share of distinct values is above this is no category.
_MOST_DISTINCT_SHARE = 0.5
#: Codes by name are identifiers when they have more distinct values than this.
_FEWEST_CODES = 20
_EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class Profiled:
    """A typed column with its distinct values, most frequent first.

    Attributes
    ----------
    name : str
        The column's name.
    series : Series
        The typed values.
    kind : Kind
        What the cells are.
    levels : list of str
        Distinct values as text, most frequent first; at most `MAX_LEVELS` + 1 of them.
    distinct, missing : int
        Numbers of distinct values and of rows without one.
    """

    name: str
    series: pd.Series
    kind: Kind
    levels: list[str]
    distinct: int
    missing: int

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return len(self.series) - self.missing


def profile_column(name: str, series: pd.Series, kind: Kind) -> Profiled:
    """Count a typed column's distinct values.

    Parameters
    ----------
    name : str
        The column's name.
    series : Series
        Typed values.
    kind : Kind
        What they are.
    """
    counts = series.value_counts()
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    return Profiled(name, series, kind, levels, len(counts), int(series.isna().sum()))


def profile_typed(name: str, typed: Typed) -> Profiled:
    """Count the distinct values of a column that was typed from text.

    Parameters
    ----------
    name : str
        The column's name.
    typed : Typed
        What typing found; counting its distinct values is much cheaper than its rows.
    """
    values = pd.Series(typed.distinct)
    counts = pd.Series(typed.text.counts()).groupby(values, sort=False).sum()
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
    levels = [level_text(value) for value in counts.index[: MAX_LEVELS + 1]]
    missing = len(typed.series) - int(counts.sum())
    return Profiled(name, typed.series, typed.kind, levels, len(counts), missing)


def level_text(value: object) -> str:
    """Write a value the way a level is written: whole numbers without a point.

    Examples
    --------
    >>> level_text(2.0), level_text("Gold"), level_text(True)
    ('2', 'Gold', 'True')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M") if value.time().hour else f"{value:%Y-%m-%d}"
    return str(value)


def find_roles(columns: list[Profiled]) -> tuple[Column, ...]:
    """Find role, use and meaning of all columns of a table.

    Parameters
    ----------
    columns : list of Profiled
        The typed columns.

    Returns
    -------
    tuple of Column
        In the same order; no two have the same meaning.
    """
    found = [_column(column) for column in columns]
    meanings = find_meanings(found, [column.series for column in columns])
    return tuple(replace(column, meaning=meanings.get(column.name)) for column in found)


def _column(column: Profiled) -> Column:
    role, levels, reason = _role(column)
    use, why = _use(column, role, levels)
    examples = column.levels[:_EXAMPLES]
    if role is Role.CONTACT:
        examples = [masked(text) for text in examples]
    return Column(
        name=column.name,
        role=role,
        use=use,
        reason=f"{reason} {why}".strip(),
        levels=levels[:MAX_LEVELS],
        missing=column.missing,
        distinct=column.distinct,
        examples=tuple(examples),
    )


def _role(column: Profiled) -> tuple[Role, tuple[str, ...], str]:
    """Return the role, its levels and a sentence that says why."""
    if column.distinct <= 1:
        only = f"Every value is “{column.levels[0]}”." if column.distinct else "It has no values."
        hidden = contact_reason(column.name, pa.array(column.levels, pa.string()))
        return (Role.CONTACT, (), hidden) if hidden else (Role.CONSTANT, (), only)
    if column.kind is Kind.DATE:
        return Role.DATE, (), "The values are dates."
    contact = contact_reason(column.name, pa.array(column.levels, pa.string()))
    if contact:
        return Role.CONTACT, (), contact
    identifier = _identifier_reason(column)
    if identifier:
        return Role.IDENTIFIER, (), identifier
    if column.distinct == 2:
        return Role.BINARY, _two_levels(column.levels), "There are two values."
    if column.kind is Kind.NUMBER:
        return _number_role(column)
    return _word_role(column)


def _identifier_reason(column: Profiled) -> str | None:
    """Say why a column identifies rows or customers, or return None."""
    unique = column.distinct == column.present
    if not _may_be_codes(column) or is_place_name(column.name):
        return None
    if column.kind is Kind.TEXT and column.distinct > _FEWEST_CODES and _are_digits(column.levels):
        return "The values are codes of digits."
    if is_code_name(column.name) and (unique or column.distinct > _FEWEST_CODES):
        return "The name says that these are ids."
    if not unique or column.present < 3:
        return None
    if column.kind is Kind.NUMBER:
        counts_up = _counts_up(column.series) and not is_date_name(column.name)
        return "The values count up row by row." if counts_up else None
    without_blanks = sum(" " not in level for level in column.levels) / len(column.levels)
    with_digits = sum(any(c.isdigit() for c in level) for level in column.levels)
    if without_blanks > 0.95 and with_digits / len(column.levels) > 0.95:
        return "Every row has its own code."
    return None


def _are_digits(levels: list[str]) -> bool:
    """Tell whether texts are whole numbers, which are text because of leading zeros or length."""
    return sum(level.isdigit() for level in levels) > 0.95 * len(levels)


def _may_be_codes(column: Profiled) -> bool:
    """Tell whether values are whole numbers or text: amounts with cents are no ids."""
    return column.kind is Kind.TEXT or str(column.series.dtype).lower().startswith("int")


def _counts_up(series: pd.Series) -> bool:
    numbers = series.dropna().astype("int64").to_numpy()
    return len(numbers) >= 10 and bool((np.diff(numbers) == 1).all())


def _two_levels(levels: list[str]) -> tuple[str, ...]:
    """Put "no" before "yes", low before high, a smaller number before a greater one."""
    pair = boolean_pair(pa.array(levels))
    if pair is not None:
        return tuple(sorted(levels, key=lambda level: pair.index(level.lower())))
    order = known_order(levels)
    if order is not None:
        return order
    try:
        return tuple(sorted(levels, key=float))
    except ValueError:
        return tuple(sorted(levels))


def _number_role(column: Profiled) -> tuple[Role, tuple[str, ...], str]:
    if is_postcode_name(column.name):
        return Role.NOMINAL, tuple(column.levels), "The name says that these are postcodes."
    coded = column.distinct <= MOST_BASIS_LEVELS and "Int" in str(column.series.dtype)
    if coded and (is_place_name(column.name) or is_personal_name(column.name)):
        return Role.NOMINAL, tuple(column.levels), "The numbers stand for categories."
    return Role.NUMERIC, (), "The values are numbers."


def _word_role(column: Profiled) -> tuple[Role, tuple[str, ...], str]:
    order = known_order(column.levels) if column.distinct <= MAX_LEVELS else None
    if order is not None:
        return Role.ORDINAL, order, "The levels have a known order."
    few = column.distinct <= max(MOST_BASIS_LEVELS, _MOST_DISTINCT_SHARE * column.present)
    all_different = column.distinct > _MOST_DISTINCT_SHARE * column.present and column.distinct > 5
    if column.distinct > MAX_LEVELS or not few or (all_different and column.present > 10):
        return Role.TEXT, (), f"There are {column.distinct:,} different texts."
    return Role.NOMINAL, tuple(column.levels), f"There are {column.distinct} categories."


def _is_coordinate(name: str) -> bool:
    return tokens(name)[-1:] in {("latitude",), ("longitude",), ("lat",), ("lng",), ("lon",)}


def _use(column: Profiled, role: Role, levels: tuple[str, ...]) -> tuple[Use, str]:
    """Return the default use and a sentence that says why where it is not obvious."""
    if role in {Role.IDENTIFIER, Role.TEXT, Role.CONSTANT}:
        return Use.IGNORED, ""
    if role is Role.CONTACT:
        return Use.IGNORED, "Contact data never enter segments."
    if role is Role.DATE:
        return Use.DESCRIPTOR, "Dates describe segments."
    if is_place_name(column.name) and (role is not Role.NUMERIC or _is_coordinate(column.name)):
        return Use.DESCRIPTOR, "Places describe segments."
    if is_personal_name(column.name):
        return Use.DESCRIPTOR, "Personal traits describe segments, but do not drive them."
    if role is Role.NOMINAL and len(levels) > MOST_BASIS_LEVELS:
        return Use.DESCRIPTOR, "Too many categories to drive segments."
    return Use.BASIS, ""
