"""Read Parquet files; sizes in the footer are checked before anything is unpacked."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.errors import ReadError
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Records


def read_parquet(data: bytes, limits: Limits) -> tuple[tuple[str, ...], Records]:
    """Return a Parquet file as columns of text.

    Numbers are written with full precision and then typed like those of any other file, so that
    all formats give the same table.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : Limits
        Maximum numbers of rows and columns, and unpacked size.

    Returns
    -------
    names : tuple of str
        Column names.
    records : Records
        Line numbers count the rows from 1.

    Raises
    ------
    ReadError
        The file is damaged or too large, or a column holds lists or other nested values.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        metadata = file.metadata
        limits.check_rows(metadata.num_rows)
        limits.check_columns(metadata.num_columns)
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(file.num_row_groups))
        limits.check_unpacked(unpacked, len(data))
        table = file.read()
        table = _with_index(table)
        columns = [_cells(table, i) for i in range(table.num_columns)]
    except (MemoryError, pa.ArrowMemoryError) as error:
        raise ReadError(
            "The Parquet file unpacks to more than the memory holds. Leave out columns that are "
            "not needed, or split it.",
            kind="too_large",
        ) from error
    except (pa.ArrowException, OSError, ValueError, UnicodeError, KeyError, TypeError) as error:
        raise ReadError(
            "The Parquet file is damaged. Export it again, or as CSV.",
            kind="damaged",
        ) from error
    if table.num_rows == 0:
        raise ReadError("The Parquet file has no rows.", kind="no_rows")
    if table.num_columns < 2:
        raise ReadError(
            "The file has only one column. Segments need at least two.", kind="one_column"
        )
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return tuple(table.column_names), Records(columns, lines)


def _with_index(table: pa.Table) -> pa.Table:
    """Restore a named index that pandas stores as a range; drop an unnamed one.

    pandas stores an index of consecutive numbers, such as customer ids, as metadata only. An
    unnamed index holds leftover row positions, which are not data.
    """
    stored = table.schema.pandas_metadata or {}
    for index in stored.get("index_columns", []):
        if isinstance(index, dict) and index.get("kind") == "range" and index.get("name"):
            count = range(index["start"], index["stop"], index["step"])
            if len(count) == table.num_rows:
                table = table.add_column(0, str(index["name"]), pa.array(count, pa.int64()))
        elif isinstance(index, str) and re.fullmatch(r"__index_level_\d+__", index):
            place = table.column_names.index(index)
            if pa.types.is_integer(table.schema.field(place).type):
                table = table.remove_column(place)
    return table


def _cells(table: pa.Table, place: int) -> DistinctText:
    try:
        return _as_text(table.column(place))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReadError(
            f"The column “{table.column_names[place]}” of the Parquet file holds lists, records "
            "or bytes, which are no table cells. Leave it out, or write it as text or numbers.",
            kind="unsupported",
        ) from error


def _as_text(column: pa.ChunkedArray) -> DistinctText:
    """Return a column's cells as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(pc.cast(column, kind.value_type))
    if pa.types.is_floating(kind):
        column = pc.cast(column, pa.float64())
    elif pa.types.is_decimal(kind):
        column = pc.cast(column, pa.float64(), safe=False)
    elif pa.types.is_timestamp(kind):
        column = pc.cast(column, pa.timestamp("s"), safe=False)
    return DistinctText.from_arrow(pc.cast(column, pa.string()))
