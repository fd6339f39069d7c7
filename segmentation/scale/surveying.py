"""The first look at all rows: roles of the columns, copies, gaps, and the account of the rows."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.evidence import Progress
from segmentation.errors import DataError
from segmentation.options import Settings
from segmentation.scale.columns import FileCheck, roles_of
from segmentation.scale.copies import Places, by_range, copies_among, ranges_for
from segmentation.scale.data_set import DataSet
from segmentation.scale.sampled import sampled_table
from segmentation.scale.scanning import PartScan, Sample, Scan
from segmentation.scale.workers import Workers
from segmentation.segments.rows import choose_columns
from segmentation.table.columns import Column, Use
from segmentation.table.copies import are_customers

FEWEST_ROWS = 2

#: Candidates for the sample beyond its size, so that chance never leaves too few.
_SPARE = 1.2

#: What the user says of columns, by their names.
Changes = Mapping[str, Mapping[str, Any]]

_NO_PLACES = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known after the first pass.

    ``rows_read == rows_used + rows_set_aside + rows_duplicate``, always.

    Attributes
    ----------
    columns
        With their final uses.
    scan
        Of the rows that segments are made of: in use, and with enough values.
    frame, lines
        The sample and its positions in the whole data.
    drops
        For each part the places of copies that are left out.
    rows_read, rows_used, rows_set_aside, rows_duplicate
        The account of the rows.
    notes
        What its owner should know, in sentences.
    is_whole
        Whether the sample is all there is.
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
    """Look at all rows once; once more where some of them are left out.

    Parameters
    ----------
    data, settings, workers, sample_rows, progress
        See `segmentation.scale.training.train_in_parts`.
    changes
        What the user says of columns; see `segmentation.table.changes`.

    Raises
    ------
    ReadError
        A file is damaged or does not fit the others.
    DataError
        There is nothing to segment.
    ParameterError
        A change does not suit the values.
    """
    return _Surveyor(data, settings, workers, sample_rows, progress, changes or {}).survey()


def first_look(
    data: DataSet, workers: Workers, sample_rows: int, progress: Progress | None
) -> Survey:
    """Look at all rows before anything is chosen; raises what `survey` raises.

    Rows with too many gaps are counted and drawn like all others: which columns drive the
    segments is still open.
    """
    return _Surveyor(data, Settings(), workers, sample_rows, progress, {}).look()


@dataclass(frozen=True, eq=False)
class _Surveyor:
    data: DataSet
    settings: Settings
    workers: Workers
    sample_rows: int
    progress: Progress | None
    changes: Changes

    def survey(self) -> Survey:
        found = self.look()
        columns = choose_columns(found.columns, self.settings.columns)
        bases = tuple(column.name for column in columns if column.use is Use.BASIS)
        if found.scan.unusable(self.data.plans, bases) and not found.is_whole:
            scan, frame, sample = self._usable(bases, found.drops, found.rows_used)
            found = replace(found, scan=scan, frame=frame, lines=sample.lines)
        return replace(found, columns=columns)

    def look(self) -> Survey:
        nothing = (_NO_PLACES,) * len(self.data.parts)
        first, check, copies = self._first(nothing)
        notes = _set_aside_notes(first) + _bad_cell_notes(check)
        if first.rows < FEWEST_ROWS:
            raise DataError(
                f"Segments need at least {FEWEST_ROWS} customers, but the data have only "
                f"{first.rows} usable rows."
            )
        scan, drops = first, nothing
        duplicates = sum(len(places) for places in copies)
        columns, frame, sample = self._judged(scan)
        if duplicates:
            left = self._scanned(Scan(self.data.plans, self._share, self._seed), copies)
            judged = self._judged(left)
            if are_customers(left.rows, duplicates, judged[0]):
                notes += (_kept_note(duplicates),)
                duplicates = 0
            else:
                notes += (_dropped_note(duplicates),)
                scan, drops, (columns, frame, sample) = left, copies, judged
        return Survey(
            columns=columns,
            scan=scan,
            frame=frame,
            lines=sample.lines,
            drops=drops,
            rows_read=first.rows + first.set_aside,
            rows_used=scan.rows,
            rows_set_aside=first.set_aside,
            rows_duplicate=duplicates,
            notes=notes,
            is_whole=len(frame) == scan.rows,
        )

    @property
    def _share(self) -> float:
        """Share of the rows that are candidates for the sample."""
        wanted = _SPARE * self.sample_rows
        return wanted / max(self.data.rows, 1)

    @property
    def _seed(self) -> int:
        return self.settings.random_state

    def _started(self, scan: Scan, drops: Sequence[Places]) -> list[Any]:
        arguments: list[Sequence[Any]] = [self.data.parts, drops]
        if self.data.data:
            arguments.append(self.workers.compute(self.data.data))
        return self.workers.keep(scan, *arguments)

    def _first(
        self, nothing: tuple[Places, ...]
    ) -> tuple[PartScan, dict[str, int], tuple[Places, ...]]:
        """Scan everything; return the scan, cells that do not fit, and the places of copies."""
        kept = self._started(Scan(self.data.plans, self._share, self._seed), nothing)
        check = FileCheck(self.data.plans, self.data.parts[0].file)
        scan = self._merged(kept, check)
        bad = check.finish()
        if self.data.recipe.get("format") == "frame":  # as in memory, every row of a frame counts
            return scan, bad, nothing
        ranges = ranges_for(scan.rows)
        cut = self.workers.keep(functools.partial(by_range, ranges=ranges), kept)
        del kept
        found: list[list[Places]] = [[] for _ in self.data.parts]
        for i in range(ranges):
            slices = self.workers.keep(itemgetter(i), cut)
            for part, places in self.workers.one(copies_among, slices).items():
                found[part].append(places)
        copies = tuple(np.sort(np.concatenate(p)) if p else _NO_PLACES for p in found)
        return scan, bad, copies

    def _scanned(self, scan: Scan, drops: Sequence[Places]) -> PartScan:
        return self._merged(self._started(scan, drops), None)

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

    def _judged(self, scan: PartScan) -> tuple[tuple[Column, ...], pd.DataFrame, Sample]:
        sample = Sample.joined(scan.samples).smallest(self.sample_rows)
        columns, frame = roles_of(scan, sample, self.data.plans)
        if self.changes:
            drawn = sampled_table(columns, frame, sample.lines, scan, self.data)
            changed = drawn.with_columns(self.changes)
            columns, frame = changed.columns, changed.frame
        return columns, frame, sample

    def _usable(
        self, bases: tuple[str, ...], drops: tuple[Places, ...], used: int
    ) -> tuple[PartScan, pd.DataFrame, Sample]:
        """Scan the rows that have at least half of the bases."""
        share = self._share * self.data.rows / max(used, 1)
        scan = self._scanned(Scan(self.data.plans, share, self._seed, bases), drops)
        if scan.rows < FEWEST_ROWS:
            raise DataError(
                "Nearly all rows miss more than half of the columns that drive the segments: "
                "choose columns with more values."
            )
        _, frame, sample = self._judged(scan)
        return scan, frame, sample


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
