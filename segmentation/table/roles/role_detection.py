"""Detect each column's role and use from its name and values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from segmentation.table.roles.column_meanings import find_meanings, names_a_measure
from segmentation.table.roles.contact_data import contact_reason, masked
from segmentation.table.schema.columns import MAX_LEVELS, UNUSABLE_ROLES, Column, Role, Use
from segmentation.table.values.column_profile import Profiled
from segmentation.table.values.currency import with_currencies
from segmentation.table.values.typed_column import Kind
from segmentation.table.vocabulary.name_patterns import (
    is_code_name,
    is_consent_name,
    is_date_name,
    is_keeper_name,
    is_outcome_name,
    is_personal_name,
    is_place_name,
    is_postcode_name,
    tokens,
)
from segmentation.table.vocabulary.ordinal_scales import known_order
from segmentation.table.vocabulary.value_words import boolean_pair

#: A category with more levels than this describes segments but does not drive them.
MOST_BASIS_LEVELS = 20

#: Text with a larger share of distinct values is not a category.
_MOST_DISTINCT_SHARE = 0.5

#: Columns named like codes are identifiers if they have more distinct values.
_FEWEST_CODES = 20

_EXAMPLES = 5


def find_roles(columns: list[Profiled]) -> tuple[Column, ...]:
    """Return all columns of a table with role, use and meaning.

    Parameters
    ----------
    columns : list of Profiled
        The typed columns.

    Returns
    -------
    tuple of Column
        In the same order; no two share a meaning.
    """
    found = [_column(column) for column in columns]
    meanings = find_meanings(found, [column.series for column in columns])
    named = [_with_meaning(column, meanings.get(column.name)) for column in found]
    return with_currencies(named, [column.currency for column in columns])


def _with_meaning(column: Column, meaning: str | None) -> Column:
    """Return a column with its meaning; customer ids are identifiers even if they repeat."""
    if meaning != "customer_id" or column.role is Role.IDENTIFIER:
        return replace(column, meaning=meaning)
    return replace(
        column,
        meaning=meaning,
        role=Role.IDENTIFIER,
        use=Use.IGNORED,
        levels=(),
        reason="The name says that these are ids.",
    )


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


#: A role, its levels and a sentence with the reason.
_Found = tuple[Role, tuple[str, ...], str]


def _role(column: Profiled) -> _Found:
    """Return the first role that fits."""
    for fits in (_contact, _constant, _date, _identifier, _binary):
        found = fits(column)
        if found is not None:
            return found
    return _number_role(column) if column.kind is Kind.NUMBER else _word_role(column)


def _contact(column: Profiled) -> _Found | None:
    if column.kind is Kind.DATE:
        return None
    reason = contact_reason(column.name, pa.array(column.levels, pa.string()))
    return (Role.CONTACT, (), reason) if reason else None


def _constant(column: Profiled) -> _Found | None:
    if column.distinct > 1:
        return None
    only = f"Every value is “{column.levels[0]}”." if column.distinct else "It has no values."
    return Role.CONSTANT, (), only


def _date(column: Profiled) -> _Found | None:
    return (Role.DATE, (), "The values are dates.") if column.kind is Kind.DATE else None


def _binary(column: Profiled) -> _Found | None:
    if column.distinct != 2:
        return None
    return Role.BINARY, _two_levels(column.levels), "There are two values."


def _identifier(column: Profiled) -> _Found | None:
    if not _may_be_codes(column) or is_place_name(column.name):
        return None
    for fits, reason in _IDENTIFIER_REASONS:
        if fits(column):
            return Role.IDENTIFIER, (), reason
    return None


def _is_named_code(column: Profiled) -> bool:
    unique = column.distinct == column.present
    return is_code_name(column.name) and (unique or column.distinct > _FEWEST_CODES)


def _is_unique(column: Profiled) -> bool:
    return column.distinct == column.present >= 3


def _is_digit_code(column: Profiled) -> bool:
    """Return whether text holds whole numbers that are too long or have leading zeros."""
    if column.kind is not Kind.TEXT or column.distinct <= _FEWEST_CODES:
        return False
    return sum(level.isdigit() for level in column.levels) > 0.95 * len(column.levels)


def _is_row_number(column: Profiled) -> bool:
    if column.kind is not Kind.NUMBER or not _is_unique(column):
        return False
    if is_date_name(column.name) or names_a_measure(column.name):
        return False
    numbers = column.series.dropna().astype("int64").to_numpy()
    return len(numbers) >= 10 and bool((np.diff(numbers) == 1).all())


def _is_own_code(column: Profiled) -> bool:
    """Return whether every row has a unique word containing digits."""
    if column.kind is not Kind.TEXT or not _is_unique(column):
        return False
    words = sum(" " not in level and any(map(str.isdigit, level)) for level in column.levels)
    return words > 0.95 * len(column.levels)


_IDENTIFIER_REASONS = (
    (_is_named_code, "The name says that these are ids."),
    (_is_digit_code, "The values are codes of digits."),
    (_is_row_number, "The values count up row by row."),
    (_is_own_code, "Every row has its own code."),
)


def _may_be_codes(column: Profiled) -> bool:
    """Return whether values are text or whole numbers; amounts with cents are not ids.

    Ids such as "7.0" come from programs that store integers with gaps as floats.
    """
    if column.kind is Kind.TEXT or str(column.series.dtype).lower().startswith("int"):
        return True
    if column.series.dtype.kind != "f" or not is_code_name(column.name):
        return False
    present = column.series.dropna()
    return bool((present == present.round()).all())


def _two_levels(levels: list[str]) -> tuple[str, ...]:
    """Return two levels in order: "no" before "yes", low before high, by number."""
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
    """Return the default use, and a reason if it is not obvious."""
    if role in UNUSABLE_ROLES:
        return Use.IGNORED, "Contact data never enter segments." if role is Role.CONTACT else ""
    why = next((reason for fits, reason in _DESCRIPTOR_REASONS if fits(column, role, levels)), "")
    return (Use.DESCRIPTOR, why) if why else (Use.BASIS, "")


def _is_place(column: Profiled, role: Role, levels: tuple[str, ...]) -> bool:
    del levels
    return is_place_name(column.name) and (role is not Role.NUMERIC or _is_coordinate(column.name))


#: Roles of columns with a few levels.
_WORDS = frozenset({Role.BINARY, Role.NOMINAL, Role.ORDINAL})

#: Why a column only describes segments; the first matching reason applies.
_DESCRIPTOR_REASONS: tuple[tuple[Callable[[Profiled, Role, tuple[str, ...]], bool], str], ...] = (
    (lambda _column, role, _levels: role is Role.DATE, "Dates describe segments."),
    (_is_place, "Places describe segments."),
    (
        lambda column, _role, _levels: is_personal_name(column.name),
        "Personal traits describe segments, but do not drive them.",
    ),
    # Any of these would split customers whose behavior is the same.
    (
        lambda column, role, _levels: role in _WORDS and is_consent_name(column.name),
        "What customers allow describes segments, but does not drive them.",
    ),
    (
        lambda column, role, _levels: role in _WORDS and is_outcome_name(column.name),
        "An outcome describes segments, but does not drive them.",
    ),
    (
        lambda column, role, _levels: role is Role.NOMINAL and is_keeper_name(column.name),
        "Who looks after customers describes segments, but does not drive them.",
    ),
    (
        lambda _column, role, levels: role is Role.NOMINAL and len(levels) > MOST_BASIS_LEVELS,
        "Too many categories to drive segments.",
    ),
    (
        lambda column, _role, _levels: column.present * 2 < len(column.series),
        "More than half of its cells are empty.",
    ),
)
