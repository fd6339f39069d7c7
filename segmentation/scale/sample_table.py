"""Make a table from a survey's sample, with the statistics of all rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.scale.column_survey import population_columns
from segmentation.scale.first_pass import PartScan
from segmentation.scale.partitions.data_set import DataSet
from segmentation.table.arrow_storage import rejects_frame
from segmentation.table.schema.columns import Column, Issue
from segmentation.table.schema.population import Population
from segmentation.table.table import Table


def sampled_table(
    columns: tuple[Column, ...],
    frame: pd.DataFrame,
    lines: npt.NDArray[np.int64],
    scan: PartScan,
    data: DataSet,
    *,
    rows_duplicate: int = 0,
    notes: Sequence[str] = (),
) -> Table:
    """Return the sample as a table with a population.

    Parameters
    ----------
    columns, frame, lines
        The sample; see `segmentation.scale.surveying.Survey`.
    scan, data
        Scan of all rows in use, and the data set.
    rows_duplicate
        Number of duplicates removed.
    notes
        Notes for the owner; they become issues.
    """
    rows = len(frame)
    population = Population(
        rows_read=scan.rows + scan.set_aside + rows_duplicate,
        rows_used=scan.rows,
        rows_set_aside=scan.set_aside,
        rows_duplicate=rows_duplicate,
        rows_complete=scan.rows - sum(scan.gaps.values()),
        columns=population_columns(scan, data.plans),
    )
    return Table(
        frame=frame,
        columns=columns,
        issues=tuple(Issue("survey", None, 1, suggestion=note) for note in notes),
        recipe=dict(data.recipe),
        name=data.name,
        rows_read=rows,
        rows_used=rows,
        rows_set_aside=0,
        rows_duplicate=0,
        lines=lines + 1,
        rejects=rejects_frame({name: [] for name in (*frame.columns, "line", "reason")}),
        population=population,
    )
