"""Survey all rows: column roles, duplicates, missing values and row counts."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.selection.evidence import Progress
from segmentation.errors import DataError
from segmentation.options import Settings
from segmentation.scale.column_survey import FileCheck, roles_of
from segmentation.scale.first_pass import PartScan, Sample, Scan
from segmentation.scale.partitions.data_set import DataSet
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.row_hashes import (
    NO_COPIES,
    Copies,
    Places,
    by_range,
    copies_among,
    ranges_for,
)
from segmentation.scale.sample_table import sampled_table
from segmentation.segments.training_rows import choose_columns
from segmentation.table.quality.duplicate_rows import are_customers
from segmentation.table.schema.columns import Column, Use

FEWEST_ROWS = 2

#: Ratio of candidates to sample size, so that chance never leaves too few.
_SPARE = 1.2

#: The user's column changes, by column name.
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Survey:
    """The results of the first pass.

    ``rows_read == rows_used + rows_set_aside + rows_duplicate``, always.

    Attributes
    ----------
    columns
        The columns with their final uses.
    scan
        Scan of the rows to segment: in use, and with enough values.
    frame, lines
        The sample and its positions in the whole data set.
    drops
        Positions of removed duplicates, by part.
    rows_read, rows_used, rows_set_aside, rows_duplicate
        Row counts.
    notes
        Notes for the owner, as sentences.
    is_whole
        Whether the sample contains all rows.
    """

    columns: tuple[Column, ...]
    scan: PartScan
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    drops: tuple[Places, ...]
    rows_read: int
    rows_used: int
    rows_set_aside: int
    rows_duplicate: int
    notes: tuple[str, ...]
    is_whole: bool

    @property
    def bases(self) -> tuple[Column, ...]:
        """Columns that drive the segments."""
        return tuple(column for column in self.columns if column.use is Use.BASIS)


def survey(
    data: DataSet,
    settings: Settings,
    workers: Workers,
    sample_rows: int,
    progress: Progress | None,
    *,
    changes: Changes | None = None,
) -> Survey:
    """Return a survey of all rows, in one pass, or two if some rows are removed.

    Parameters
    ----------
    data, settings, workers, sample_rows, progress
        See `segmentation.scale.train_parts.train_in_parts`.
    changes
        The user's column changes; see `segmentation.table.column_choices`.

    Raises
    ------
    ReadError
        A file is damaged or does not fit the others.
    DataError
        There is nothing to segment.
    ParameterError
        A change does not fit the values.
    """
    return _Surveyor(data, settings, workers, sample_rows, progress, changes or {}).survey()


def first_look(
    data: DataSet, workers: Workers, sample_rows: int, progress: Progress | None
) -> Survey:
    """Return a survey before any choices are made; raises the same errors as `survey`.

    Rows with many missing values are included, because the columns that drive the segments are
    not known yet.
    """
    return _Surveyor(data, Settings(), workers, sample_rows, progress, {}).look()[0]


@dataclass(frozen=True, eq=False)
class _Which:
    """The selection of rows to scan.

    Attributes
    ----------
    dropped, repeated
        Duplicates removed and duplicates kept, by part.
    bases
        Columns of which a row needs at least half; empty if all rows count.
    """

    dropped: tuple[Copies, ...]
    repeated: tuple[Copies, ...]
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Seen:
    """A scan and its results; see `Survey`."""

    scan: PartScan
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Surveyor:
    data: DataSet
    settings: Settings
    workers: Workers
    sample_rows: int
    progress: Progress | None
    changes: Changes

    def survey(self) -> Survey:
        found, which = self.look()
        columns = choose_columns(found.columns, self.settings.columns)
        bases = tuple(column.name for column in columns if column.use is Use.BASIS)
        unusable = found.scan.unusable(self.data.plans, bases)
        if unusable and not found.is_whole:
            seen = self._usable(found.rows_used - unusable, replace(which, bases=bases))
            found = replace(found, scan=seen.scan, frame=seen.frame, lines=seen.lines)
        return replace(found, columns=columns)

    def look(self) -> tuple[Survey, _Which]:
        """Return a survey before any choices are made, and the rows selected."""
        nothing = (NO_COPIES,) * len(self.data.parts)
        first, copies, notes = self._first(_Which(nothing, nothing))
        if first.scan.rows < FEWEST_ROWS:
            raise DataError(
                f"Segments need at least {FEWEST_ROWS} customers, but the data have only "
                f"{first.scan.rows} usable rows."
            )
        seen, which, note = self._without(copies, first, nothing)
        found = Survey(
            columns=seen.columns,
            scan=seen.scan,
            frame=seen.frame,
            lines=seen.lines,
            drops=tuple(one.places for one in which.dropped),
            rows_read=first.scan.rows + first.scan.set_aside,
            rows_used=seen.scan.rows,
            rows_set_aside=first.scan.set_aside,
            rows_duplicate=first.scan.rows - seen.scan.rows,
            notes=notes + note,
            is_whole=len(seen.frame) == seen.scan.rows,
        )
        return found, which

    def _first(self, every: _Which) -> tuple[_Seen, tuple[Copies, ...], tuple[str, ...]]:
        """Scan all rows; return the results, the duplicates and notes."""
        kept = self._started(self.data.rows, every)
        check = FileCheck(self.data.plans, self.data.parts[0].file)
        seen = self._judged(self._merged(kept, check))
        notes = _set_aside_notes(seen.scan) + _bad_cell_notes(check.finish()) + check.notes()
        ranges = ranges_for(seen.scan.rows)
        cut = self.workers.keep(functools.partial(by_range, ranges=ranges), kept)
        del kept
        found: list[list[Copies]] = [[] for _ in self.data.parts]
        for i in range(ranges):
            slices = self.workers.keep(itemgetter(i), cut)
            for part, copies in self.workers.one(copies_among, slices).items():
                found[part].append(copies)
        if len(seen.frame) < min(self.sample_rows, seen.scan.rows):  # fewer rows than lines
            seen = self._seen(seen.scan.rows, every)
        return seen, tuple(Copies.joined(some) if some else NO_COPIES for some in found), notes

    def _without(
        self, copies: tuple[Copies, ...], first: _Seen, nothing: tuple[Copies, ...]
    ) -> tuple[_Seen, _Which, tuple[str, ...]]:
        """Remove duplicates that are export errors; keep and number those that are customers."""
        count = sum(len(one.places) for one in copies)
        if not count:
            return first, _Which(nothing, nothing), ()
        stay = _Which(nothing, copies)
        notes: tuple[str, ...] = ()
        if self.data.recipe.get("format") != "frame":  # rows of a frame are all kept, as in memory
            leave = _Which(copies, nothing)
            left = self._seen(first.scan.rows - count, leave)
            if not are_customers(left.scan.rows, count, left.columns):
                return left, leave, (_dropped_note(count),)
            notes = (_kept_note(count),)
        return self._seen(first.scan.rows, stay), stay, notes

    def _usable(self, rows: int, which: _Which) -> _Seen:
        """Scan the rows that have at least half of the basis columns."""
        if rows < FEWEST_ROWS:
            raise DataError(
                "Nearly all rows miss more than half of the columns that drive the segments: "
                "choose columns with more values."
            )
        return self._seen(rows, which)

    def _seen(self, rows: int, which: _Which) -> _Seen:
        """Scan a selection of rows, given their number."""
        return self._judged(self._merged(self._started(rows, which), None))

    def _started(self, rows: int, which: _Which) -> list[Any]:
        share = _SPARE * self.sample_rows / max(rows, 1)
        scan = Scan(self.data.plans, share, self.settings.random_state, which.bases)
        dropped = [one.places for one in which.dropped]
        arguments: list[Sequence[Any]] = [self.data.parts, dropped, which.repeated]
        if self.data.data:
            arguments.append(self.workers.compute(self.data.data))
        return self.workers.keep(scan, *arguments)

    def _merged(self, kept: list[Any], check: FileCheck | None) -> PartScan:
        total: PartScan | None = None
        summaries = self.workers.keep(itemgetter(0), kept)
        for scan in self.workers.in_order(summaries, self.progress, "Reading all rows"):
            if check is not None:
                check.add(scan)
            if scan.columns:
                total = scan if total is None else total.merged(scan)
        if total is None:
            raise DataError("The data have no rows that can be used: there is nothing to segment.")
        return total

    def _judged(self, scan: PartScan) -> _Seen:
        sample = Sample.joined(scan.samples).smallest(self.sample_rows)
        columns, frame = roles_of(scan, sample, self.data.plans)
        if self.changes:
            drawn = sampled_table(columns, frame, sample.lines, scan, self.data)
            changed = drawn.with_columns(self.changes)
            columns, frame = changed.columns, changed.frame
        return _Seen(scan, columns, frame, sample.lines)


def _set_aside_notes(scan: PartScan) -> tuple[str, ...]:
    if not scan.set_aside:
        return ()
    reasons = sorted({one.reason for one in scan.told})
    rows = "1 row was" if scan.set_aside == 1 else f"{scan.set_aside:,} rows were"
    return (f"{rows} set aside, such as: {' '.join(reasons)}",)


def _bad_cell_notes(bad: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {count:,} cells do not fit the column and count as missing."
        for name, count in bad.items()
    )


def _dropped_note(copies: int) -> str:
    rows = (
        "1 exact copy of another row was"
        if copies == 1
        else (f"{copies:,} exact copies of other rows were")
    )
    return f"{rows} left out. Rows that differ in any column are all kept."


def _kept_note(copies: int) -> str:
    return (
        f"{copies:,} rows are exact copies of others. Without a column of ids, equal rows can be "
        "different customers, so all are kept."
    )
