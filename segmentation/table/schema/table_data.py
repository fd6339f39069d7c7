"""The values of a table: typed rows, what each column is, what was wrong, how it was read."""

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
    """A customer table as read; `segmentation.Table` adds what one can do with it.

    Attributes
    ----------
    frame : DataFrame, shape (rows_used, p)
        The rows in use with a plain index 0, 1, …. Numbers are ``float64`` or (whole ones)
        ``Int64``, dates ``datetime64``, everything else ``str``.
    columns : tuple of Column
        What each column is, in the order of the frame.
    issues : tuple of Issue
        What its owner should know.
    recipe : dict
        How it was read, as plain JSON: the choices to replay on next month's file.
    name : str
        Name of the file, without its folder.
    rows_read, rows_used, rows_set_aside, rows_duplicate : int
        ``rows_read == rows_used + rows_set_aside + rows_duplicate``, always.
    lines : ndarray of int64, shape (rows_used,)
        The line of the file on which each row in use begins, the first line being 1.
    rejects : DataFrame
        The rows set aside: their cells as written, then ``line`` and ``reason``.
    population : Population or None
        What is known of all customers where the rows are a uniform sample of them; ``missing``
        and ``distinct`` of the columns then count all of them as well.
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
        """Refuse a table that does not reconcile."""
        counted = self.rows_used + self.rows_set_aside + self.rows_duplicate
        assert self.rows_read == counted, "rows read = used + set aside + duplicates"
        assert len(self.frame) == self.rows_used == len(self.lines)
        assert len(self.rejects) == self.rows_set_aside
        assert [c.name for c in self.columns] == list(self.frame.columns)

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        ParameterError
            There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        known = ", ".join(column.name for column in self.columns)
        raise ParameterError(f"There is no column “{name}”. The columns are: {known}.")
