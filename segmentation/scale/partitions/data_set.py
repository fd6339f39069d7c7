"""Open a folder, pattern, URL or Dask DataFrame as a data set in parts."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.errors import ParameterError, ReadError
from segmentation.scale.column_plan import ColumnPlan, plan_columns
from segmentation.scale.partitions.dask_frames import FramePart, head_of, lengths_of
from segmentation.scale.partitions.parquet_files import (
    ParquetFile,
    ParquetPart,
    look_at_parquet,
    probe_parquet,
)
from segmentation.scale.partitions.part import Part
from segmentation.scale.partitions.text_files import (
    TextFile,
    TextPart,
    count_lines,
    look_at_text,
    parts_of,
    read_head,
)
from segmentation.table.files.csv_reader import read_records
from segmentation.table.files.decoding import decode
from segmentation.table.header.column_names import clean_names
from segmentation.table.quality.cleaning import clean_part
from segmentation.table.reading import read_table
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.table import Table

#: Suffixes of Parquet files; all others are read as text.
_PARQUET = (".parquet", ".pq", ".parq")

#: Number of parts probed to decide column types, and of rows from each.
_PROBES = 8
_PROBE_ROWS = 5_000

#: Calls a function for each item, possibly in other processes, and returns results in order.
Each = Callable[[Callable[..., Any], Sequence[Any]], list[Any]]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Parts of a table, and plans for reading them.

    Attributes
    ----------
    name
        Name of the data set.
    parts
        Its parts, in file order.
    plans
        Plans for reading the columns.
    rows
        Approximate number of rows.
    data
        The data of each part if not in files (a Dask DataFrame), else empty.
    recipe
        Layout of text files, as in a table's recipe.
    """

    name: str
    parts: Sequence[Part]
    plans: tuple[ColumnPlan, ...]
    rows: int
    data: Sequence[Any] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)


def open_data_set(source: Any, choices: Mapping[str, Any], each: Each) -> DataSet:
    """Return a data set with its parts and the plans for reading its columns.

    Parameters
    ----------
    source
        Path of a file or folder, pattern, URL, or Dask DataFrame.
    choices
        The user's ``encoding``, ``delimiter``, ``decimal`` and ``header_line`` of text files.
    each
        Maps a function over many files.

    Raises
    ------
    ReadError
        There are no files, or a file does not fit the others; the message names it.
    """
    if not isinstance(source, str | os.PathLike):
        return _from_frame(source)
    told = {key: value for key, value in choices.items() if value is not None}
    files = _files(os.fspath(source))
    name = PurePosixPath(os.fspath(source).rstrip("/")).name or "data"
    if all(url.endswith(_PARQUET) for url, _ in files):
        return _from_parquet(name, [url for url, _ in files], each)
    return _from_text(name, files, told, each)


def _files(source: str) -> list[tuple[str, int]]:
    """Return URLs and sizes of the files in a path, folder or pattern, in order."""
    try:
        system, path = fsspec.core.url_to_fs(source)
        if any(mark in path for mark in "*?["):
            found = system.glob(path, detail=True)
        elif system.isdir(path):
            found = system.find(path, detail=True)
            found = {k: v for k, v in found.items() if not _is_hidden(k, path)}
        else:
            found = {path: system.info(path)}
    except (OSError, ValueError, ImportError) as error:
        raise ReadError(
            f"“{source}” cannot be opened: {_told(error)}.", kind="missing_file"
        ) from error
    files = sorted((key, info) for key, info in found.items() if info["type"] == "file")
    if not files:
        raise ReadError(f"There are no files at “{source}”. Check it.", kind="missing_file")
    if any("=" in part for key, _ in files for part in key.removeprefix(path).split("/")[:-1]):
        raise ReadError(
            f"The folders in “{source}” hold a column in their names, which is not read. Write "
            "the files with all columns inside."
        )
    return [(system.unstrip_protocol(key), _size(system, key, info)) for key, info in files]


def _size(system: fsspec.AbstractFileSystem, path: str, info: Mapping[str, Any]) -> int:
    """Return a file's size, requested separately if missing from the listing, as over HTTP."""
    size = info["size"] if info["size"] is not None else system.size(path)
    if size is None:
        raise ReadError(
            f"The size of {PurePosixPath(path).name} is not told by its server, so that it cannot "
            "be read in parts. Copy the file to a folder first."
        )
    return int(size)


def _is_hidden(path: str, folder: str) -> bool:
    return any(p.startswith(("_", ".")) for p in path.removeprefix(folder).split("/"))


def _told(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder. Check the path"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")


