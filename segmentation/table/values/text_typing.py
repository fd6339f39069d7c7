"""Convert a column of text to numbers, dates, yes/no or words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.values.amounts import (
    Amounts,
    DecimalEvidence,
    decimal_evidence,
    guess_decimal,
    may_be_grouped,
    parse_amounts,
    plain_numbers,
)
from segmentation.table.values.dates import are_compact_dates, looks_like_dates, parse_dates
from segmentation.table.values.mixed_notation import text_doubts
from segmentation.table.values.typed_column import Kind, Rules, Typed
from segmentation.table.vocabulary.name_patterns import is_code_name, is_date_name
from segmentation.table.vocabulary.value_words import TICKS, boolean_pair, is_missing_word

#: Maximum share of cells in a number or date column that may be something else.
MOST_BAD_CELLS = 0.2

#: The same if the rest looks like codes ("85123A"); above it, the column is text.
_MOST_CODES = 0.01

#: Letters before or after digits: a code, not a mistyped number.
_CODE_PATTERN = r"^(?:[A-Za-z]{1,4}[-_ ]?\d+|\d+[-_]?[A-Za-z]{1,3}|\d+-\d+)$"

#: Telephone numbers: a plus sign before this many digits is not an amount.
_DIALLED = r"^\+\d{8,}$"

#: Maximum number of values in a column whose spellings are merged.
_MOST_LEVELS_TO_MERGE = 50

_DEFAULT_RULES = Rules()


def file_evidence(texts: list[DistinctText]) -> DecimalEvidence:
    """Return the sum of all columns' evidence for the decimal mark."""
    total = DecimalEvidence(0, 0)
    for text in texts:
        if _may_hold_numbers(text.texts):
            total += decimal_evidence(text.texts)
    return total


def type_column(name: str, cells: DistinctText, rules: Rules = _DEFAULT_RULES) -> Typed:
    """Return a column of text converted to its best type.

    Parameters
    ----------
    name : str
        The column's name; names such as "Invoice No" are evidence against numbers.
    cells : DistinctText
        The trimmed cells.
    rules : Rules
        Rules for reading it.

    Returns
    -------
    Typed
        The typed column; cells that do not fit are missing and marked bad.

    Examples
    --------
    >>> cells = DistinctText.from_series(pd.Series(["1.5", "n/a", "abc", "2", "3", "4", "5"]))
    >>> typed = type_column("Spend", cells)
    >>> typed.series.tolist()
    [1.5, nan, nan, 2.0, 3.0, 4.0, 5.0]
    """
    cells, ticked = _without_ticks(cells)
    words = _mask(is_missing_word(cells.texts)) & rules.missing_words
    present = pc.filter(cells.texts, pa.array(~words))
    if not len(present):
        return _as_text(cells, words, rules)
    for attempt in (_as_dates, _as_numbers):
        typed = attempt(name, cells, words, rules)
        if typed is not None:
            return typed
    typed = _as_text(cells, words, rules)
    notes = ("ticked",) if ticked else text_doubts(present)
    return replace(typed, notes=(*typed.notes, *notes)) if notes else typed


def _without_ticks(cells: DistinctText) -> tuple[DistinctText, bool]:
    """Fill empty cells with "no" if all others are ticked."""
    ticked = {text.lower() for text in cells.texts.to_pylist()} if len(cells.texts) < 3 else set()
    empty = cells.codes < 0
    if len(ticked) != 1 or not ticked <= TICKS or not empty.any():
        return cells, False
    texts = pa.array([*cells.texts.to_pylist(), "no"], pa.string())
    return DistinctText(texts, np.where(empty, np.int32(len(texts) - 1), cells.codes)), True


def plain_or_amounts(cells: DistinctText) -> np.ndarray | None:
    """Return a column's numbers by row (NaN elsewhere), or None if there are none.

    Parameters
    ----------
    cells : DistinctText
        Trimmed cells.
    """
    if not _may_hold_numbers(cells.texts):
        return None
    words = np.zeros(len(cells.texts), dtype=bool)
    numbers = _amounts(cells.texts, words, _DEFAULT_RULES)[0].numbers
    return np.asarray(np.append(numbers, np.nan)[cells.codes])


