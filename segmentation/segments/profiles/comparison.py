"""Any segments side by side, the largest differences first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.segments.naming.traits import level_effect
from segmentation.segments.segment import Profile, Segment


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in which segments differ.

    Attributes
    ----------
    column
        Column name.
    level
        Level of a categorical column, ``None`` for the mean of a number.
    values
        Mean or share by segment id.
    everybody
        Mean or share among all customers.
    effect
        Largest minus smallest value in standard deviations of everybody.
    """

    column: str
    level: str | None
    values: dict[str, float]
    everybody: float
    effect: float


def compare_segments(segments: Sequence[Segment], everybody: Profile) -> tuple[Difference, ...]:
    """Line up segments on every column.

    Parameters
    ----------
    segments
        Two or more of a model's segments; with one, it is compared with everybody.
    everybody
        Profile of all customers.

    Returns
    -------
    tuple of Difference
        One for each number and each level, largest effect first; equal ones by name.
    """
    found = [_of_number(name, segments, everybody) for name in everybody.numeric]
    for name, levels in everybody.levels.items():
        found += [_of_level(name, i, segments, everybody) for i in range(len(levels))]
    return tuple(sorted(found, key=lambda d: (-d.effect, d.column, d.level or "")))


def _of_number(name: str, segments: Sequence[Segment], everybody: Profile) -> Difference:
    own = [segment.profile.numeric[name] for segment in segments]
    effects = [profile.z for profile in own if math.isfinite(profile.mean)]
    return Difference(
        name,
        None,
        {s.id: profile.mean for s, profile in zip(segments, own, strict=True)},
        everybody.numeric[name].mean,
        _range(effects),
    )


def _of_level(
    name: str, position: int, segments: Sequence[Segment], everybody: Profile
) -> Difference:
    overall = everybody.levels[name][position]
    own = [segment.profile.levels[name][position] for segment in segments]
    return Difference(
        name,
        overall.level,
        {s.id: profile.share for s, profile in zip(segments, own, strict=True)},
        overall.share,
        _range([level_effect(profile.share, overall.share) for profile in own]),
    )


def _range(effects: Sequence[float]) -> float:
    """Largest minus smallest effect; one alone is compared with everybody's zero."""
    if len(effects) < 2:
        return abs(effects[0]) if effects else 0.0
    return max(effects) - min(effects)
