"""Scored files: the rows of the input in their order, then what was found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from segmentation.errors import ParameterError
from segmentation.formulas import csv_quoting, escape_formulas
from segmentation.scoring.join_scores import add_scores
from segmentation.segments.segment import UNASSIGNED, UNASSIGNED_ID
from segmentation.table.table import Table


def with_rejects(table: Table, scores: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put scores beside the rows of a file, in the file's order.

    Rows that could not be read stand in their place, unassigned, with the reason as problem.

    Returns
    -------
    scored
        The file's columns, then those of ``scores``.
    renamed
        Columns of the file that have another name there; see `add_scores`.
    """
    scored, renamed = add_scores(table.frame, scores)
    if table.rejects.empty:
        return scored, renamed
    line, reason = table.rejects.columns[-2:]  # their names depend on those of the file
    cells = table.rejects.drop(columns=[line, reason]).rename(columns=renamed)
    unread = cells.reindex(columns=scored.columns).assign(
        segment_id=UNASSIGNED_ID,
        segment=UNASSIGNED,
        runner_up=None,
        confidence=0.0,
        fits=False,
        problems=table.rejects[reason],
    )
    lines = [*table.lines.tolist(), *table.rejects[line].tolist()]
    both = pd.concat([scored.astype(object), unread.astype(object)], ignore_index=True)
    return both.iloc[sorted(range(len(lines)), key=lines.__getitem__)], renamed


def check_folder(output: str | Path | None) -> None:
    """Refuse a place where nothing can be written, before the work and not after it.

    Raises
    ------
    ParameterError
        The folder does not exist, or is none.
    """
    if output is None:
        return
    folder = Path(output).parent
    if not folder.is_dir():
        raise ParameterError(
            f"There is no folder {folder} for {Path(output).name}. Make it first, or choose "
            "another place."
        )


def write_csv(frame: pd.DataFrame, output: str | Path) -> None:
    """Write a CSV file, complete or not at all, in which no text can run as a formula."""
    frame = escape_formulas(frame)
    target = Path(output)
    partial = target.with_name(target.name + ".part")
    if all(dtype == "str" or dtype.kind in "bif" for dtype in frame.dtypes):
        _write_plain_csv(frame, partial)
    else:
        frame.to_csv(partial, index=False, quoting=csv_quoting(frame))
    partial.replace(target)


def _write_plain_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write numbers and text with Arrow, ten times as fast as pandas."""
    arrays = [pa.array(column, from_pandas=True) for _, column in frame.items()]
    table = pa.table(arrays, names=list(map(str, frame.columns)))
    try:
        quotes = "needed" if csv_quoting(frame) else "none"
        csv.write_csv(table, path, csv.WriteOptions(quoting_style=quotes))
    except pa.ArrowInvalid:  # a text holds a comma, a quote or a line end: quote all texts
        csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))
