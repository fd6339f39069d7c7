"""Rows that come twice, and customers that come twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import Column, Issue, Role
from segmentation.table.schema.distinct_values import DistinctText

#: More rows than this for a customer, on average, and the table lists transactions.
_TRANSACTION_ROWS = 1.5
#: 2^64 over the golden ratio (Knuth, vol. 3, 6.4).
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def duplicate_rows(columns: Sequence[DistinctText]) -> np.ndarray:
    """Mark rows that are equal in every column to an earlier one.

    Codes of all columns are mixed into one number a row; rows whose number was seen before are
    then compared column by column, so that a chance collision never costs a row.

    Parameters
    ----------
    columns : sequence of DistinctText
        Trimmed cells.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    shifted = np.empty_like(mixed)
    for column in columns:
        mixed ^= column.codes.view(np.uint32)
        mixed *= _MULTIPLIER
        mixed ^= np.right_shift(mixed, np.uint64(29), out=shifted)
    shared = np.flatnonzero(pd.Series(mixed).duplicated(keep=False).to_numpy())
    group = pd.factorize(mixed[shared])[0]  # numbered in the order of their first rows
    first = np.flatnonzero(~pd.Series(group).duplicated().to_numpy())
    original = shared[first[group]]
    again = original != shared
    original, later = original[again], shared[again]
    same = np.ones(len(later), dtype=bool)
    for column in columns:
        same &= column.codes[later] == column.codes[original]
    marked = np.zeros(len(mixed), dtype=bool)
    marked[later[same]] = True
    return marked


def earlier_rows(ids: DistinctText) -> np.ndarray:
    """Mark rows whose id comes again later.

    Parameters
    ----------
    ids : DistinctText
        The customers' ids; rows without one are never marked.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    again = pd.Series(ids.codes).duplicated(keep="last").to_numpy()
    return np.asarray(again & (ids.codes >= 0))


def repeated_customers(
    column: Column | None,
    cells: DistinctText | None,
    lines: np.ndarray,
    others: Sequence[Column],
) -> Issue | None:
    """Say when several rows belong to one customer.

    Parameters
    ----------
    column : Column or None
        The column of customer ids.
    cells : DistinctText or None
        Its trimmed cells in the rows used.
    lines : ndarray of int64
        Lines of the rows used.
    others : sequence of Column
        All columns; a date or a second id speaks for transactions.

    Returns
    -------
    Issue or None
        Of the kind ``"transactions"`` or ``"repeated_customer"``.
    """
    if column is None or cells is None:
        return None
    counts = cells.counts()
    customers, rows = int((counts > 0).sum()), int(counts.sum())
    if rows == customers:
        return None
    more = any(
        other.role in {Role.DATE, Role.IDENTIFIER} and other.name != column.name for other in others
    )
    if rows > _TRANSACTION_ROWS * customers and more:
        people = "1 customer" if customers == 1 else f"{customers:,} customers"
        return Issue(
            kind="transactions",
            column=column.name,
            count=rows,
            suggestion=(
                f"The {rows:,} rows belong to {people}: each row looks like a "
                "transaction. Segments are made of customers, so add the rows up for each one."
            ),
        )
    several = cells.rows_of(counts > 1)
    ids = int((counts > 1).sum())
    return Issue(
        kind="repeated_customer",
        column=column.name,
        count=int(several.sum()),
        lines=tuple(lines[several][:100].tolist()),
        examples=tuple(dict.fromkeys(cells.cells(np.flatnonzero(several)[:20])))[:5],
        suggestion=(
            f"{ids:,} {'id has' if ids == 1 else 'ids have'} several rows with different data. "
            "All are kept; you can keep the last one of each, or stop and mend the file."
        ),
        fixes=("keep_all", "keep_last", "stop"),
    )
