"""Alerts: properties of the data that may disturb segments, found by fixed thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashapp import formatting
from dashapp.memoize import once
from dashapp.services.filters import Filter, apply_filters, associated
from segmentation import Column, Role, Table, Use

# Skewness from which a distribution counts as skewed; the engine's log1p uses the same value.
SKEW = 1.5
# Tukey's far-out fence: this many interquartile ranges beyond the quartiles.
FENCE = 3.0
# A column is nearly constant if one value has at least this share.
NEARLY_CONSTANT = 0.95
# Association from which two columns carry nearly the same information.
NEARLY_IDENTICAL = 0.95
# Share of missing values to report before segments rest on the column.
MUCH_MISSING = 0.05
CONSTANT = "nearly constant"
# Number of values checked before all values of a column are counted.
LOOKED_AT = 5_000
# A category with more levels than this splits customers into tiny groups.
MANY_LEVELS = 30


@dataclass(frozen=True, slots=True)
class Alert:
    """One finding: its column, kind, measured value and meaning for segments."""

    column: str
    kind: str
    finding: str
    meaning: str


def alerts(table: Table, filters: Sequence[Filter] = ()) -> tuple[Alert, ...]:
    """Return all alerts of the filtered customers, first by column, then by pair.

    Parameters
    ----------
    filters
        Without filters, all customers are checked, as when segments are found.
    """
    used = tuple(column for column in table.columns if column.use != Use.IGNORED)
    if not filters:
        return _alerts(table.frame, used)
    left = apply_filters(table.frame, filters, [column.name for column in used])
    # A column that its own filter makes constant is not worth an alert.
    narrowed = {rule.column for rule in filters}
    return tuple(
        alert
        for alert in _alerts(left, used)
        if alert.kind != CONSTANT or alert.column not in narrowed
    )


@once
def _alerts(frame: pd.DataFrame, columns: tuple[Column, ...]) -> tuple[Alert, ...]:
    if frame.empty:
        return ()
    found: list[Alert] = []
    for column in columns:
        found += _missing(frame, column)
        found += _levels(frame, column)
        if column.role == Role.NUMERIC:
            found += _numbers(frame[column.name], column)
    return (*found, *_pairs(frame, columns))


def _missing(frame: pd.DataFrame, column: Column) -> list[Alert]:
    share = float(frame[column.name].isna().mean())
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
    known = frame[column.name].dropna()
    # A subset of the customers has no more distinct values than all of them.
    if column.role == Role.NOMINAL and column.distinct > MANY_LEVELS:
        distinct = known.nunique()
        if distinct > MANY_LEVELS:
            return [
                Alert(
                    column.name,
                    "many levels",
                    f"It has {formatting.number(distinct)} different values.",
                    "Rare levels are joined; consider leaving it as a descriptor.",
                )
            ]
    if column.role == Role.CONSTANT or known.empty or not may_be_constant(known):
        return []
    top = known.value_counts(normalize=True).iloc[0]
    if top < NEARLY_CONSTANT:
        return []
    return [
        Alert(
            column.name,
            CONSTANT,
            f"One value has {formatting.percent(float(top))} of the customers.",
            "It can hardly tell customers apart, but may single out a handful.",
        )
    ]


def may_be_constant(known: pd.Series) -> bool:
    """Whether counting all values is worthwhile: not if a few of them already differ often.

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
                f"A few very {'high' if skew > 0 else 'low'} values "
                f"(skewness {formatting.number(skew, 1)}).",
                "It is put on a log scale before segments are found."
                if stretched
                else "A few extreme customers weigh more than many ordinary ones.",
            )
        )
    first, third = np.percentile(values, [25, 75])
    reach = FENCE * (third - first)
    far = values[(values < first - reach) | (values > third + reach)]
    if len(far) and reach > 0:
        found.append(
            Alert(
                column.name,
                "outliers",
                _far_out(column.name, far),
                "They are kept; with many of them a segment may form around outliers alone.",
            )
        )
    return found


def _far_out(name: str, far: np.ndarray) -> str:
    """Report how many values are extreme, and which: typing errors show at once."""
    low, high = (formatting.cell(float(end), name) for end in (far.min(), far.max()))
    which = f": {low}" if low == high else f", from {low} to {high}"
    verb = "lies" if len(far) == 1 else "lie"
    return f"{formatting.count(len(far), 'value')} {verb} far outside the usual range{which}."


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
