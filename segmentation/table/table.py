"""The table: typed rows, columns, issues, and the recipe it was read with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from segmentation.table.arrow_storage import pack, unpack
from segmentation.table.column_choices import apply_changes
from segmentation.table.from_frames import describe_frame
from segmentation.table.schema.columns import Role
from segmentation.table.schema.table_data import TableData


class Table(TableData):
    """A customer table as read; see `TableData` for its attributes."""

    def __len__(self) -> int:
        """Return the number of rows in use."""
        return self.rows_used

    @property
    def customers(self) -> int:
        """Number of customers the table represents: its rows, or the population of a sample."""
        return self.rows_used if self.population is None else self.population.rows_used

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each column, by name."""
        return {column.name: column.role for column in self.columns}

    def meaning(self, meaning: str) -> str | None:
        """Return the name of the column with this classic meaning, or None."""
        return next((c.name for c in self.columns if c.meaning == meaning), None)

    def with_columns(self, changes: Mapping[str, Mapping[str, Any]]) -> Table:
        """Return the table with changed roles, uses, meanings or level orders.

        Parameters
        ----------
        changes : mapping of column name to mapping
            Keys of the inner mapping: ``role``, ``use``, ``meaning``, ``levels`` (the order of
            an ordinal column, from low to high).

        Raises
        ------
        ParameterError
            A column does not exist, or a change does not fit its values.

        Examples
        --------
        >>> table = Table.from_frame(pd.DataFrame({"Age": [20, 30], "Gender": ["f", "m"]}))
        >>> table.with_columns({"Gender": {"use": "basis"}}).column("Gender").use
        <Use.BASIS: 'basis'>
        """
        return apply_changes(self, changes)

    def describe(self) -> dict[str, Any]:
        """Return plain JSON values, as printed by ``segmentation inspect --json``."""
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
        """Return the table with another file name."""
        return replace(self, name=name)

    def to_bytes(self) -> bytes:
        """Return the whole table as bytes, the inverse of `from_bytes`."""
        return pack(self)

    @staticmethod
    def from_bytes(data: bytes) -> Table:
        """Return the table for bytes from `to_bytes`.

        Raises
        ------
        ReadError
            The bytes are damaged or not a stored table.
        """
        return Table(**unpack(data))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, name: str = "data") -> Table:
        """Return a table made from a DataFrame, with detected roles as in `read_table`.

        Parameters
        ----------
        frame : DataFrame
            One row per customer; the index is ignored. Every row is kept, even duplicates.
        name : str
            Name of the table.

        Raises
        ------
        DataError
            The frame has no columns or no rows.

        Examples
        --------
        >>> Table.from_frame(pd.DataFrame({"Age": [20, 30, 41], "Tier": list("aba")})).roles
        {'Age': <Role.NUMERIC: 'numeric'>, 'Tier': <Role.BINARY: 'binary'>}
        """
        return cls(**describe_frame(frame, name))