def _as_text(cells: DistinctText, words: np.ndarray, rules: Rules) -> Typed:
    present = pc.filter(cells.texts, pa.array(~words))
    pair = boolean_pair(present)
    kept, distinct, notes = _one_spelling(
        cells, words, boolean=pair is not None, merge=rules.merge_spellings
    )
    bad = np.zeros(len(cells.texts), dtype=bool)
    kind = Kind.BOOLEAN if pair is not None else Kind.TEXT
    return Typed(kept.to_series(), distinct, kind, cells, bad, words, notes)


def _one_spelling(
    cells: DistinctText, words: np.ndarray, *, boolean: bool, merge: bool
) -> tuple[DistinctText, np.ndarray, tuple[str, ...]]:
    """Remove spellings of "missing"; merge values that differ only in case.

    The most frequent spelling wins. Columns with many values (names, codes) stay unchanged.
    """
    texts = cells.texts
    values = pc.if_else(pa.array(~words), texts, pa.scalar(None, pa.string()))
    notes: tuple[str, ...] = ()
    if merge and (boolean or len(values) <= _MOST_LEVELS_TO_MERGE):
        folded = [text and " ".join(text.casefold().split()) for text in values.to_pylist()]
        if len(set(folded)) < len(folded) and (boolean or len(set(folded)) * 2 <= len(cells)):
            merged = _most_frequent(folded, values.to_pylist(), cells.counts())
            if merged != values.to_pylist():
                values, notes = pa.array(merged, pa.string()), ("spelling",)
    return cells.mapped(values), values.to_numpy(zero_copy_only=False), notes


def one_spelling_each(counts: Mapping[str, int]) -> dict[str, int]:
    """Return level counts with spellings merged that differ only in case and blanks.

    Examples
    --------
    >>> one_spelling_each({"Gold": 8, "gold": 2, "Silver": 5})
    {'Gold': 10, 'Silver': 5}
    """
    texts = pa.array(list(counts), pa.string())
    if len(counts) > _MOST_LEVELS_TO_MERGE and boolean_pair(texts) is None:
        return dict(counts)
    folded = [" ".join(text.casefold().split()) for text in counts]
    merged: dict[str, int] = {}
    spelled = _most_frequent(list(folded), list(counts), np.array(list(counts.values())))
    for text, count in zip(spelled, counts.values(), strict=True):
        merged[str(text)] = merged.get(str(text), 0) + count
    return merged


def _most_frequent(
    folded: list[str | None], written: list[str | None], counts: np.ndarray
) -> list[str | None]:
    best: dict[str | None, tuple[int, str | None]] = {}
    for key, text, count in zip(folded, written, counts, strict=True):
        if key not in best or count > best[key][0]:
            best[key] = (int(count), text)
    return [best[key][1] for key in folded]


def _as_numbers(name: str, cells: DistinctText, words: np.ndarray, rules: Rules) -> Typed | None:
    values = cells.texts
    if _has_leading_zeros(values) or _is_too_long(values):
        return None
    present = pc.filter(values, pa.array(~words))
    if not _may_hold_numbers(present) or (is_code_name(name) and _hold_codes(present)):
        return None
    if pc.all(pc.match_substring_regex(present, _DIALLED)).as_py():
        return None
    amounts, notes = _amounts(values, words, rules)
    fits = np.isfinite(amounts.numbers) & ~words
    bad = ~fits & ~words
    if not _fits_well_enough(cells, fits, bad):
        return None
    distinct = np.where(fits, amounts.numbers, np.nan)
    numbers = np.append(distinct, np.nan)[cells.codes]
    whole = amounts.whole and bool(np.abs(amounts.numbers[fits]).max(initial=0) < 2**53)
    series = pd.Series(numbers)
    series = series.astype("Int64") if whole else series
    return Typed(series, distinct, Kind.NUMBER, cells, bad, words, notes)


