"""Type a table part by part: decide the type of each column once, then apply it.

`type_column` needs all cells of a column. As no process sees them all here, a probe of the data
decides how every part is read. Cells that do not fit become missing and are counted, so that a
file in which a column holds something else is reported by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.table.from_frames import as_text, typed_by_dtype
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.table import Table
from segmentation.table.values.amounts import (
    decimal_evidence,
    may_be_grouped,
    parse_amounts,
    plain_numbers,
)
from segmentation.table.values.dates import are_compact_dates, parse_dates
from segmentation.table.values.typed_column import Kind
from segmentation.table.vocabulary.name_patterns import is_date_name
from segmentation.table.vocabulary.value_words import is_missing_word


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Plan for reading one column in every part.

    Attributes
    ----------
    name, written
        Its name in use and in the files.
    kind
        Number, date or text.
    decimal
        Decimal mark of numbers stored as text.
    day_first
        Order of ambiguous dates stored as text.
    compact
        Whether eight digits may be a date.
    whole
        Whether numbers seem to be whole; only needed for writing.
    """

    name: str
    written: str
    kind: Kind
    decimal: str = "."
    day_first: bool | None = None
    compact: bool = False
    whole: bool = False


@dataclass(frozen=True, eq=False)
class TypedPart:
    """Typed rows of one part.

    Attributes
    ----------
    frame
        Numbers as ``float64`` or whole types, dates as ``datetime64``, text as categories.
    bad
        Number of non-empty cells per column that do not fit its type.
    """

    frame: pd.DataFrame
    bad: dict[str, int]


def plan_columns(
    probe: Table, written: Mapping[str, str], texts: Mapping[str, DistinctText]
) -> tuple[ColumnPlan, ...]:
    """Return the plans for reading all columns.

    Parameters
    ----------
    probe
        Sample rows, read and typed like any table.
    written
        Column names in the files, by name in use.
    texts
        Cells of the probe, for columns stored as text.
    """
    default = str(probe.recipe.get("decimal") or ".")
    return tuple(
        replace(
            _plan(name, written[name], _kind_of(series), texts.get(name), default),
            whole=getattr(series.dtype, "kind", "O") in "iu",
        )
        for name, series in zip(map(str, probe.frame.columns), _series_of(probe), strict=True)
    )


def _series_of(probe: Table) -> list[pd.Series]:
    return [probe.frame[name] for name in probe.frame.columns]


def _kind_of(series: pd.Series) -> Kind:
    kind = getattr(series.dtype, "kind", "O")
    if kind == "M":
        return Kind.DATE
    return Kind.NUMBER if kind in "iuf" else Kind.TEXT


def _plan(
    name: str, written: str, kind: Kind, cells: DistinctText | None, default: str
) -> ColumnPlan:
    if cells is None or kind is Kind.TEXT:
        return ColumnPlan(name, written, kind, default)
    present = cells.texts.filter(pa.array(~_words(cells)))
    if kind is Kind.NUMBER:
        found = decimal_evidence(present)
        own = default if found.point == found.comma else "." if found.point > found.comma else ","
        return ColumnPlan(name, written, kind, own)
    compact = is_date_name(name) or are_compact_dates(present)
    assumed = True if default == "," else None
    dates = parse_dates(present, day_first=assumed, compact=compact)
    return ColumnPlan(name, written, kind, default, dates.order == "day_first", compact)


def type_part(
    columns: Mapping[str, DistinctText | pd.Series], plans: Sequence[ColumnPlan], rows: int
) -> TypedPart:
    """Return the cells of a part, typed as planned.

    Parameters
    ----------
    columns
        By name in use: text cells, or a series with a meaningful dtype.
    plans
        The plans of all columns.
    rows
        Number of rows.
    """
    frame: dict[str, object] = {}
    bad: dict[str, int] = {}
    for plan in plans:
        values, bad[plan.name] = _typed(columns[plan.name], plan)
        frame[plan.name] = values
    return TypedPart(pd.DataFrame(frame, index=pd.RangeIndex(rows), copy=False), bad)


def _typed(cells: DistinctText | pd.Series, plan: ColumnPlan) -> tuple[object, int]:
    if isinstance(cells, pd.Series):
        found = typed_by_dtype(cells)
        if found is not None and found[1] is plan.kind:
            return _plain(found[0]), 0
        text = found[0] if found is not None and found[1] is Kind.BOOLEAN else as_text(cells)
        cells = DistinctText.from_series(text).trimmed()
    words = _words(cells)
    if plan.kind is Kind.TEXT:
        return _categories(cells, words), 0
    read = _numbers if plan.kind is Kind.NUMBER else _dates
    distinct, nothing = read(cells.texts, words, plan)
    bad = np.asarray(pd.isna(distinct)) & ~words
    return np.append(distinct, nothing)[cells.codes], int(cells.counts()[bad].sum())


def _plain(series: pd.Series) -> pd.Series:
    """Return integers as a plain NumPy type; as floats if values are missing."""
    if series.dtype != "Int64":
        return series
    return series.astype("float64" if series.hasnans else "int64")


def _words(cells: DistinctText) -> np.ndarray:
    flags = is_missing_word(cells.texts).fill_null(False)
    return np.asarray(flags.to_numpy(zero_copy_only=False), dtype=bool)


def _categories(cells: DistinctText, words: np.ndarray) -> pd.Categorical:
    texts = cells.texts.to_pandas()
    codes = cells.codes
    if words.any():
        kept = np.append(np.where(words, -1, np.cumsum(~words) - 1), -1).astype(np.int32)
        codes, texts = kept[codes], texts[~words]
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype="str"))


def _numbers(
    texts: pa.StringArray, words: np.ndarray, plan: ColumnPlan
) -> tuple[np.ndarray, float]:
    numbers = np.full(len(texts), np.nan)
    present = texts.filter(pa.array(~words))
    plain = plain_numbers(present) if plan.decimal == "." else None
    if plain is not None and (plain.dtype.kind == "i" or not may_be_grouped(present)):
        numbers[~words] = plain
    else:
        numbers[~words] = parse_amounts(present, plan.decimal).numbers
    return numbers, np.nan


def _dates(
    texts: pa.StringArray, words: np.ndarray, plan: ColumnPlan
) -> tuple[np.ndarray, np.datetime64]:
    nothing = np.datetime64("NaT", "s")
    times = np.full(len(texts), nothing)
    present = texts.filter(pa.array(~words))
    times[~words] = parse_dates(present, day_first=plan.day_first, compact=plan.compact).times
    return times, nothing
