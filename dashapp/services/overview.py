"""Key figures of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dashapp import units
from segmentation import Population, Table, Use


@dataclass(frozen=True, slots=True)
class Overview:
    """Key figures of a table; None if it lacks the column.

    Attributes
    ----------
    customers, columns, bases
        Rows used, columns, columns that drive the segments.
    missing_cells
        Cells without a value, over all columns.
    complete_share
        Share of rows without a missing cell, 0 to 1.
    average_spend, total_spend
        Of the spend column, or else of a regular fee.
    paid
        What those two measure, in words: "spend", or the name of the fee's column.
    currency
        Prefix of those two; empty if unknown.
    median_recency
        Days since the last purchase.
    """

    customers: int
    columns: int
    bases: int
    missing_cells: int
    complete_share: float
    average_spend: float | None
    total_spend: float | None
    median_recency: float | None
    currency: str = ""
    paid: str = "spend"


def overview(table: Table) -> Overview:
    """Compute the key figures of a table in one pass over its cells, or of all customers."""
    if table.population is not None:
        return _of_all(table, table.population)
    missing = table.frame.isna()
    name, paid = _paid(table)
    spend, recency = _numbers(table, name), _numbers(table, table.meaning("recency"))
    return Overview(
        customers=table.rows_used,
        columns=len(table.columns),
        bases=sum(column.use == Use.BASIS for column in table.columns),
        missing_cells=int(missing.to_numpy().sum()),
        complete_share=float(1 - missing.any(axis=1).mean()) if len(missing) else 0.0,
        average_spend=float(spend.mean()) if len(spend) else None,
        total_spend=float(spend.sum()) if len(spend) else None,
        median_recency=float(np.median(recency)) if len(recency) else None,
        currency=units.currency_of(name or ""),
        paid=paid,
    )


def _of_all(table: Table, known: Population) -> Overview:
    """Return the key figures of all customers that a sample was drawn from."""

    def numbers(name: str | None) -> Any:
        column = known.columns.get(name or "")
        return column.numbers if column else None

    name, paid = _paid(table)
    spend, recency = numbers(name), numbers(table.meaning("recency"))
    return Overview(
        customers=known.rows_used,
        columns=len(table.columns),
        bases=sum(column.use == Use.BASIS for column in table.columns),
        missing_cells=sum(column.missing for column in known.columns.values()),
        complete_share=known.rows_complete / max(known.rows_used, 1),
        average_spend=spend.mean if spend else None,
        total_spend=spend.total if spend else None,
        median_recency=recency.median if recency else None,
        currency=units.currency_of(name or ""),
        paid=paid,
    )


def _paid(table: Table) -> tuple[str | None, str]:
    """Return the column of what customers pay, and its meaning in words."""
    spend, fee = table.meaning("spend"), table.meaning("fee")
    return (fee, fee) if fee and not spend else (spend, "spend")


def _numbers(table: Table, name: str | None) -> np.ndarray:
    """Return the known values of a column; empty if there is none."""
    if name is None:
        return np.empty(0)
    try:
        values = np.asarray(table.frame[name].to_numpy(dtype=float, na_value=np.nan))
    except (TypeError, ValueError):  # the user may assign this meaning to a text column
        return np.empty(0)
    known: np.ndarray = values[np.isfinite(values)]
    return known
