"""A column typed from text, and the rules for reading it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from segmentation.table.schema.distinct_values import DistinctText


class Kind(StrEnum):
    """The kind of cells in a column."""

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
        The decimal mark; clear evidence of the other one in a column overrides it.
    settled : bool
        Whether the user chose the mark, so that ambiguous numbers are not guessed.
    day_first : bool or None
        The order of ambiguous dates; None means day first with dots, else month first.
    merge_spellings : bool
        Merge values that differ only in case and blanks.
    missing_words : bool
        Treat spellings of "missing" as missing.
    """

    decimal: str = "."
    settled: bool = False
    day_first: bool | None = None
    merge_spellings: bool = True
    missing_words: bool = True


@dataclass(frozen=True, eq=False)
class Typed:
    """A typed column with notes on its typing; masks have one entry per distinct value.

    Attributes
    ----------
    series : Series
        ``Int64``, ``float64``, ``datetime64[s]`` or ``str``.
    distinct : ndarray
        The typed value of each distinct text, missing ones as NaN, NaT or None.
    kind : Kind
        The kind of its cells.
    text : DistinctText
        The trimmed cells as written.
    bad : ndarray of bool
        Values that do not fit the column's kind and count as missing.
    missing_words : ndarray of bool
        Values that are spellings of "missing".
    notes : tuple of str
        Assumptions: ``"decorated"``, ``"ambiguous_number"``, ``"ambiguous_date"``,
        ``"decimal_comma"``, ``"spelling"``, ``"ticked"``, ``"zoned"``; or what text seems to be:
        ``"mixed_numbers"``, ``"mixed_dates"``.
    """

    series: pd.Series
    distinct: np.ndarray
    kind: Kind
    text: DistinctText
    bad: np.ndarray
    missing_words: np.ndarray
    notes: tuple[str, ...] = field(default=())
    date_order: str = ""
