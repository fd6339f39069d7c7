"""What a form needs to know about each column of a model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segmentation.cluster.encoding.column_statistics import few_levels
from segmentation.scoring.answers import ModelColumn, Value
from segmentation.segments.profiles.summaries import LevelSummary, NumericSummary, Summaries
from segmentation.table.schema.columns import Role


def model_columns(summaries: Summaries, names: Sequence[str]) -> tuple[ModelColumn, ...]:
    """Describe the basis and descriptor columns of a training table.

    Parameters
    ----------
    summaries
        Of the columns.
    names
        Names of the table's columns, in the order in which a form shall ask for them.
    """
    numeric = {v.column.name: _numeric(v) for v in summaries.numeric}
    found = numeric | {v.column.name: _levels(v) for v in summaries.levels}
    return tuple(found[name] for name in names if name in found)


def _numeric(numeric: NumericSummary) -> ModelColumn:
    column = numeric.column
    known = numeric.moments[0].count > 0
    low, _, median, _, high = numeric.quartiles[0].tolist() if known else [None] * 5
    newest = _iso(numeric.newest) if column.role is Role.DATE and known else None
    decimals = numeric.decimals
    default: Value = None if median is None else start_value(median, decimals)
    if newest is not None and median is not None:
        default = _iso(numeric.newest - median)
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
        currency=column.currency,
    )


def start_value(median: float, decimals: int) -> float | int:
    """Write a median as people do: whole numbers as such while floats tell them apart."""
    value = round(median, decimals)
    return int(value) if decimals == 0 and abs(value) < 2**53 else value


def _iso(days: float) -> str:
    return f"{pd.Timestamp(days, unit='D'):%Y-%m-%d}"


def _levels(levels: LevelSummary) -> ModelColumn:
    column = levels.column
    return ModelColumn(
        name=column.name,
        role=str(column.role),
        use=str(column.use),
        meaning=column.meaning,
        minimum=None,
        maximum=None,
        median=None,
        levels=levels.levels,
        default=levels.levels[int(levels.counts[0].argmax())] if levels.levels else None,
        decimals=0,
        few=few_levels(dict(zip(levels.levels, levels.counts[0].tolist(), strict=True)))
        if column.role is Role.NOMINAL
        else (),
    )
