"""Find rows that are not customers: empty, repeated headers, totals, ruled lines, notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from segmentation.table.quality.total_rows import totals
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.vocabulary.value_words import RULED_CELL

EMPTY_ROW = "The row is empty."
REPEATED_HEADER = "The row repeats the header."
RULED_LINE = "The row is a ruled line, not a customer."
TOTAL_ROW = "The row holds totals, not a customer."
NOTE_ROW = "The row is a note below the table, not a customer."
HEADING_ROW = "The row is the heading of a group, not a customer."
#: Reasons that no correction can remove.
NO_CUSTOMERS = frozenset({EMPTY_ROW, REPEATED_HEADER, RULED_LINE, TOTAL_ROW, NOTE_ROW, HEADING_ROW})

#: Found in notes, but not in ids.
_PROSE = r"\s|^[*†(]|:$"
#: Notes are recognized only if at most this share of the other cells looks like prose.
_MOST_PROSE = 0.5
#: With fewer columns, a row with a single cell is no evidence.
_FEWEST_COLUMNS = 3
#: If more than this share of rows has a single cell, such rows are normal.
_RARE = 0.1
_MOST_NOTES = 30
#: Minimum share of numbers in an id column; headings are fewer than the rows.
_MOSTLY_NUMBERS = 0.9
_RARE_HEADINGS = 0.25


def unusable_rows(columns: Sequence[DistinctText], written: Sequence[str]) -> dict[str, np.ndarray]:
    """Return masks of the rows that are not customers, by reason.

    Parameters
    ----------
    columns : sequence of DistinctText
        Trimmed cells.
    written : sequence of str
        The header as written; empty if there is none.

    Returns
    -------
    dict
        Reason to mask of rows, shape (n,). A row has at most one reason.
    """
    filled = np.zeros(len(columns[0]), dtype=np.int32)
    for column in columns:
        filled += column.codes >= 0
    found = {EMPTY_ROW: filled == 0}
    usable = filled > 0
    for reason, rows in (
        (REPEATED_HEADER, _repeats(columns, written)),
        (RULED_LINE, _ruled(columns, usable)),
    ):
        found[reason] = rows & usable
        usable &= ~rows
    found[NOTE_ROW] = _notes(columns, filled, usable)
    usable &= ~found[NOTE_ROW]
    found[HEADING_ROW] = _headings(columns, filled, usable)
    usable &= ~found[HEADING_ROW]
    found[TOTAL_ROW] = totals(columns, usable)
    return found


def _repeats(columns: Sequence[DistinctText], written: Sequence[str]) -> np.ndarray:
    """Mark rows that equal the header, as in concatenated files."""
    same = np.full(len(columns[0]), any(name.strip() for name in written))
    for column, name in zip(columns, written, strict=True):
        if not same.any():
            break
        if not name.strip():
            same &= column.codes < 0
            continue
        equal = pc.match_substring(column.texts, name.strip(), ignore_case=True)
        equal = pc.and_(equal, pc.equal(pc.utf8_length(column.texts), len(name.strip())))
        same &= column.rows_of(np.asarray(equal.to_numpy(zero_copy_only=False), dtype=bool))
    return same


def _ruled(columns: Sequence[DistinctText], usable: np.ndarray) -> np.ndarray:
    """Mark rows in which every cell is a ruled line."""
    ruled = usable.copy()
    for column in columns:
        if not ruled.any():
            break
        lines = pc.match_substring_regex(column.texts, RULED_CELL).to_numpy(zero_copy_only=False)
        ruled &= column.rows_of(np.asarray(lines, dtype=bool)) | (column.codes < 0)
    return ruled


def _notes(columns: Sequence[DistinctText], filled: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Mark single-cell sentences below the table, such as sources and footnotes."""
    notes = np.zeros(len(usable), dtype=bool)
    single = usable & (filled == 1)
    rows = np.flatnonzero(usable)
    if len(columns) < _FEWEST_COLUMNS or len(rows) < 2 or not single[rows[-1]]:
        return notes
    for row in rows[: -_MOST_NOTES - 1 : -1]:
        if not single[row] or not _is_prose(columns, row, usable & ~single):
            break
        notes[row] = True
    few = np.count_nonzero(single & ~notes) <= _RARE * len(rows)
    return notes if few else np.zeros(len(usable), dtype=bool)


def _headings(
    columns: Sequence[DistinctText], filled: np.ndarray, usable: np.ndarray
) -> np.ndarray:
    """Mark group headings: a word in a numeric column with all other cells empty."""
    none = np.zeros(len(usable), dtype=bool)
    column = columns[0]
    single = usable & (filled == 1) & (column.codes >= 0)
    others = usable & ~single
    if len(columns) < _FEWEST_COLUMNS or not single.any() or not others.any():
        return none
    numbers = pc.match_substring_regex(column.texts, r"^[^\pL]*\d[^\pL]*$")
    numeric = column.rows_of(np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=bool))
    rare = np.count_nonzero(single) <= _RARE_HEADINGS * np.count_nonzero(others)
    return single & ~numeric if rare and numeric[others].mean() > _MOSTLY_NUMBERS else none


def _is_prose(columns: Sequence[DistinctText], row: int, others: np.ndarray) -> bool:
    """Return whether a row's only cell is prose in a column that otherwise holds none."""
    column = next(column for column in columns if column.codes[row] >= 0)
    prose = pc.match_substring_regex(column.texts, _PROSE).to_numpy(zero_copy_only=False)
    marked = column.rows_of(np.asarray(prose, dtype=bool))
    return bool(marked[row] and marked[others].mean() < _MOST_PROSE) if others.any() else False
