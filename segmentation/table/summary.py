"""Summary statistics of a table: one frame for numbers, one for categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import Role
from segmentation.table.table import Table

_CATEGORICAL = frozenset({Role.NOMINAL, Role.ORDINAL, Role.BINARY})


def summarize(table: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return summary statistics of a table's numeric and categorical columns.

    Parameters
    ----------
    table : Table
        The table to summarize.

    Returns
    -------
    numeric : DataFrame
        ``column, count, missing, mean, std, min, q1, median, q3, max`` in the column's own
        units; ``std`` is the sample standard deviation (n − 1).
    categorical : DataFrame
        ``column, count, missing, distinct, top, top_share``; ``top_share`` is the share of the
        most frequent level among non-missing values. If the table is a sample, both frames
        describe all customers.

    Examples
    --------
    >>> from segmentation import Table
    >>> frame = pd.DataFrame({"Age": [20, 30, 40], "City": ["Rome", "Oslo", "Rome"]})
    >>> numeric, categorical = summarize(Table.from_frame(frame))
    >>> float(numeric["mean"][0]), categorical["top"][0]
    (30.0, 'Rome')
    """
    numbers = [c.name for c in table.columns if c.role is Role.NUMERIC]
    categories = [c.name for c in table.columns if c.role in _CATEGORICAL]
    return (
        pd.DataFrame([_numeric_row(table, name) for name in numbers], columns=_NUMERIC),
        pd.DataFrame([_categorical_row(table, name) for name in categories], columns=_CATEGORY),
    )


_NUMERIC = ["column", "count", "missing", "mean", "std", "min", "q1", "median", "q3", "max"]
_CATEGORY = ["column", "count", "missing", "distinct", "top", "top_share"]


def _numeric_row(table: Table, name: str) -> dict[str, Any]:
    known = table.population and table.population.columns[name]
    if known and known.numbers:
        return {"column": name, "missing": known.missing, **asdict(known.numbers)}
    values = table.frame[name].astype("float64").to_numpy()
    present = values[np.isfinite(values)]
    counts = {"column": name, "count": len(present), "missing": len(values) - len(present)}
    if not len(present):
        return counts
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the float limit
        mean = present.mean()
        std = present.std(ddof=1) if len(present) > 1 else np.nan
        quantiles = np.quantile(present, [0.0, 0.25, 0.5, 0.75, 1.0])
    places = ("min", "q1", "median", "q3", "max")
    return {**counts, "mean": mean, "std": std, **dict(zip(places, quantiles, strict=True))}


def _categorical_row(table: Table, name: str) -> dict[str, Any]:
    known = table.population and table.population.columns[name]
    if known and known.levels is not None:
        return _of_levels(name, known.levels, known.missing)
    values = table.frame[name]
    counts = values.value_counts()
    return _of_levels(name, counts.to_dict(), int(values.isna().sum()))


def _of_levels(name: str, counts: Mapping[Any, int], missing: int) -> dict[str, Any]:
    """Return the summary of levels sorted by frequency."""
    present = sum(counts.values())
    top = next(iter(counts), "")
    return {
        "column": name,
        "count": present,
        "missing": missing,
        "distinct": len(counts),
        "top": str(top),
        "top_share": counts[top] / present if present else float("nan"),
    }
