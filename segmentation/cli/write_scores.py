"""Write scored files: the input rows in their order, followed by the scores."""

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
    """Return a file's rows joined with their scores, in file order.

    Unreadable rows keep their position, unassigned, with the reason as their problem.

    Returns
    -------
    scored
        The file's columns, then those of ``scores``.
    renamed
        Columns of the file that were renamed in the result; see `add_scores`.
    """
    scored, renamed = add_scores(table.frame, scores)
    if table.rejects.empty:
        return scored, renamed
    line, reason = table.rejects.columns[-2:]  # their names depend on the file's columns
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
    """Check that the output folder exists, before any work is done.

    Raises
    ------
    ParameterError
        The folder does not exist or is not a folder.
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
    """Write a CSV file atomically, with text escaped so that none runs as a formula."""
    frame = escape_formulas(frame)
    target = Path(output)
    partial = target.with_name(target.name + ".part")
    if all(dtype == "str" or dtype.kind in "bif" for dtype in frame.dtypes):
        _write_plain_csv(frame, partial)
    else:
        frame.to_csv(partial, index=False, quoting=csv_quoting(frame))
    partial.replace(target)


def _write_plain_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write numbers and text with Arrow, ten times faster than pandas."""
    arrays = [pa.array(column, from_pandas=True) for _, column in frame.items()]
    table = pa.table(arrays, names=list(map(str, frame.columns)))
    try:
        quotes = "needed" if csv_quoting(frame) else "none"
        csv.write_csv(table, path, csv.WriteOptions(quoting_style=quotes))
    except pa.ArrowInvalid:  # some text needs quotes: quote all text
        csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))
