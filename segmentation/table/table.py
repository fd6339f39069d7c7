"""The table: typed rows, what each column is, what was wrong, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from segmentation.errors import ParameterError
from segmentation.table.schema.columns import Column, Issue, Role
from segmentation.table.schema.population import Population


@dataclass(frozen=True, eq=False)
class Table:
    """A customer table as read, with its story.

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

    def __len__(self) -> int:
        """Return the number of rows in use."""
        return self.rows_used

    @property
    def customers(self) -> int:
        """The number of customers that the table stands for: its rows, unless it is a sample."""
        return self.rows_used if self.population is None else self.population.rows_used

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each column by its name."""
        return {column.name: column.role for column in self.columns}

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

    def meaning(self, meaning: str) -> str | None:
        """Return the name of the column with that classic meaning, or None."""
        return next((c.name for c in self.columns if c.meaning == meaning), None)

    def with_columns(self, changes: Mapping[str, Mapping[str, Any]]) -> Table:
        """Return a table in which some columns have another role, use, meaning or order.

        Parameters
        ----------
        changes : mapping of column name to mapping
            Keys of the inner mapping: ``role``, ``use``, ``meaning``, ``levels`` (the order of
            an ordinal column, from low to high).

        Raises
        ------
        ParameterError
            A column does not exist, or a change does not suit its values.

        Examples
        --------
        >>> table = Table.from_frame(pd.DataFrame({"Age": [20, 30], "Gender": ["f", "m"]}))
        >>> table.with_columns({"Gender": {"use": "basis"}}).column("Gender").use
        <Use.BASIS: 'basis'>
        """
        from segmentation.table.column_choices import apply_changes

        return apply_changes(self, changes)

    def describe(self) -> dict[str, Any]:
        """Return what ``segmentation inspect --json`` prints, as plain JSON values."""
        keys = ("format", "encoding", "delimiter", "decimal", "header_line", "sheet")
        return {key: self.recipe.get(key) for key in keys} | {
            "name": self.name,
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "rows_set_aside": self.rows_set_aside,
            "rows_duplicate": self.rows_duplicate,
            "columns": [column.to_dict() for column in self.columns],
            "issues": [issue.to_dict() for issue in self.issues],
        }

    def renamed(self, name: str) -> Table:
        """Return the same table under another file name."""
        return replace(self, name=name)

    def to_bytes(self) -> bytes:
        """Return the whole table as one Parquet file; `from_bytes` is the way back."""
        from segmentation.table.arrow_storage import pack

        return pack(self)

    @staticmethod
    def from_bytes(data: bytes) -> Table:
        """Rebuild a table from `to_bytes`.

        Raises
        ------
        ReadError
            The bytes are damaged or not a stored table.
        """
        from segmentation.table.arrow_storage import unpack

        return unpack(data)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, name: str = "data") -> Table:
        """Find the roles of a DataFrame's columns, as `read_table` does for a file.

        Parameters
        ----------
        frame : DataFrame
            Rows are customers; the index is not used. Every row is kept, duplicates too.
        name : str
            How to call it.

        Raises
        ------
        DataError
            It has no columns or no rows.

        Examples
        --------
        >>> Table.from_frame(pd.DataFrame({"Age": [20, 30, 41], "Tier": list("aba")})).roles
        {'Age': <Role.NUMERIC: 'numeric'>, 'Tier': <Role.BINARY: 'binary'>}
        """
        from segmentation.table.from_frames import table_from_frame

        return table_from_frame(frame, name)
