"""What a column's text was found to be, and by which rules it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from segmentation.table.schema.distinct_values import DistinctText


class Kind(StrEnum):
    """What the cells of a column are."""

    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a column's text is read.

    Attributes
    ----------
    decimal : str
        The decimal mark; a column with clear evidence of the other one overrules it.
    settled : bool
        The user chose the mark, so that nothing is guessed where both are possible.
    day_first : bool or None
        The order of dates that can be read both ways; None: day first after dots, else month.
    merge_spellings : bool
        Values that differ in capitals and blanks only get one spelling.
    missing_words : bool
        Spellings of "missing" count as missing.
    """

    decimal: str = "."
    settled: bool = False
    day_first: bool | None = None
    merge_spellings: bool = True
    missing_words: bool = True


@dataclass(frozen=True, eq=False)
class Typed:
    """A typed column and what was met on the way; masks have one entry a distinct value.

    Attributes
    ----------
    series : Series
        ``Int64``, ``float64``, ``datetime64[s]`` or ``str``.
    distinct : ndarray
        The typed value of each distinct text, missing ones as NaN, NaT or None.
    kind : Kind
        What the cells are.
    text : DistinctText
        The trimmed cells as they were written.
    bad : ndarray of bool
        Values that do not fit the column's kind and count as missing.
    missing_words : ndarray of bool
        Values that are a spelling of "missing".
    notes : tuple of str
        What was taken for granted: ``"decorated"``, ``"ambiguous_number"``,
        ``"ambiguous_date"``, ``"decimal_comma"``, ``"spelling"``, ``"ticked"``, ``"zoned"``; or
        what text seems to be: ``"mixed_numbers"``, ``"mixed_dates"``.
    """

    series: pd.Series
    distinct: np.ndarray
    kind: Kind
    text: DistinctText
    bad: np.ndarray
    missing_words: np.ndarray
    notes: tuple[str, ...] = field(default=())
    date_order: str = ""
