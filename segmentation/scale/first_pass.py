"""First pass over the data: column tallies, a uniform sample and a hash of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segmentation.cluster.encoding.cell_values import day, level, number, read_column
from segmentation.cluster.encoding.column_statistics import NumberTally
from segmentation.cluster.encoding.encoder import MAX_MISSING_SHARE
from segmentation.cluster.row_sample import (
    Hashes,
    cell_hashes,
    folded,
    sample_keys,
    value_hashes,
)
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.distinct_counts import Distinct
from segmentation.scale.partitions.part import Part
from segmentation.scale.row_hashes import Copies, Places
from segmentation.scale.usable_rows import Rows, kept_rows
from segmentation.table.schema.columns import MAX_LEVELS
from segmentation.table.schema.text_rows import SetAside
from segmentation.table.values.typed_column import Kind

#: Maximum levels counted; a column with more is not a category, even after merging spellings.
_MOST_COUNTED = 4 * MAX_LEVELS

#: Number of rejected rows kept as examples, per part.
_TOLD = 5


@dataclass(frozen=True, eq=False)
class ColumnTally:
    """Statistics of a column over some rows.

    Attributes
    ----------
    missing, bad
        Number of missing cells, and how many of them hold values that do not fit.
    counts
        Rows per level; None if there are too many.
    distinct
        Sketch of its distinct values.
    numbers
        Statistics of a numeric or date column (in days).
    rising
        Whether the numbers increase by 1 row by row.
    """

    missing: int
    bad: int
    counts: dict[str, int] | None
    distinct: Distinct
    numbers: NumberTally | None
    rising: bool

    def merged(self, other: ColumnTally) -> ColumnTally:
        """Return the tally of both parts combined."""
        return ColumnTally(
            self.missing + other.missing,
            self.bad + other.bad,
            _added(self.counts, other.counts),
            self.distinct.merged(other.distinct),
            self.numbers and other.numbers and self.numbers.merged(other.numbers),
            self.rising and other.rising,
        )


def _added(one: dict[str, int] | None, other: dict[str, int] | None) -> dict[str, int] | None:
    if one is None or other is None:
        return None
    both = Counter(one) + Counter(other)
    return dict(both) if len(both) <= _MOST_COUNTED else None


@dataclass(frozen=True, eq=False)
class Sample:
    """A uniform sample: the rows with the smallest random keys.

    Attributes
    ----------
    frame, keys, lines
        Rows, their keys and their positions in the whole data set.
    """

    frame: pd.DataFrame
    keys: Hashes
    lines: npt.NDArray[np.int64]

    def smallest(self, size: int) -> Sample:
        """Return the rows with the smallest keys, in data order."""
        kept = np.argsort(self.keys, kind="stable")[:size]
        kept = kept[np.argsort(self.lines[kept], kind="stable")]
        frame = self.frame.iloc[kept].reset_index(drop=True)
        return Sample(frame, self.keys[kept], self.lines[kept])

    @staticmethod
    def joined(samples: Sequence[Sample]) -> Sample:
        """Return samples combined."""
        return Sample(
            pd.concat([one.frame for one in samples], ignore_index=True),
            np.concatenate([one.keys for one in samples]),
            np.concatenate([one.lines for one in samples]),
        )


@dataclass(frozen=True, eq=False)
class PartScan:
    """Results of scanning one or more parts.

    Attributes
    ----------
    file
        The file of the part.
    rows, set_aside
        Numbers of rows in use and of unusable rows.
    told
        Examples of unusable rows.
    columns
        Tallies by column.
    gaps
        Number of rows by missing columns, as packed bits in the order of the plans; rows without
        missing values are not counted.
    samples
        Candidates for the sample.
    """

    file: str
    rows: int
    set_aside: int
    told: tuple[SetAside, ...]
    columns: dict[str, ColumnTally]
    gaps: Counter[bytes]
    samples: tuple[Sample, ...]

    def merged(self, other: PartScan) -> PartScan:
        """Return the scan of both parts combined."""
        return PartScan(
            self.file,
            self.rows + other.rows,
            self.set_aside + other.set_aside,
            (self.told + other.told)[:_TOLD],
            {name: one.merged(other.columns[name]) for name, one in self.columns.items()},
            self.gaps + other.gaps,
            (*self.samples, *other.samples),
        )

    def unusable(self, plans: Sequence[ColumnPlan], bases: Sequence[str]) -> int:
        """Return the number of rows missing more than half of the given columns."""
        chosen = np.array([plan.name in set(bases) for plan in plans])
        most = MAX_MISSING_SHARE * len(bases)
        return sum(
            rows
            for gaps, rows in self.gaps.items()
            if np.unpackbits(np.frombuffer(gaps, np.uint8))[: len(plans)][chosen].sum() > most
        )


@dataclass(frozen=True)
class Scan:
    """Scans a part.

    Attributes
    ----------
    plans
        Plans for reading the columns.
    share
        Share of rows that become candidates for the sample.
    seed
        Random seed of the sample.
    bases
        Columns of which a row needs at least half; empty if all rows count.
    """

    plans: tuple[ColumnPlan, ...]
    share: float
    seed: int
    bases: tuple[str, ...] = ()

    def __call__(
        self, part: Part, drop: Places, copies: Copies, data: Any = None
    ) -> tuple[PartScan, Hashes]:
        """Return the scan and a hash of every row in use.

        Parameters
        ----------
        part, drop, data
            See `kept_rows`.
        copies
            Duplicates to keep, once known.
        """
        scan = PartScan(part.file, 0, 0, (), {}, Counter(), ())
        hashes = [np.zeros(0, np.uint64)]
        for rows in kept_rows(part, self.plans, drop, data, self.bases):
            found, of_rows = self._scanned(part.file, rows, copies)
            scan = scan.merged(found) if scan.columns else found
            hashes.append(of_rows)
        return scan, np.concatenate(hashes)

    def _scanned(self, file: str, rows: Rows, copies: Copies) -> tuple[PartScan, Hashes]:
        size = len(rows.frame)
        cells = _Cells(np.zeros(size, np.uint64), np.zeros(size, np.uint64), [])
        columns = {
            plan.name: _tally(rows.frame[plan.name], plan, rows.bad[plan.name], cells)
            for plan in self.plans
        }
        told = tuple(rows.set_aside[:_TOLD])
        keys = sample_keys(cells.folded, copies.numbers_at(rows.places), self.seed)
        sample = self._candidates(rows, keys)
        gaps = _gaps(cells.missing)
        scan = PartScan(file, size, len(rows.set_aside), told, columns, gaps, (sample,))
        return scan, cells.exact

    def _candidates(self, rows: Rows, keys: Hashes) -> Sample:
        chosen = np.flatnonzero(keys <= np.uint64(min(self.share, 1.0) * (2.0**64 - 2**12)))
        some = rows.frame.iloc[chosen]
        texts = [name for name in some.columns if isinstance(some[name].dtype, pd.CategoricalDtype)]
        return Sample(some.astype(dict.fromkeys(texts, "str")), keys[chosen], rows.lines[chosen])


@dataclass(frozen=True, eq=False)
class _Cells:
    """Row hashes and missing cells, accumulated column by column.

    Attributes
    ----------
    exact
        Hashes of the rows as read.
    folded
        The same, ignoring case and blanks.
    missing
        Mask of missing cells, per column.
    """

    exact: Hashes
    folded: Hashes
    missing: list[npt.NDArray[np.bool_]]

    def add(self, name: str, codes: npt.NDArray[np.intp], values: Any) -> Hashes:
        """Add a column by codes and distinct values; return the hashes of the values."""
        hashes = value_hashes(values)
        added = cell_hashes(name, codes, hashes)
        self.missing.append(codes < 0)
        np.add(self.exact, added, out=self.exact)
        if np.asarray(values).dtype.kind not in "iufM":
            texts = pa.array(np.asarray(values), pa.string())
            plain = folded(texts)
            if not plain.equals(texts):
                added = cell_hashes(name, codes, value_hashes(plain.to_pandas()))
        np.add(self.folded, added, out=self.folded)
        return hashes


def _tally(series: pd.Series, plan: ColumnPlan, bad: int, cells: _Cells) -> ColumnTally:
    codes, values = pd.factorize(series, use_na_sentinel=True)
    hashes = cells.add(plan.name, codes, values)
    counts: dict[str, int] | None = None
    if len(values) <= _MOST_COUNTED:
        of_values = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
        counts = {}
        for value, count in zip(values, of_values, strict=True):
            name = level(value)
            if name is not None:
                counts[name] = counts.get(name, 0) + count
    numbers = None
    if plan.kind is not Kind.TEXT:
        raw = read_column(series, day if plan.kind is Kind.DATE else number)
        numbers = NumberTally.of(raw)
    rising = plan.kind is Kind.NUMBER and bool((np.diff(raw) == 1).all())
    missing = int(np.count_nonzero(codes < 0))
    return ColumnTally(missing, bad, counts, Distinct.of(hashes), numbers, rising)


def _gaps(missing: list[npt.NDArray[np.bool_]]) -> Counter[bytes]:
    """Return the number of rows by missing columns."""
    gaps: Counter[bytes] = Counter()
    if not any(column.any() for column in missing):
        return gaps
    bits = np.packbits(np.column_stack(missing), axis=1)
    patterns, counts = np.unique(bits, axis=0, return_counts=True)
    for pattern, count in zip(patterns, counts.tolist(), strict=True):
        if pattern.any():
            gaps[pattern.tobytes()] = count
    return gaps
