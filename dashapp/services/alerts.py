"""Alerts: what in the data may disturb segments, found by stated thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashapp import formatting
from dashapp.once import once
from dashapp.services.exploring import associated
from segmentation import Column, Role, Table, Use

# A distribution is called skewed from here on; the engine's log1p starts at the same value.
SKEW = 1.5
# Tukey's far-out fence: this many interquartile ranges beyond the quartiles.
FENCE = 3.0
# A column is nearly constant when one value has at least this share.
NEARLY_CONSTANT = 0.95
# Two columns carry nearly the same information from this strength on.
NEARLY_IDENTICAL = 0.95
# Share of missing values that a user should know of before segments rest on the column.
MUCH_MISSING = 0.05
# Values that are looked at before all of a column are counted.
LOOKED_AT = 5_000
# A category with more levels than this splits customers into crumbs.
MANY_LEVELS = 30


@dataclass(frozen=True, slots=True)
class Alert:
    """One finding: where, what kind, what was measured, what it means for segments."""

    column: str
    kind: str
    finding: str
    meaning: str


def alerts(table: Table) -> tuple[Alert, ...]:
    """All alerts of a table, column by column and then for pairs of columns."""
    return _alerts(table.frame, table.columns, table.customers)


@once
def _alerts(frame: pd.DataFrame, columns: tuple[Column, ...], customers: int) -> tuple[Alert, ...]:
    found: list[Alert] = []
    for column in columns:
        if column.use == Use.IGNORED:
            continue
        found += _missing(column, customers)
        found += _levels(frame, column)
        if column.role == Role.NUMERIC:
            found += _numbers(frame[column.name], column)
    return (*found, *_pairs(frame, columns))


def _missing(column: Column, customers: int) -> list[Alert]:
    share = column.missing / max(customers, 1)
    if share < MUCH_MISSING:
        return []
    return [
        Alert(
            column.name,
            "missing values",
            f"{formatting.percent(share)} of its values are missing.",
            "The median or an own level stands in for them; segments lean on guesses here.",
        )
    ]


def _levels(frame: pd.DataFrame, column: Column) -> list[Alert]:
    if column.role == Role.NOMINAL and column.distinct > MANY_LEVELS:
        return [
            Alert(
                column.name,
                "many levels",
                f"It has {formatting.number(column.distinct)} different values.",
                "Rare levels are joined; consider leaving it as a descriptor.",
            )
        ]
    known = frame[column.name].dropna()
    if column.role == Role.CONSTANT or known.empty or not may_be_constant(known):
        return []
    top = known.value_counts(normalize=True).iloc[0]
    if top < NEARLY_CONSTANT:
        return []
    return [
        Alert(
            column.name,
            "nearly constant",
            f"One value has {formatting.percent(float(top))} of the customers.",
            "It can hardly tell customers apart, but may single out a handful.",
        )
    ]


def may_be_constant(known: pd.Series) -> bool:
    """Whether counting all values is worth it: not where some of them already differ often.

    Examples
    --------
    >>> may_be_constant(pd.Series(range(100_000))), may_be_constant(pd.Series([1] * 100_000))
    (False, True)
    """
    if len(known) <= LOOKED_AT:
        return True
    some = known.iloc[:: len(known) // LOOKED_AT]
    # Far enough below the limit that chance among so many values cannot hide it.
    return bool(some.value_counts(normalize=True).iloc[0] > NEARLY_CONSTANT - 0.05)


def _numbers(series: pd.Series, column: Column) -> list[Alert]:
    values = series.to_numpy(dtype=float, na_value=np.nan)
    values = values[np.isfinite(values)]
    if len(values) < 3 or values.std() == 0:
        return []
    found = []
    away = values - values.mean()
    skew = float((away * away * away).mean() / values.std() ** 3)  # a power takes ten times as long
    if abs(skew) > SKEW:
        stretched = values.min() >= 0 and skew > 0
        found.append(
            Alert(
                column.name,
                "skew",
                f"A few very {'high' if skew > 0 else 'low'} values (skewness {skew:.1f}).",
                "It is put on a log scale before segments are found."
                if stretched
                else "A few extreme customers weigh more than many ordinary ones.",
            )
        )
    first, third = np.percentile(values, [25, 75])
    reach = FENCE * (third - first)
    count = int(((values < first - reach) | (values > third + reach)).sum())
    if count and reach > 0:
        found.append(
            Alert(
                column.name,
                "outliers",
                f"{formatting.number(count)} values lie far outside the usual range.",
                "They are kept; with many of them a segment may form around outliers alone.",
            )
        )
    return found


def _pairs(frame: pd.DataFrame, columns: tuple[Column, ...]) -> list[Alert]:
    bases = [column for column in columns if column.use == Use.BASIS]
    if len(bases) < 2:
        return []
    matrix, _ = associated(frame, bases)
    strength = np.triu(matrix.to_numpy(dtype=float), k=1)
    return [
        Alert(
            f"{matrix.index[i]} and {matrix.columns[j]}",
            "nearly identical",
            f"They go together with strength {strength[i, j]:.2f} of 1.",
            "What they share counts twice; keep one as a basis and the other as a descriptor.",
        )
        for i, j in zip(*np.nonzero(strength >= NEARLY_IDENTICAL), strict=True)
    ]
