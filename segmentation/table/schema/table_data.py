"""The values of a table: typed rows, columns, issues and recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation.errors import ParameterError
from segmentation.table.schema.columns import Column, Issue
from segmentation.table.schema.population import Population


@dataclass(frozen=True, eq=False)
class TableData:
    """A customer table as read; `segmentation.Table` adds the methods.

    Attributes
    ----------
    frame : DataFrame, shape (rows_used, p)
        The rows in use, with index 0, 1, …. Numbers are ``float64`` or (whole numbers)
        ``Int64``, dates ``datetime64``, everything else ``str``.
    columns : tuple of Column
        The columns, in the order of the frame.
    issues : tuple of Issue
        Problems and assumptions to report to the owner.
    recipe : dict
        The choices made while reading, as plain JSON, to replay on next month's file.
    name : str
        Name of the file, without its folder.
    rows_read, rows_used, rows_set_aside, rows_duplicate : int
        ``rows_read == rows_used + rows_set_aside + rows_duplicate``, always.
    lines : ndarray of int64, shape (rows_used,)
        The line on which each row in use begins, counted from 1.
    rejects : DataFrame
        The rows set aside: their cells as written, then ``line`` and ``reason``.
    population : Population or None
        Statistics of all customers if the rows are a uniform sample of them; ``missing`` and
        ``distinct`` of the columns then count all of them too.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    issues: tuple[Issue, ...]
    recipe: dict[str, Any]
    name: str
    rows_read: int
    rows_used: int
    rows_set_aside: int
    rows_duplicate: int
    lines: np.ndarray
    rejects: pd.DataFrame
    population: Population | None = None

    def __post_init__(self) -> None:
        """Reject a table whose row counts do not add up."""
        counted = self.rows_used + self.rows_set_aside + self.rows_duplicate
        assert self.rows_read == counted, "rows read = used + set aside + duplicates"
        assert len(self.frame) == self.rows_used == len(self.lines)
        assert len(self.rejects) == self.rows_set_aside
        assert [c.name for c in self.columns] == list(self.frame.columns)

    def column(self, name: str) -> Column:
        """Return the column with this name.

        Raises
        ------
        ParameterError
            There is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        known = ", ".join(column.name for column in self.columns)
        raise ParameterError(f"There is no column “{name}”. The columns are: {known}.")
