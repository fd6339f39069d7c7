"""Score a data set part by part, writing one Parquet file per part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segmentation.cluster.selection.evidence import Progress
from segmentation.errors import ParameterError
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.partitions.data_set import DataSet, open_data_set
from segmentation.scale.partitions.part import Part
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.usable_rows import Rows, kept_rows
from segmentation.scoring.join_scores import add_scores
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.segment import UNASSIGNED, UNASSIGNED_ID
from segmentation.table.values.typed_column import Kind

#: Marker file in a folder once all files are complete, as in Hadoop and Spark.
ALL_THERE = "_SUCCESS"

_NO_PLACES = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True)
class Assigned:
    """Summary of a scoring.

    Attributes
    ----------
    rows
        Rows written, including unreadable ones.
    unread
        Unreadable rows: unassigned, with the reason among their problems.
    unassigned
        Rows with too few values, and unreadable rows.
    renamed
        Columns of the input that were renamed in the output.
    files
        Number of Parquet files written.
    """

    rows: int
    unread: int
    unassigned: int
    renamed: dict[str, str]
    files: int


def assign_in_parts(
    model: SegmentModel,
    source: Any,
    folder: str,
    workers: Workers,
    *,
    choices: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Assigned:
    """Write the segment of every row of a data set, one Parquet file per part.

    Rows keep their order; duplicates are kept. A file gets its final name once it is complete;
    an empty file `ALL_THERE` is written once all of them are.

    Parameters
    ----------
    model
        The model; rows are scored as in memory.
    source
        See `train_in_parts`.
    folder
        Output folder, new or empty: a path (on a cluster, one visible to all processes) or a URL.
    workers, choices, progress
        See `train_in_parts`.

    Raises
    ------
    ParameterError
        The folder is not empty.
    ReadError, DataError
        A file cannot be read, or more than half of the model's columns are missing.
    """
    _check_empty(folder)
    data = open_data_set(source, choices or {}, workers.each)
    task = AssignPart(model.to_bytes(customers=True), data.plans, folder, len(str(len(data.parts))))
    arguments: list[Sequence[Any]] = [range(len(data.parts)), data.parts]
    if data.data:
        arguments.append(workers.compute(data.data))
    counts = list(workers.in_order(workers.keep(task, *arguments), progress, "Assigning segments"))
    rows, unread, unassigned = (sum(map(itemgetter(i), counts)) for i in range(3))
    files = sum(1 for count in counts if count[0])
    system, path = fsspec.core.url_to_fs(folder)
    system.touch(f"{path}/{ALL_THERE}")
    return Assigned(rows, unread, unassigned, _renamed(data), files)


def _check_empty(folder: str) -> None:
    system, path = fsspec.core.url_to_fs(folder)
    if system.exists(path) and (not system.isdir(path) or system.ls(path)):
        raise ParameterError(f"{folder} is not empty. Name a new folder for the scored files.")
    system.makedirs(path, exist_ok=True)


def _renamed(data: DataSet) -> dict[str, str]:
    blank = pd.DataFrame({plan.name: [] for plan in data.plans})
    return add_scores(blank, _unassigned([]))[1]


@dataclass(frozen=True)
class AssignPart:
    """Scores one part and writes its file.

    Attributes
    ----------
    model
        The model file as bytes.
    plans
        Plans for reading the columns.
    folder, digits
        Output folder, and the number of digits in file names.
    """

    model: bytes
    plans: tuple[ColumnPlan, ...]
    folder: str
    digits: int

    def __call__(self, number: int, part: Part, data: Any = None) -> tuple[int, int, int]:
        """Return the numbers of rows written, unreadable and unassigned."""
        model = SegmentModel.from_bytes(self.model)
        system, path = fsspec.core.url_to_fs(self.folder)
        target = f"{path}/part-{number:0{self.digits}d}.parquet"
        rows = unread = unassigned = 0
        writer: pq.ParquetWriter | None = None
        with system.open(f"{target}.writing", "wb") as stream:
            for some in kept_rows(part, self.plans, _NO_PLACES, data):
                table = self._scored(model, some)
                writer = writer or pq.ParquetWriter(stream, table.schema, compression="zstd")
                writer.write_table(table.cast(writer.schema))
                rows += table.num_rows
                unread += len(some.set_aside)
                unassigned += _count_unassigned(table)
            if writer is not None:
                writer.close()
        if writer is None:
            system.rm_file(f"{target}.writing")
        else:
            system.mv(f"{target}.writing", target)
        return rows, unread, unassigned

    def _scored(self, model: SegmentModel, some: Rows) -> pa.Table:
        scored, renamed = add_scores(some.frame, model.assign(some.frame))
        schema = self._schema(scored, renamed)
        tables = [pa.Table.from_pandas(scored, schema, preserve_index=False)]
        if some.set_aside:
            unread = _unassigned([row.reason for row in some.set_aside])
            blank = unread.reindex(columns=scored.columns)
            tables.append(pa.Table.from_pandas(blank, schema, preserve_index=False))
        return pa.concat_tables(tables)

    def _schema(self, scored: pd.DataFrame, renamed: Mapping[str, str]) -> pa.Schema:
        """Return a schema with the same types for every part, whatever its values."""
        kinds = {renamed.get(plan.name, plan.name): _TYPES[plan.kind] for plan in self.plans}
        whole = {renamed.get(plan.name, plan.name) for plan in self.plans if plan.whole}
        kinds |= {name: pa.int64() for name in whole if _is_whole(scored[name])}
        kinds |= {"confidence": pa.float64(), "fits": pa.bool_()}
        return pa.schema([(name, kinds.get(name, pa.string())) for name in scored.columns])


_TYPES = {Kind.NUMBER: pa.float64(), Kind.DATE: pa.timestamp("s"), Kind.TEXT: pa.string()}


def _is_whole(series: pd.Series) -> bool:
    values = series.dropna().to_numpy()
    return bool((values == np.round(values)).all())


def _unassigned(problems: list[str]) -> pd.DataFrame:
    """Return the scores of unreadable rows."""
    count = len(problems)
    return pd.DataFrame(
        {
            "segment_id": [UNASSIGNED_ID] * count,
            "segment": [UNASSIGNED] * count,
            "runner_up": [None] * count,
            "confidence": [0.0] * count,
            "fits": [False] * count,
            "problems": problems,
        }
    )


def _count_unassigned(table: pa.Table) -> int:
    ids = table.column("segment_id")
    return int(pc.sum(pc.equal(ids, UNASSIGNED_ID)).as_py() or 0)
