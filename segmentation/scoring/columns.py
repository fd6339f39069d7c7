"""What a form needs to know about each column of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.scoring.answers import ModelColumn
from segmentation.segments.profile import LevelValues, Measured, NumericValues
from segmentation.table.columns import Role

MAX_DECIMALS = 2
# Rows looked at for the number of decimals.
LOOKED_AT = 1_000


def model_columns(measured: Measured, names: Sequence[str]) -> tuple[ModelColumn, ...]:
    """Describe the basis and descriptor columns of a training table.

    Parameters
    ----------
    measured
        The columns.
    names
        Names of the table's columns, in the order in which a form shall ask for them.
    """
    numeric = {v.column.name: _numeric(v) for v in measured.numeric}
    found = numeric | {v.column.name: _levels(v) for v in measured.levels}
    return tuple(found[name] for name in names if name in found)


def _numeric(numeric: NumericValues) -> ModelColumn:
    column = numeric.column
    known = numeric.data[~np.isnan(numeric.data)]
    decimals = decimals_of(known)
    low, median, high = (
        (float(known.min()), float(np.median(known)), float(known.max()))
        if len(known)
        else (None, None, None)
    )
    newest = _iso(numeric.newest) if column.role is Role.DATE and len(known) else None
    default: float | int | str | None = None if median is None else round(median, decimals)
    if newest is not None and median is not None:
        default = _iso(numeric.newest - median)
    elif isinstance(default, float) and decimals == 0:
        default = int(default)
    return ModelColumn(
        name=column.name,
        role=str(column.role),
        use=str(column.use),
        meaning=column.meaning,
        minimum=low,
        maximum=high,
        median=median,
        levels=(),
        default=default,
        decimals=decimals,
        newest=newest,
    )


def _iso(days: float) -> str:
    return f"{pd.Timestamp(days, unit='D'):%Y-%m-%d}"


def decimals_of(known: npt.NDArray[np.float64]) -> int:
    """Count the decimals that values need, at most `MAX_DECIMALS`.

    Examples
    --------
    >>> [decimals_of(np.array(v)) for v in ([1.0, 2.0], [4.5, 4.0], [1 / 3])]
    [0, 1, 2]
    """
    step = max(1, len(known) // LOOKED_AT)
    some = known[::step]
    for decimals in range(MAX_DECIMALS):
        if np.allclose(some, np.round(some, decimals), rtol=0, atol=1e-9):
            return decimals
    return MAX_DECIMALS


def _levels(levels: LevelValues) -> ModelColumn:
    column = levels.column
    counts = np.bincount(levels.codes[levels.codes >= 0], minlength=len(levels.levels))
    return ModelColumn(
        name=column.name,
        role=str(column.role),
        use=str(column.use),
        meaning=column.meaning,
        minimum=None,
        maximum=None,
        median=None,
        levels=levels.levels,
        default=levels.levels[int(counts.argmax())] if levels.levels else None,
        decimals=0,
    )
