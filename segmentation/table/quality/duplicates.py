"""Find duplicate rows and repeated customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation.table.schema.columns import Column, Issue, Role
from segmentation.table.schema.distinct_values import DistinctText

#: With more rows per customer on average, the table lists transactions.
_TRANSACTION_ROWS = 1.5
#: 2^64 divided by the golden ratio (Knuth, vol. 3, 6.4).
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def duplicate_rows(columns: Sequence[DistinctText]) -> np.ndarray:
    """Return a mask of rows that equal an earlier row in every column.

    The codes of all columns are hashed to one number per row. Rows with equal hashes are then
    compared column by column, so that a hash collision never loses a row.

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
    group = pd.factorize(mixed[shared])[0]  # numbered in order of first appearance
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
    """Return a mask of rows whose id occurs again later.

    Parameters
    ----------
    ids : DistinctText
        The customer ids; rows without one are never marked.

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
    """Return an issue if several rows belong to one customer.

    Parameters
    ----------
    column : Column or None
        The customer id column.
    cells : DistinctText or None
        Its trimmed cells in the rows used.
    lines : ndarray of int64
        Line numbers of the rows used.
    others : sequence of Column
        All columns; a date or a second id suggests transactions.

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
