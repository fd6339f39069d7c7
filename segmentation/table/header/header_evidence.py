"""Evidence for and against a record being the header of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Number of rows below a header to examine.
_ROWS_BELOW = 100
#: Minimum share of numbers or dates in a column of values.
_MOSTLY = 0.8
#: Anything that looks like a number, with either decimal mark; strict parsing comes later.
#: Possessive quantifiers avoid backtracking.
_NUMBER = re.compile(
    "[-+(]?\\s*+[$€£¥]?\\s*+[-+]?(?=[., \u00a0\u202f']*+\\d)[\\d., \u00a0\u202f']++"
    "(?:[eE][-+]?\\d++)?\\s*+[%€$£)]?"
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")
#: Longer cells are text, however many digits they hold.
_LONGEST_VALUE = 100
#: At least this many columns named 1, 2, 3, … are a header, not data.
_FEWEST_COUNTED = 3
_YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the sample: its fields and the line it begins on (counted from 1)."""

    line: int
    fields: tuple[str, ...]

    @property
    def filled(self) -> int:
        """Number of non-empty fields."""
        return sum(bool(field.strip()) for field in self.fields)


def rows_below(records: list[Record], place: int, width: int) -> list[tuple[str, ...]]:
    """Return the first full rows after a position."""
    rows = [record.fields for record in records[place + 1 :] if len(record.fields) >= width]
    return rows[:_ROWS_BELOW]


def looks_like_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first record is a header.

    A word above numbers is evidence for a header; a number above numbers, or a word repeated
    below, is evidence against it.

    Examples
    --------
    >>> looks_like_header(["id", "city"], [["1", "Rome"], ["2", "Oslo"]])
    True
    >>> looks_like_header(["1", "Rome"], [["2", "Rome"], ["3", "Oslo"]])
    False
    """
    votes = header_votes(first, rows)
    if votes == 0:
        named = [name.strip() for name in first if name.strip()]
        return not any(is_value(name) for name in named)
    return votes > 0


def header_votes(first: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return the votes for a header minus the votes against it."""
    rows = [row for row in rows if tuple(row) != tuple(first)]
    columns = [
        (name.strip(), [row[j].strip() for row in rows if j < len(row) and row[j].strip()])
        for j, name in enumerate(first)
    ]
    if _names_years(columns) or _names_dates(columns) or _counts(columns):
        return len(first)
    return sum(_vote(name, below) for name, below in columns)


def _names_years(columns: Sequence[tuple[str, list[str]]]) -> bool:
    """Return whether a record holds words and years, but the columns below hold no years."""
    years = [is_year(name, below) for name, below in columns]
    words = [bool(name) and not is_value(name) for name, _ in columns]
    named = sum(bool(name) for name, _ in columns)
    return sum(years) >= 2 and sum(words) >= 1 and sum(years) + sum(words) == named


def _names_dates(columns: Sequence[tuple[str, list[str]]]) -> bool:
    """Return whether a record holds words and dates, but the columns below hold no dates."""
    dated = [below for name, below in columns if is_date(name)]
    words = sum(bool(name) and not is_value(name) for name, _ in columns)
    return (
        len(dated) >= 2
        and words >= 1
        and words + len(dated) == sum(bool(name) for name, _ in columns)
        and not any(is_date(cell) for below in dated for cell in below)
    )


def _counts(columns: Sequence[tuple[str, list[str]]]) -> bool:
    """Return whether a record numbers all columns but the first, as software does."""
    label, *names = [name for name, _ in columns]
    if is_value(label) or (not label and not columns[0][1]):
        return False
    return len(names) >= _FEWEST_COUNTED and names in (
        [str(i) for i in range(len(names))],
        [str(i) for i in range(1, len(names) + 1)],
    )


def is_year(name: str, below: list[str]) -> bool:
    """Return whether a number is a year naming a column, not one of a column of years."""
    return bool(_YEAR.match(name)) and 2 * sum(bool(_YEAR.match(cell)) for cell in below) < max(
        len(below), 1
    )


def is_value_column(below: list[str]) -> bool:
    """Return whether most cells are numbers or dates."""
    return bool(below) and sum(map(is_value, below)) >= _MOSTLY * len(below)


def _vote(name: str, below: list[str]) -> int:
    if not name or not below:
        return 0
    values = sum(is_value(cell) for cell in below) / len(below)
    if values >= _MOSTLY:
        return -1 if is_value(name) else 1
    if name in below:
        return -1
    return -1 if is_value(name) and values > 0 else 0


def is_value(cell: str) -> bool:
    """Return whether a cell looks like a number or a date."""
    return is_number(cell) or is_date(cell)


def is_number(cell: str) -> bool:
    """Return whether a cell looks like a number.

    Examples
    --------
    >>> [is_number(cell) for cell in (" 1,234.50 ", "(5)", "12 %", "$ 9", "1e5", "B12", " ", ",")]
    [True, True, True, True, True, False, False, False]
    """
    cell = cell.strip()
    return len(cell) <= _LONGEST_VALUE and _NUMBER.fullmatch(cell) is not None


def is_date(cell: str) -> bool:
    """Return whether a cell looks like a date.

    Examples
    --------
    >>> is_date("2024-01-31 14:22"), is_date("3.4")
    (True, False)
    """
    return _DATE.fullmatch(cell.strip()) is not None
