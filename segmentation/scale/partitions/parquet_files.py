"""Parquet files with groups of row groups as parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.errors import ReadError
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.partitions.part import Batch, batch_rows
from segmentation.table.schema.distinct_values import DistinctText

#: Maximum rows per part, unless a single row group has more.
PART_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """Some row groups of a file; ``first`` is the number of rows before them in all files."""

    url: str
    groups: tuple[int, ...]
    rows: int
    first: int

    @property
    def file(self) -> str:
        """Name of the file."""
        return PurePosixPath(self.url).name

    def batches(self, plans: Sequence[ColumnPlan], data: Any = None) -> Iterator[Batch]:
        """Yield the planned columns in batches of rows."""
        del data
        done = self.first
        with fsspec.open(self.url, "rb") as stream:
            for batch in self.record_batches(stream, plans):
                columns = {plan.name: arrow_cells(batch.column(plan.written)) for plan in plans}
                lines = np.arange(done, done + batch.num_rows, dtype=np.int64)
                done += batch.num_rows
                yield Batch(columns, batch.num_rows, lines)

    def record_batches(self, stream: Any, plans: Sequence[ColumnPlan]) -> Iterator[pa.RecordBatch]:
        """Yield the planned columns as Arrow batches."""
        try:
            yield from pq.ParquetFile(stream).iter_batches(
                batch_size=batch_rows(len(plans)),
                row_groups=list(self.groups),
                columns=[plan.written for plan in plans],
                use_threads=False,
            )
        except (pa.ArrowException, OSError, ValueError) as error:
            raise damaged(self.file) from error


@dataclass(frozen=True, eq=False)
class ParquetFile:
    """Metadata from the footer of a file."""

    url: str
    columns: dict[str, pa.DataType]
    group_rows: tuple[int, ...]

    def parts(self, first: int) -> list[ParquetPart]:
        """Return parts made of consecutive row groups."""
        parts: list[ParquetPart] = []
        groups: list[int] = []
        rows = 0
        for group, more in enumerate(self.group_rows):
            if groups and rows + more > PART_ROWS:
                parts.append(ParquetPart(self.url, tuple(groups), rows, first))
                first, groups, rows = first + rows, [], 0
            groups.append(group)
            rows += more
        if rows:
            parts.append(ParquetPart(self.url, tuple(groups), rows, first))
        return parts


def look_at_parquet(url: str) -> ParquetFile:
    """Return the metadata in a file's footer.

    Raises
    ------
    ReadError
        The file is damaged, holds nested values, or is on a server without range requests.
    """
    name = PurePosixPath(url).name
    try:
        with fsspec.open(url, "rb") as stream:
            file = pq.ParquetFile(stream)
            schema, meta = file.schema_arrow, file.metadata
            groups = tuple(meta.row_group(i).num_rows for i in range(meta.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        raise damaged(name) from error
    except ValueError as error:  # raised by fsspec for servers without range requests
        raise ReadError(
            f"{name} cannot be read in parts, as Parquet is: its server sends whole files only "
            "(no range requests). Copy the file to a folder first."
        ) from error
    for field in schema:
        if pa.types.is_nested(field.type):
            raise ReadError(
                f"The column “{field.name}” of {name} holds lists or records, not single values. "
                "Leave it out of the export."
            )
    return ParquetFile(url, {field.name: field.type for field in schema}, groups)


def damaged(name: str) -> ReadError:
    """Return the error for a truncated or damaged file."""
    return ReadError(
        f"The Parquet file {name} is damaged. Export it again, or take it out of the folder."
    )


def probe_parquet(part: ParquetPart, columns: Sequence[str], rows: int) -> pa.Table:
    """Return the first rows of a part."""
    plans = [ColumnPlan(name, name, kind=None) for name in columns]  # type: ignore[arg-type]
    with fsspec.open(part.url, "rb") as stream:
        try:
            first = next(part.record_batches(stream, plans))
        except StopIteration:
            return pa.table({name: [] for name in columns})
    return pa.Table.from_batches([first.slice(0, rows)])


def arrow_cells(column: pa.Array) -> DistinctText | pd.Series:
    """Return a column's cells: text, or a series with a meaningful dtype."""
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        if not pa.types.is_dictionary(kind):
            column = pc.cast(column, pa.string())
        return DistinctText.from_arrow(column).trimmed()
    if pa.types.is_boolean(kind):
        codes = pc.fill_null(pc.cast(column, pa.int32()), -1).to_numpy(zero_copy_only=False)
        return DistinctText(pa.array(["False", "True"]), codes)
    if pa.types.is_decimal(kind):
        column = pc.cast(column, pa.float64(), safe=False)
    elif pa.types.is_date(kind):
        column = pc.cast(column, pa.timestamp("s"), safe=False)
    elif pa.types.is_null(kind):
        return DistinctText.from_arrow(pc.cast(column, pa.string()))
    if pa.types.is_integer(column.type) and column.null_count:
        return pd.Series(column.to_pandas(integer_object_nulls=False), dtype="float64")
    series: pd.Series = column.to_pandas()
    return series
