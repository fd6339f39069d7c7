"""Issues found while typing columns, with advice on what to do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from segmentation.table.roles.contact_data import masked
from segmentation.table.schema.columns import Column, Issue, Role, Use
from segmentation.table.values.amounts import PLAIN
from segmentation.table.values.typed_column import Kind, Typed

_MOST_LINES = 100
_MOST_EXAMPLES = 5
_WHAT = {Kind.NUMBER: ("not_a_number", "numbers"), Kind.DATE: ("not_a_date", "dates")}

#: Age of the oldest person on record.
OLDEST = 122
#: Codes for "unknown" in otherwise non-negative columns, and the largest share of cells for which
#: that is likely.
CODES, MOST_CODES = (-1, -9, -99, -999, -9999), 0.05

_NOTES = {
    "ambiguous_number": (
        "ambiguous_number",
        (
            "The numbers can be read with a decimal point or a decimal comma; they were read with "
            "a decimal {mark}. Choose the other one if that is wrong."
        ),
        ("point", "comma"),
    ),
    "ambiguous_date": (
        "ambiguous_date",
        (
            "Day and month could be swapped in every date; they were read {order} first. Choose "
            "the other order if that is wrong."
        ),
        ("month_first", "day_first"),
    ),
    "zoned": (
        "time_zone",
        "The times name a time zone and were converted to UTC; days can differ by one.",
        (),
    ),
    "mixed_numbers": (
        "mixed_numbers",
        (
            "Some numbers have a decimal point and others a decimal comma, so that none was read "
            "as a number. Write them alike in the file."
        ),
        (),
    ),
    "mixed_dates": (
        "mixed_dates",
        (
            "The cells look like dates, but no order of day and month suits most of them, so that "
            "none was read as a date. Write them alike in the file."
        ),
        (),
    ),
    "decorated": (
        "decorated_number",
        "Currency, percent signs or thousands separators were taken off the numbers.",
        (),
    ),
    "ticked": (
        "ticked",
        "Cells are ticked or empty; the empty ones were read as “no”.",
        (),
    ),
    "spelling": (
        "spelling",
        "Values that differ only in capitals or blanks were given the most frequent spelling.",
        ("merge", "keep"),
    ),
}


def column_issues(column: Column, typed: Typed, lines: np.ndarray, decimal: str) -> list[Issue]:
    """Return the issues of a column.

    Parameters
    ----------
    column : Column
        The column; its role decides whether examples are masked.
    typed : Typed
        The typed column.
    lines : ndarray of int64
        Line number of each row.
    decimal : str
        The file's decimal mark.
    """
    issues = [*_missing_issues(column, typed, lines), *_bad_issues(column, typed, lines)]
    issues += [
        _note_issue(note, column, typed, lines, decimal) for note in typed.notes if note in _NOTES
    ]
    issues += _odd_values(column, typed, lines)
    if column.role is Role.CONSTANT and column.distinct:
        issues.append(_constant(column))
    if column.role is Role.CONTACT:
        issues.append(
            Issue(
                kind="contact_data",
                column=column.name,
                count=len(typed.series) - column.missing,
                examples=column.examples,
                suggestion=f"{column.reason} Leave the column out of the file if you can.",
            )
        )
    return issues


def _odd_values(column: Column, typed: Typed, lines: np.ndarray) -> Iterator[Issue]:
    """Yield issues about implausible numbers, which are used nevertheless."""
    if column.role is not Role.NUMERIC:
        return
    values = typed.series.to_numpy(dtype="float64", na_value=np.nan)
    below = values < 0
    odd, why = below | (values > OLDEST), f"outside of 0 to {OLDEST} years"
    if column.meaning != "age":
        few = 0 < below.sum() <= MOST_CODES * len(values)
        odd, why = below & few & np.isin(values, CODES), "among numbers from 0 up"
        if odd.sum() != below.sum():
            return
    rows = np.flatnonzero(odd)
    if not len(rows):
        return
    told = sorted({f"{value:g}" for value in values[rows]}, key=float)[:_MOST_EXAMPLES]
    cells = "1 cell" if len(rows) == 1 else f"{len(rows):,} cells"
    yield Issue(
        kind="odd_number",
        column=column.name,
        count=len(rows),
        lines=_first(lines, rows),
        suggestion=(
            f"{' and '.join(told)} in {cells}, {why}, can hardly be meant and counts all the "
            "same. If it stands for “unknown”, empty these cells in the file."
        ),
    )


def _constant(column: Column) -> Issue:
    return Issue(
        kind="constant_column",
        column=column.name,
        count=1,
        examples=column.examples,
        suggestion=f"{column.reason} The column tells no customers apart and is not used.",
    )


def _missing_issues(column: Column, typed: Typed, lines: np.ndarray) -> Iterator[Issue]:
    if typed.missing_words.any():
        rows = np.flatnonzero(typed.text.rows_of(typed.missing_words))
        examples = _examples(column, typed, typed.missing_words)
        words = ", ".join(f"“{word}”" for word in examples)
        yield Issue(
            kind="missing_word",
            column=column.name,
            count=len(rows),
            lines=_first(lines, rows),
            examples=examples,
            suggestion=f"{_cells(len(rows), words)} as missing.",
            fixes=("missing", "keep"),
        )
    if column.distinct == 0:
        yield Issue(
            kind="empty_column",
            column=column.name,
            count=column.missing,
            suggestion="The column has no values and is not used.",
        )
        return
    empty = np.flatnonzero(typed.text.codes < 0)
    if len(empty):
        verb = "is" if len(empty) == 1 else "are"
        stands_in = " The median or an own level stands in for them in segments."
        yield Issue(
            kind="missing",
            column=column.name,
            count=len(empty),
            lines=_first(lines, empty),
            suggestion=(
                f"{len(empty):,} of {len(lines):,} cells {verb} empty."
                f"{stands_in if column.use is Use.BASIS else ''}"
            ),
        )


def _cells(count: int, words: str) -> str:
    return (
        f"1 cell reads {words} and counts"
        if count == 1
        else f"{count:,} cells read {words} and count"
    )


def _bad_issues(column: Column, typed: Typed, lines: np.ndarray) -> Iterator[Issue]:
    if not typed.bad.any():
        return
    rows = np.flatnonzero(typed.text.rows_of(typed.bad))
    kind, plural = _WHAT[typed.kind]
    examples = _examples(column, typed, typed.bad)
    what = (
        f"1 cell is not a {plural[:-1]}"
        if len(rows) == 1
        else f"{len(rows):,} cells are not {plural}"
    )
    yield Issue(
        kind=kind,
        column=column.name,
        count=len(rows),
        lines=_first(lines, rows),
        examples=examples,
        suggestion=(
            f"{what}: {', '.join(f'“{text}”' for text in examples)}. "
            f"{'It counts' if len(rows) == 1 else 'They count'} as missing; you can set the rows "
            "aside instead."
        ),
        fixes=("missing", "set_aside"),
    )


def _touched(note: str, typed: Typed) -> np.ndarray:
    """Return a mask of the distinct values that a note concerns."""
    present = ~(typed.bad | typed.missing_words)
    if note == "spelling":
        texts = typed.text.texts.to_numpy(zero_copy_only=False)
        return np.asarray(present & (texts != typed.distinct))
    if note == "ticked":
        return np.asarray(typed.text.texts.to_numpy(zero_copy_only=False) == "no")
    if note == "decorated":
        plain = pc.match_substring_regex(typed.text.texts, PLAIN)
        return np.asarray(present & ~plain.to_numpy(zero_copy_only=False))
    return np.asarray(present)


def _note_issue(note: str, column: Column, typed: Typed, lines: np.ndarray, decimal: str) -> Issue:
    kind, sentence, fixes = _NOTES[note]
    touched = _touched(note, typed)
    rows = np.flatnonzero(typed.text.rows_of(touched))
    order = "day" if typed.date_order == "day_first" else "month"
    if note == "ambiguous_date" and order == "day":
        fixes = fixes[::-1]
    if note == "ambiguous_number" and decimal == ",":
        fixes = fixes[::-1]
    return Issue(
        kind=kind,
        column=column.name,
        count=len(rows),
        lines=_first(lines, rows),
        examples=_examples(column, typed, touched),
        suggestion=sentence.format(order=order, mark="comma" if decimal == "," else "point"),
        fixes=fixes,
    )


def _examples(column: Column, typed: Typed, chosen: np.ndarray) -> tuple[str, ...]:
    """Return the most frequent chosen values, shortened, and masked if contact data."""
    counts = np.where(chosen, typed.text.counts(), -1)
    places = np.argsort(-counts, kind="stable")[: min(_MOST_EXAMPLES, int(chosen.sum()))]
    texts = [typed.text.texts[int(place)].as_py()[:60] for place in places]
    return tuple(masked(text) if column.role is Role.CONTACT else text for text in texts)


def _first(lines: np.ndarray, rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(line) for line in lines[rows[:_MOST_LINES]])
