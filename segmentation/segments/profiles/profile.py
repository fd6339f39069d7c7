"""Profiles: what a group of customers looks like, in the table's own units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from segmentation.cluster.encoding.moments import Moments
from segmentation.segments.profiles.summaries import LevelSummary, NumericSummary, Summaries
from segmentation.segments.segment import LevelProfile, NumericProfile, Profile

# "Percent of everybody's mean" says nothing where that mean is next to nothing: below this many
# standard deviations hardly one customer in 400 has anything at all.
LEAST_MEAN = 0.05


def profiles(summaries: Summaries) -> tuple[Profile, tuple[Profile, ...]]:
    """Profile everybody and each segment.

    Parameters
    ----------
    summaries
        Of the columns of n customers in k segments.

    Returns
    -------
    everybody : Profile
    segments : tuple of k Profile
    """
    numeric = {v.column.name: _numeric_profiles(v) for v in summaries.numeric}
    levels = {v.column.name: _level_profiles(v) for v in summaries.levels}
    sizes = summaries.sizes.tolist()
    built = [
        Profile(
            size=size,
            share=size / max(sizes[0], 1),
            numeric={name: values[i] for name, values in numeric.items()},
            levels={name: values[i] for name, values in levels.items()},
        )
        for i, size in enumerate(sizes)
    ]
    return built[0], tuple(built[1:])


def _numeric_profiles(summary: NumericSummary) -> list[NumericProfile]:
    everybody = summary.moments[0]
    lowest = float(summary.quartiles[0, 0])
    overall = _Overall.of(everybody, lowest)
    return [
        _numeric_profile(moments, quartiles.tolist(), overall)
        for moments, quartiles in zip(summary.moments, summary.quartiles, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Overall:
    """What everybody's values are compared by: mean, deviation, and what index 100 stands for."""

    mean: float
    deviation: float
    hundred: float | None

    @classmethod
    def of(cls, everybody: Moments, lowest: float) -> _Overall:
        if everybody.count == 0:
            return cls(math.nan, math.nan, None)
        mean, deviation = everybody.center, everybody.deviation
        comparable = lowest >= 0 and mean > LEAST_MEAN * deviation
        return cls(mean, deviation, mean if comparable else None)


def _numeric_profile(moments: Moments, quartiles: list[float], overall: _Overall) -> NumericProfile:
    if moments.count == 0:
        nan = math.nan
        return NumericProfile(nan, nan, nan, nan, nan, nan, index=None, z=0.0)
    mean = moments.center
    low, q1, median, q3, high = quartiles
    return NumericProfile(
        mean=mean,
        median=median,
        q1=q1,
        q3=q3,
        minimum=low,
        maximum=high,
        index=None if overall.hundred is None else 100 * mean / overall.hundred,
        z=(mean - overall.mean) / overall.deviation if overall.deviation > 0 else 0.0,
    )


def _level_profiles(summary: LevelSummary) -> list[tuple[LevelProfile, ...]]:
    shares = summary.counts / np.maximum(summary.known, 1)[:, None]
    overall = shares[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        lifts = np.where(overall > 0, shares / overall, 1.0)
    lifts[0] = np.where(overall > 0, 1.0, 0.0)
    return [
        tuple(
            LevelProfile(level, float(share), float(lift))
            for level, share, lift in zip(summary.levels, row_shares, row_lifts, strict=True)
        )
        for row_shares, row_lifts in zip(shares, lifts, strict=True)
    ]


def revenue_shares(amounts: NumericSummary) -> tuple[float | None, ...]:
    """Share of a monetary column's total that each segment brings.

    Returns
    -------
    tuple of k floats, or of ``None`` where amounts are negative or add up to nothing.
    """
    everybody, *own = amounts.moments
    total = everybody.total
    if not total > 0 or amounts.quartiles[0, 0] < 0:
        return (None,) * len(own)
    return tuple(segment.total / total for segment in own)
