"""Describe each column from exact counts of all rows and a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.cluster.encoding.cell_values import number
from segmentation.cluster.encoding.column_statistics import (
    ColumnStatistics,
    NumberTally,
    by_frequency,
)
from segmentation.errors import DataError, ReadError
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.first_pass import ColumnTally, PartScan, Sample
from segmentation.segments.profiles.column_values import Yardsticks, most_frequent
from segmentation.table.roles.role_detection import find_roles
from segmentation.table.schema.columns import MAX_LEVELS, Column, Role
from segmentation.table.schema.population import Numbers, PopulationColumn
from segmentation.table.values.column_profile import Profiled, profile_column, settled
from segmentation.table.values.text_typing import MOST_BAD_CELLS, one_spelling_each
from segmentation.table.values.typed_column import Kind

#: Minimum share of distinct values in an id column whose sampled values are all distinct; below 1
#: because the distinct count is an estimate.
_NEARLY_ALL = 0.9


def roles_of(
    scan: PartScan, sample: Sample, plans: Sequence[ColumnPlan]
) -> tuple[tuple[Column, ...], pd.DataFrame]:
    """Return all columns with role, use and meaning, by the rules for tables in memory.

    Levels, missing and distinct values are counted over all rows; rules that examine values
    (ranges, wording) use the sample.

    Returns
    -------
    columns : tuple of Column
    frame : DataFrame
        The sample in the types that the roles require.
    """
    tallies = {name: _one_spelling(tally) for name, tally in scan.columns.items()}
    profiled = [
        _profiled(plan, tallies[plan.name], scan.rows, sample.frame[plan.name]) for plan in plans
    ]
    found = find_roles(profiled)
    columns = tuple(
        replace(column, missing=tallies[column.name].missing, distinct=_distinct(tallies, column))
        for column in found
    )
    series = {
        one.name: settled(_whole(sample.frame[one.name], tallies[one.name]), column.role)
        for one, column in zip(profiled, columns, strict=True)
    }
    return columns, pd.DataFrame(series)


def _distinct(tallies: dict[str, ColumnTally], column: Column) -> int:
    tally = tallies[column.name]
    return len(tally.counts) if tally.counts is not None else tally.distinct.count


def _one_spelling(tally: ColumnTally) -> ColumnTally:
    if tally.counts is None or tally.numbers is not None:
        return tally
    return replace(tally, counts=one_spelling_each(tally.counts))


def _profiled(plan: ColumnPlan, tally: ColumnTally, rows: int, sampled: pd.Series) -> Profiled:
    """Return the profile of a column: its sample, with levels counted over all rows."""
    series = _whole(sampled, tally)
    of_sample = profile_column(plan.name, series, plan.kind)
    if tally.counts is not None and len(tally.counts) <= MAX_LEVELS:
        levels = list(by_frequency(tally.counts))
        return replace(of_sample, levels=levels, distinct=len(levels))
    if tally.rising:  # sampled rows are not consecutive
        return replace(of_sample, series=pd.Series(np.arange(len(series)), dtype="Int64"))
    distinct = max(of_sample.distinct, min(MAX_LEVELS + 1, of_sample.present))
    if tally.distinct.count < _NEARLY_ALL * (rows - tally.missing):
        distinct = min(distinct, max(of_sample.present - 1, 1))
    return replace(of_sample, distinct=distinct)


def _whole(series: pd.Series, tally: ColumnTally) -> pd.Series:
    """Return whole numbers as integers, as in tables in memory."""
    if tally.numbers is None or series.dtype.kind not in "iuf":
        return series
    counted = tally.numbers.counted
    fits = counted.decimals == 0 and not np.nanmax(np.abs([counted.low, counted.high])) >= 2**53
    return series.astype("Int64") if fits else series


def statistics_of(
    scan: PartScan, plans: Sequence[ColumnPlan], bases: Sequence[Column]
) -> dict[str, ColumnStatistics]:
    """Return the statistics to fit the encoder on.

    Raises
    ------
    DataError
        A category has far too many levels.
    """
    kinds = {plan.name: plan.kind for plan in plans}
    result = {}
    for column in bases:
        tally = _one_spelling(scan.columns[column.name])
        if tally.counts is None and kinds[column.name] is Kind.TEXT:
            raise DataError(
                f"The column {column.name!r} has more different texts than the {MAX_LEVELS} a "
                "category may have: leave it out, or group its values first."
            )
        result[column.name] = ColumnStatistics(
            scan.rows,
            kinds[column.name] is Kind.NUMBER,
            tally.numbers.statistics() if tally.numbers else None,
            by_frequency(tally.counts) if tally.counts is not None else None,
        )
    return result


def yardsticks_of(scan: PartScan, columns: Sequence[Column]) -> Yardsticks:
    """Return the scales for measuring a single row, computed from all rows."""
    newest, levels = {}, {}
    for column in columns:
        tally = _one_spelling(scan.columns[column.name])
        if column.role is Role.DATE and tally.numbers is not None:
            newest[column.name] = float(tally.numbers.counted.high[0])
        if column.role is Role.NOMINAL and tally.counts is not None:
            counts = tally.counts
            levels[column.name] = most_frequent({one: counts.get(one, 0) for one in column.levels})
    return Yardsticks(newest, levels)


def population_columns(scan: PartScan, plans: Sequence[ColumnPlan]) -> dict[str, PopulationColumn]:
    """Return the statistics of each column over all rows."""
    return {plan.name: _population_column(scan.columns[plan.name], plan) for plan in plans}


def _population_column(tally: ColumnTally, plan: ColumnPlan) -> PopulationColumn:
    counts = _one_spelling(tally).counts
    few = counts is not None and len(counts) <= MAX_LEVELS
    numbers = tally.numbers if plan.kind is Kind.NUMBER and tally.numbers else None
    return PopulationColumn(
        kind=str(plan.kind),
        missing=tally.missing,
        levels=by_frequency(counts) if counts is not None and few else None,
        numbers=_numbers(numbers) if numbers and numbers.seen.count else None,
    )


def _numbers(tally: NumberTally) -> Numbers:
    seen = tally.seen
    low, q1, median, q3, high = tally.counted.quantiles((0.0, 0.25, 0.5, 0.75, 1.0)).tolist()
    of_sample = math.sqrt(seen.count / (seen.count - 1)) if seen.count > 1 else math.nan
    return Numbers(
        seen.count, seen.total, seen.center, seen.deviation * of_sample, low, q1, median, q3, high
    )


class FileCheck:
    """Checks that each file fits the common plans, so that none is misread silently."""

    def __init__(self, plans: Sequence[ColumnPlan], first: str) -> None:
        self._plans = plans
        self._first = first
        self._cells: dict[str, dict[str, tuple[int, int]]] = {}
        self._words: dict[str, dict[str, tuple[int, int]]] = {}

    def add(self, scan: PartScan) -> None:
        """Count the cells of a part that do not fit."""
        of_file = self._cells.setdefault(scan.file, {})
        for name, tally in scan.columns.items():
            bad, seen = of_file.get(name, (0, 0))
            of_file[name] = (bad + tally.bad, seen + scan.rows - tally.missing)
        for plan in self._plans:
            counts = scan.columns[plan.name].counts if scan.columns else None
            if counts and plan.kind is Kind.TEXT:
                numbers = sum(rows for one, rows in counts.items() if _is_number(one))
                files = self._words.setdefault(plan.name, {})
                before = files.get(scan.file, (0, 0))
                files[scan.file] = (before[0] + numbers, before[1] + sum(counts.values()))

    def notes(self) -> tuple[str, ...]:
        """Return notes on columns that hold words in some files and numbers in others."""
        found = []
        for name, files in self._words.items():
            numbers = [f for f, (some, every) in files.items() if some >= _NEARLY_ALL * every]
            words = [f for f, (some, every) in files.items() if some <= (1 - _NEARLY_ALL) * every]
            if numbers and words:
                found.append(
                    f"{name} holds words in {_named(words)}, but numbers in {_named(numbers)}: "
                    "all count as words."
                )
        return tuple(found)

    def finish(self) -> dict[str, int]:
        """Return the number of cells per column that do not fit and count as missing.

        Raises
        ------
        ReadError
            In some file so many cells do not fit that the column must hold something else there.
        """
        bad_cells: dict[str, int] = {}
        for file, columns in self._cells.items():
            for plan in self._plans:
                bad, seen = columns.get(plan.name, (0, 0))
                if bad > MOST_BAD_CELLS * (bad + seen):
                    raise ReadError(
                        f"The column “{plan.name}” holds {plan.kind}s in {self._first}, but "
                        f"something else in {bad:,} of {bad + seen:,} cells of {file}. Mend that "
                        "file, or take it out."
                    )
                bad_cells[plan.name] = bad_cells.get(plan.name, 0) + bad
        return {name: bad for name, bad in bad_cells.items() if bad}


def _is_number(text: str) -> bool:
    return math.isfinite(number(text))


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{more}"