def _from_parquet(name: str, urls: list[str], each: Each) -> DataSet:
    files: list[ParquetFile] = each(look_at_parquet, urls)
    names = list(files[0].columns)
    parts: list[Part] = []
    rows = 0
    for file in files:
        _check_columns(files[0].url, names, file.url, list(file.columns))
        parts += file.parts(rows)
        rows += sum(file.group_rows)
    if not parts:
        raise ReadError(f"The Parquet files of “{name}” have no rows.", kind="no_rows")
    step = max(1, len(parts) // _PROBES)
    some = [part for part in parts[::step][:_PROBES] if isinstance(part, ParquetPart)]
    tables = [probe_parquet(part, names, _PROBE_ROWS) for part in some]
    # If types differ between files, those of the first file apply.
    tables = [table for table in tables if table.schema.types == tables[0].schema.types]
    probe = _parquet_table(tables, name)
    written = dict(zip(clean_names(names)[0], names, strict=True))
    texts = _texts_of(tables, written)
    plans = plan_columns(probe, written, texts)
    return DataSet(name, parts, plans, rows, recipe={"format": "parquet"})


def _parquet_table(tables: list[pa.Table], name: str) -> Table:
    """Return some rows of Parquet files, read like any Parquet file."""
    stream = io.BytesIO()
    pq.write_table(pa.concat_tables(tables), stream)
    return read_table(stream.getvalue(), name=name, keep_duplicates=True)


def _texts_of(tables: list[pa.Table], written: Mapping[str, str]) -> dict[str, DistinctText]:
    whole = pa.concat_tables(tables)
    return {
        name: DistinctText.from_arrow(whole.column(column).cast(pa.string())).trimmed()
        for name, column in written.items()
        if pa.types.is_string(whole.column(column).type)
        or pa.types.is_large_string(whole.column(column).type)
        or pa.types.is_dictionary(whole.column(column).type)
    }


def _from_text(
    name: str, files: list[tuple[str, int]], choices: dict[str, Any], each: Each
) -> DataSet:
    looked: list[TextFile] = each(_Look(choices), files)
    names = looked[0].dialect.layout.names
    for file in looked:
        if file.dialect.delimiter != looked[0].dialect.delimiter:
            raise ReadError(
                f"{file.file} is not laid out like {looked[0].file}: its cells are separated by "
                f"“{file.dialect.delimiter}” and not by “{looked[0].dialect.delimiter}”."
            )
        _check_columns(looked[0].url, names, file.url, file.dialect.layout.names)
    parts: list[TextPart] = []
    lines = 0
    for file in each(count_lines, looked):
        parts += parts_of(file, lines)
        lines += file.total_lines
    head = _text_probe(parts)
    probe = read_table(head, name=name, keep_duplicates=True, **choices)
    texts = _cells_of(head, looked[0])
    plans = plan_columns(probe, {one: one for one in probe.frame.columns}, texts)
    return DataSet(name, parts, plans, lines, recipe=probe.recipe)


@dataclass(frozen=True)
class _Look:
    choices: dict[str, Any]

    def __call__(self, file: tuple[str, int]) -> TextFile:
        return look_at_text(*file, self.choices)


def _text_probe(parts: Sequence[TextPart]) -> bytes:
    """Return the beginning of the first file plus some lines of other parts."""
    head = read_head(parts[0].whole.url)
    step = max(1, len(parts) // _PROBES)
    names = parts[0].whole.dialect.layout.names
    others = [p for p in parts[step::step][:_PROBES] if p.whole.dialect.layout.names == names]
    return b"".join([head.rstrip(b"\n"), b"\n", *(part.some_lines() for part in others)])


def _cells_of(head: bytes, first: TextFile) -> dict[str, DistinctText]:
    """Return the cells of some lines, to detect decimal marks and dates."""
    body = decode(head, first.encoding).body
    names = clean_names(first.dialect.layout.names)[0]
    records = read_records(body, first.dialect, len(names), Limits())
    return dict(zip(names, clean_part(names, records, Limits()).columns, strict=True))


def _check_columns(first: str, expected: Sequence[str], url: str, found: Sequence[str]) -> None:
    """Reject a file whose columns differ from those of the first file."""
    one, other = PurePosixPath(first).name, PurePosixPath(url).name
    lacking = [name for name in expected if name not in found]
    added = [name for name in found if name not in expected]
    if lacking or added:
        what = f"lacks the column “{lacking[0]}” of" if lacking else "has a column that is not in"
        which = "" if lacking else f": “{added[0]}”"
        raise ReadError(f"{other} {what} {one}{which}. Give all files the same columns.")


def _from_frame(frame: Any) -> DataSet:
    if not hasattr(frame, "to_delayed"):
        raise ParameterError("A table is read from a path, a pattern, a URL or a Dask DataFrame.")
    try:
        head, sizes = head_of(frame, _PROBE_ROWS), lengths_of(frame)
    except (ValueError, TypeError, LookupError, OSError, RuntimeError) as error:
        why = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
        raise ReadError(f"The Dask DataFrame cannot be computed: {why}.") from error
    probe = Table.from_frame(head)
    names = list(probe.frame.columns)
    parts = [FramePart(i, sum(sizes[:i])) for i in range(frame.npartitions)]
    plans = plan_columns(probe, dict(zip(names, map(str, head.columns), strict=True)), {})
    data = list(frame.to_delayed())
    return DataSet("data", parts, plans, sum(sizes), data, {"format": "frame"})