def _amounts(
    values: pa.StringArray, words: np.ndarray, rules: Rules
) -> tuple[Amounts, tuple[str, ...]]:
    """Read values with the decimal mark that fits the column best."""
    present = pc.filter(values, pa.array(~words))
    plain = plain_numbers(present)
    if plain is not None and (plain.dtype.kind == "i" or not may_be_grouped(present)):
        numbers = np.full(len(values), np.nan)
        numbers[~words] = plain
        nothing = np.zeros(len(values), dtype=bool)
        return Amounts(numbers, plain.dtype.kind == "i", nothing, ambiguous=False), ()
    own = decimal_evidence(present)
    decimal, guess = rules.decimal, None
    if own.point != own.comma:
        decimal = "." if own.point > own.comma else ","
    elif own.point == 0 and not rules.settled:
        guess = guess_decimal(present)
        decimal = guess or decimal
    amounts = parse_amounts(values, decimal)
    found = {
        "decorated": bool(amounts.decorated[~words].any()),
        "ambiguous_number": amounts.ambiguous and guess is None and not rules.settled,
        "decimal_comma": decimal == "," and own.comma > 0,
    }
    return amounts, tuple(note for note, present in found.items() if present)


def _hold_codes(values: pa.StringArray) -> bool:
    """Return whether some values mix letters and digits: codes, not mistyped numbers."""
    return bool(pc.any(pc.match_substring_regex(values, _CODE_PATTERN)).as_py())


def _fits_well_enough(cells: DistinctText, fits: np.ndarray, bad: np.ndarray) -> bool:
    """Return whether enough cells fit, compared with those that do not."""
    counts = cells.counts()
    good, wrong = int(counts[fits].sum()), int(counts[bad].sum())
    if wrong == 0:
        return good > 0
    if good == 0 or wrong > MOST_BAD_CELLS * (good + wrong):
        return False
    leftover = pc.filter(cells.texts, pa.array(bad))
    codes = _mask(pc.match_substring_regex(leftover, _CODE_PATTERN))
    return float(counts[bad][codes].sum()) / (good + wrong) <= _MOST_CODES


def _as_dates(name: str, cells: DistinctText, words: np.ndarray, rules: Rules) -> Typed | None:
    present = pc.filter(cells.texts, pa.array(~words))
    compact = is_date_name(name) or are_compact_dates(present)
    if not looks_like_dates(present, compact=compact):
        return None
    day_first = rules.day_first
    if day_first is None and rules.decimal == ",":
        day_first = True
    dates = parse_dates(cells.texts, day_first=day_first, compact=compact)
    fits = ~np.isnat(dates.times) & ~words
    bad = ~fits & ~words
    if not _fits_well_enough(cells, fits, bad):
        return None
    distinct = np.where(fits, dates.times, np.datetime64("NaT"))
    times = np.append(distinct, np.datetime64("NaT"))
    found = {
        "ambiguous_date": dates.ambiguous and rules.day_first is None,
        "zoned": dates.zoned,
    }
    notes = tuple(note for note, present in found.items() if present)
    return Typed(
        pd.Series(times[cells.codes]), distinct, Kind.DATE, cells, bad, words, notes, dates.order
    )


def _may_hold_numbers(values: pa.StringArray) -> bool:
    """Return whether a few values suggest that the column may hold numbers."""
    some = pc.match_substring_regex(values.slice(0, 100), r"\d")
    return len(some) > 0 and bool(_mask(some).mean() >= 0.2)


def _has_leading_zeros(values: pa.StringArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, r"^0\d+$")).as_py())


def _is_too_long(values: pa.StringArray) -> bool:
    """Return whether whole numbers exceed float precision, so that they are codes."""
    return bool(pc.any(pc.match_substring_regex(values, r"^\d{16,}$")).as_py())


def _mask(flags: pa.BooleanArray) -> np.ndarray:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)
