"""Profiles as arrays: most of a model's numbers, which as JSON would take ten times the room."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.errors import ModelFileError
from segmentation.scoring.answers import ModelColumn
from segmentation.segments.segment import LevelProfile, NumericProfile, Profile

Array = npt.NDArray[Any]

NUMBERS, SHARES = "profile_numbers", "profile_shares"
WIDTH = len(fields(NumericProfile))


def profile_arrays(profiles: Sequence[Profile], columns: Sequence[ModelColumn]) -> dict[str, Array]:
    """Return the numbers of profiles.

    Parameters
    ----------
    profiles
        Of g groups of customers.
    columns
        Of the model; c with numbers or dates, the others with L levels together.

    Returns
    -------
    dict
        ``profile_numbers`` (g, c, 8) in the order of `NumericProfile`'s fields, NaN for what is
        not known; ``profile_shares`` (g, L, 2): share and lift.
    """
    numeric, others = _divided(columns)
    numbers = [[astuple(one.numeric[c.name]) for c in numeric] for one in profiles]
    shares = [
        [(level.share, level.lift) for c in others for level in one.levels[c.name]]
        for one in profiles
    ]
    groups = len(profiles)
    return {
        NUMBERS: np.array(numbers, dtype=np.float64).reshape(groups, len(numeric), WIDTH),
        SHARES: np.array(shares, dtype=np.float64).reshape(groups, -1, 2),
    }


def without_numbers(profile: Profile) -> Profile:
    """Return what is left for JSON."""
    return replace(profile, numeric={}, levels={})


def with_numbers(
    profiles: Sequence[Profile], columns: Sequence[ModelColumn], arrays: Mapping[str, Array]
) -> list[Profile]:
    """Fill profiles from `profile_arrays`.

    Raises
    ------
    ModelFileError
        The arrays are those of other profiles.
    """
    numeric, others = _divided(columns)
    levels = [(c.name, level) for c in others for level in c.levels]
    numbers, shares = arrays[NUMBERS], arrays[SHARES]
    wanted = (len(profiles), len(numeric), WIDTH), (len(profiles), len(levels), 2)
    if (numbers.shape, shares.shape) != wanted:
        raise ModelFileError("The model file is damaged: its profiles do not fit its columns.")
    found = []
    for profile, own, pairs in zip(profiles, numbers.tolist(), shares.tolist(), strict=True):
        by_column: dict[str, list[LevelProfile]] = {c.name: [] for c in others}
        for (name, level), pair in zip(levels, pairs, strict=True):
            by_column[name].append(LevelProfile(level, *pair))
        found.append(
            replace(
                profile,
                numeric={c.name: _numeric(row) for c, row in zip(numeric, own, strict=True)},
                levels={name: tuple(some) for name, some in by_column.items()},
            )
        )
    return found


def _numeric(row: list[float]) -> NumericProfile:
    plain = NumericProfile(*row)
    return replace(plain, index=None) if math.isnan(row[6]) else plain


def _divided(columns: Sequence[ModelColumn]) -> tuple[list[ModelColumn], list[ModelColumn]]:
    """Return the columns with numbers, and those with levels."""
    return [c for c in columns if c.is_numeric], [c for c in columns if not c.is_numeric]
