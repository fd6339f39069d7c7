"""Conditions on a segment's profile, evaluated with the numbers that speak for or against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation.segments.naming.phrases import label, listing, percent, value
from segmentation.segments.naming.traits import (
    NO,
    SMALLEST_EFFECT,
    YES,
    apart,
    comparison,
    distinctive_traits,
    level_effect,
    said,
)
from segmentation.segments.segment import NumericProfile, Profile
from segmentation.table.schema.columns import Column, Role
from segmentation.table.vocabulary.name_patterns import tokens


@dataclass(frozen=True)
class Facts:
    """What is known about one segment when the playbook looks at it.

    Attributes
    ----------
    profile, everybody
        Of the segment and of all customers.
    positions
        For each numeric column the position, 0 to 1, of the segment's median among all
        customers: 0.5 is the middle.
    columns
        Descriptions of the profiled columns.
    """

    profile: Profile
    everybody: Profile
    positions: Mapping[str, float]
    columns: Sequence[Column]

    @property
    def headline(self) -> str:
        """What sets the segment apart most, as a clause."""
        traits = distinctive_traits(self.profile, self.everybody, self.columns)[:2]
        size = "1 customer" if self.profile.size == 1 else f"{self.profile.size:,} customers"
        return "; ".join(trait.phrase for trait in traits) or size


@dataclass(frozen=True)
class Outcome:
    """Whether a condition holds, and why.

    Attributes
    ----------
    holds
        Whether it does.
    numbers
        What it rests on, as a clause of a sentence.
    strength
        How far the segment is from everybody there, in standard deviations, 0 or more.
    """

    holds: bool
    numbers: str
    strength: float


@dataclass(frozen=True)
class Condition:
    """One condition of the playbook.

    Attributes
    ----------
    meaning, column, words
        What it is about: a classic meaning, a column's name, or words of which the name has one
        (several in a row may stand as one: "last login"); exactly one of them is given.
    role
        The role that the column must have, where it matters.
    at_least, below
        Bounds for the segment's mean, in original units.
    median_within, values_within
        The bounds apply only where everybody's median, or all values, lie in this range:
        a scale on which the amounts mean what they say.
    position_at_least, position_below
        Bounds for the position of the segment's median among all customers, 0 to 1, where the
        absolute bounds do not apply.
    levels
        ``"highest"`` or ``"lowest"``: the top or bottom third of an ordinal column's levels;
        ``"yes"`` or ``"no"``, in many languages; or a tuple of levels by name.
    share_at_least
        Bound for the share of the segment at those levels.
    lift_at_least
        Bound for that share divided by everybody's.
    needed
        Whether the archetype fails without it.
    """

    meaning: str | None = None
    column: str | None = None
    words: tuple[str, ...] = ()
    role: str | None = None
    at_least: float | None = None
    below: float | None = None
    median_within: tuple[float, float] | None = None
    values_within: tuple[float, float] | None = None
    position_at_least: float | None = None
    position_below: float | None = None
    levels: str | tuple[str, ...] | None = None
    share_at_least: float | None = None
    lift_at_least: float | None = None
    needed: bool = True

    @property
    def topic(self) -> str:
        """What the condition is about in a word."""
        return self.meaning or self.column or self.words[0]

    def is_about(self, column: Column) -> bool:
        """Say whether a column is what the condition is about."""
        if self.role not in {None, column.role}:
            return False
        if self.meaning is not None:
            return self.meaning == column.meaning
        if self.column is not None:
            return self.column == column.name
        name = f" {' '.join(tokens(column.name))} "
        return any(f" {word} " in name for word in self.words)

    def check(self, facts: Facts) -> Outcome | None:
        """Evaluate the condition for the column that speaks loudest for it.

        ``None`` where the table does not have what it needs.
        """
        checked = (self._check(column, facts) for column in facts.columns if self.is_about(column))
        found = [one for one in checked if one is not None]
        return max(found, key=lambda one: (one.holds, one.strength), default=None)

    def _check(self, column: Column, facts: Facts) -> Outcome | None:
        if self.levels is not None:
            return self._check_levels(column, facts)
        if column.name in facts.profile.numeric:
            return self._check_number(column, facts)
        return None

    def _check_number(self, column: Column, facts: Facts) -> Outcome | None:
        own, overall = facts.profile.numeric[column.name], facts.everybody.numeric[column.name]
        if not math.isfinite(own.mean):
            return None
        told = numeric_clause(column, own, overall), abs(own.z)
        if self._absolute(overall):
            # An amount that nearly everybody spends puts nobody at the top.
            holds = _within(own.mean, self.at_least, self.below)
            return Outcome(holds and self._shows_high(own.z), *told)
        if self.position_at_least is None and self.position_below is None:
            return None
        position = facts.positions[column.name]
        holds = _within(position, self.position_at_least, self.position_below)
        return Outcome(holds and self._shows_high(own.z) and self._shows_low(own.z), *told)

    def _shows_high(self, z: float) -> bool:
        """Say whether the mean, which is told, is high where the top is asked for."""
        asked = self.position_at_least is not None and self.position_at_least > 0.5
        return z >= SMALLEST_EFFECT or not asked

    def _shows_low(self, z: float) -> bool:
        """Say whether the mean, which is told, is low where the bottom is asked for."""
        asked = self.position_below is not None and self.position_below < 0.5
        return z <= -SMALLEST_EFFECT or not asked

    def _absolute(self, overall: NumericProfile) -> bool:
        if self.at_least is None and self.below is None:
            return False
        low, high = self.median_within or (-math.inf, math.inf)
        least, most = self.values_within or (-math.inf, math.inf)
        fits_median = low <= overall.median <= high
        return fits_median and least <= overall.minimum and overall.maximum <= most

    def _check_levels(self, column: Column, facts: Facts) -> Outcome | None:
        if column.name not in facts.profile.levels:
            return None
        own, overall = facts.profile.levels[column.name], facts.everybody.levels[column.name]
        wanted = _chosen(self.levels, [profile.level for profile in own], column.role)
        if not wanted:
            return None
        share = sum(profile.share for profile in own if profile.level in wanted)
        everybody = sum(profile.share for profile in overall if profile.level in wanted)
        several = f"{listing(sorted(wanted), 'or')} in {label(column.name)}"
        what = several if len(wanted) > 1 else said(column, *wanted)
        clause = f"{percent(share)} {what}, among everybody {percent(everybody)}"
        enough = share >= (self.share_at_least or 0.0)
        more = share >= (self.lift_at_least or 0.0) * everybody
        return Outcome(enough and more, clause, abs(level_effect(share, everybody)))


def _chosen(levels: str | tuple[str, ...] | None, known: list[str], role: Role) -> set[str]:
    if levels in ("highest", "lowest"):
        if role not in {Role.ORDINAL, Role.BINARY}:
            return set()
        third = math.ceil(len(known) / 3)
        return set(known[-third:] if levels == "highest" else known[:third])
    named = {"yes": YES, "no": NO}.get(str(levels)) or levels or ()
    folded = {name.casefold() for name in named}
    return {name for name in known if name.casefold() in folded}


def _within(value: float, at_least: float | None, below: float | None) -> bool:
    return (at_least is None or value >= at_least) and (below is None or value < below)


def numeric_clause(column: Column, own: NumericProfile, overall: NumericProfile) -> str:
    """State a segment's mean beside everybody's as a clause."""
    mean, everybody = (value(column.name, n.mean, column.currency) for n in (own, overall))
    if column.meaning == "spend" and own.index is not None:
        return f"spends {mean} on average, {comparison(own.index)} ({everybody})"
    if column.meaning == "rating":
        return f"rates {mean} on average, everybody {everybody}"
    if column.meaning == "recency":
        return f"last purchase {mean} days ago on average, everybody {everybody}"
    if column.meaning == "items":
        return f"buys {mean} items on average, everybody {everybody}"
    if column.role is Role.DATE:
        return f"{label(column.name)} {apart(own, overall)}"
    return f"{label(column.name)} {mean} on average, everybody {everybody}"
