"""Find total rows: labeled as such and half empty, or proven by addition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.values.text_typing import plain_or_amounts
from segmentation.table.vocabulary.value_words import SUM_BEGINS, TOTAL_PATTERN

#: Unproven totals must be among this many last rows, or the first row.
_LAST_ROWS = 3
#: Tolerance for sums, because exports round.
_TOLERANCE = 1e-6
#: Labels are in one of this many first columns.
_LABEL_COLUMNS = 3
#: More labeled rows than this are a category of customers with that name.
_MOST_TOTALS = 200
#: Minimum number of rows that must add up to an unlabeled sum.
_FEWEST_ADDED = 3
#: Minimum share of empty cells in a labeled or unlabeled total.
_EMPTY_SHARE = 0.25


def totals(columns: Sequence[DistinctText], usable: np.ndarray) -> np.ndarray:
    """Return a mask of total rows.

    Parameters
    ----------
    columns : sequence of DistinctText
        Trimmed cells.
    usable : ndarray of bool, shape (n,)
        The rows that may be customers.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.zeros(len(usable), dtype=bool)
    rows = np.flatnonzero(usable)
    if len(rows) < 3:
        return found
    strict = _labeled(columns, rows, TOTAL_PATTERN)
    loose = _labeled(columns, rows, SUM_BEGINS)
    last = int(rows[-1])
    candidates = sorted({*strict, *loose, *([last] if _may_be_bare(columns, last) else [])})
    if len(candidates) > _MOST_TOTALS:
        candidates = [row for row in candidates if row >= rows[-_LAST_ROWS]]
    outer = {int(rows[0]), *rows[-_LAST_ROWS:].tolist()}
    columns_of_numbers: list[np.ndarray] = []
    ordinary = usable.copy()
    ordinary[sorted({*strict, *loose})] = False
    for row in candidates:
        if row in strict and row in outer and _is_sparse(columns, row):
            found[row] = True
            continue
        if not columns_of_numbers:
            columns_of_numbers = [
                numbers for column in columns if (numbers := plain_or_amounts(column)) is not None
            ]
        if row in strict or row in loose:
            found[row] = _adds_up(columns_of_numbers, row, ordinary, candidates)
        else:
            found[row] = _is_bare_sum(columns, columns_of_numbers, row, ordinary)
    if np.count_nonzero(found) == 1 and not found[sorted(outer)].any():
        return np.zeros(len(usable), dtype=bool)  # a single one amid the rows is just a name
    return found


def _labeled(columns: Sequence[DistinctText], rows: np.ndarray, pattern: str) -> set[int]:
    """Return the rows whose first non-empty cell is a label for totals."""
    marked: set[int] = set()
    before = np.zeros(len(rows), dtype=bool)
    for column in columns[:_LABEL_COLUMNS]:
        hits = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        if hits.any():
            labels = column.rows_of(np.asarray(hits, dtype=bool))[rows] & ~before
            marked |= set(rows[labels].tolist())
        before |= column.codes[rows] >= 0
    return marked


def _is_sparse(columns: Sequence[DistinctText], row: int) -> bool:
    empty = sum(column.codes[row] < 0 for column in columns)
    return bool(empty >= _EMPTY_SHARE * len(columns))


def _adds_up(
    columns: list[np.ndarray], row: int, ordinary: np.ndarray, candidates: list[int]
) -> bool:
    """Return whether a row is the sum or mean of all others, of those above or of its block."""
    places = np.arange(len(ordinary))
    former = max((other for other in candidates if other < row), default=-1)
    blocks = [
        ordinary & (places != row),
        ordinary & (places < row),
        ordinary & (places < row) & (places > former),
    ]
    return any(
        _agrees(numbers[row], numbers[block])
        for numbers in columns
        if np.isfinite(numbers[row]) and numbers[row] != 0
        for block in blocks
        if np.count_nonzero(block) >= 2
    )


def _agrees(value: float, others: np.ndarray) -> bool:
    present = others[np.isfinite(others)]
    if len(present) < 2:
        return False
    near = _TOLERANCE * abs(value)
    return bool(abs(present.sum() - value) <= near or abs(present.mean() - value) <= near)


def _may_be_bare(columns: Sequence[DistinctText], row: int) -> bool:
    """Return whether a row has the empty cells of an unlabeled sum."""
    return bool(columns[0].codes[row] < 0 and _is_sparse(columns, row))


def _is_bare_sum(
    columns: Sequence[DistinctText], numbers: list[np.ndarray], row: int, ordinary: np.ndarray
) -> bool:
    """Return whether the last row is an unlabeled total: every value is a sum."""
    filled = sum(column.codes[row] >= 0 for column in columns)
    cells = [column for column in numbers if np.isfinite(column[row])]
    above = ordinary.copy()
    above[row] = False
    if np.count_nonzero(above) < _FEWEST_ADDED:
        return False
    sums = [np.nansum(column[above]) for column in cells]
    near = [
        abs(total - column[row]) <= _TOLERANCE * abs(column[row])
        for total, column in zip(sums, cells, strict=True)
    ]
    return bool(cells) and len(cells) == filled and all(near) and any(sums)
