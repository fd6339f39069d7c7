"""From customers to points: the design matrix and a readable account of how it was made."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.column_encoding import EncodedColumn
from segmentation.cluster.encoding.column_fitting import MODES, column_statistics, fit_column
from segmentation.cluster.encoding.column_statistics import ColumnStatistics
from segmentation.errors import DataError, ParameterError
from segmentation.table.schema.columns import Column

Matrix = npt.NDArray[np.float32]

#: A row with more than this share of its bases missing says too little to be placed.
MAX_MISSING_SHARE = 0.5


@dataclass(frozen=True)
class Encoder:
    """Turns rows into points in which every column weighs the same, and explains how.

    Attributes
    ----------
    columns : tuple of EncodedColumn
        What was learned about each basis, in the order of the features.
    mode : {"auto", "label"}
        "label" reproduces the classic recipe (label codes, every column standardized).
    blocks : tuple of slice
        The features of each column.
    """

    columns: tuple[EncodedColumn, ...]
    mode: str = "auto"
    blocks: tuple[slice, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        ends = np.cumsum([0, *(len(column.features) for column in self.columns)]).tolist()
        blocks = tuple(slice(a, b) for a, b in itertools.pairwise(ends))
        object.__setattr__(self, "blocks", blocks)

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        *,
        mode: str = "auto",
        weights: Mapping[str, float] | None = None,
        as_part: bool = False,
    ) -> Encoder:
        """Learn centers, scales and levels from a table.

        Parameters
        ----------
        frame : pandas.DataFrame, shape (n, …)
            The training rows.
        columns : sequence of Column
            The bases, in the order in which their features shall stand.
        mode : {"auto", "label"}
            See `Encoder.mode`.
        weights : mapping from column name to number, optional
            A column of weight 2 counts as if it stood in the table twice; 1 by default.
        as_part : bool
            Learn exactly what the same rows in many parts would teach: medians from counts.

        Raises
        ------
        DataError
            No column, no row, or not one value in all the columns.
        ParameterError
            Unknown mode, a weight that is not positive, or one for a column that is not there.
        """
        _check_mode(mode)
        statistics = {
            c.name: column_statistics(frame[c.name], c, mode, as_part=as_part) for c in columns
        }
        return cls.from_statistics(statistics, columns, mode=mode, weights=weights)

    @classmethod
    def from_statistics(
        cls,
        statistics: Mapping[str, ColumnStatistics],
        columns: Sequence[Column],
        *,
        mode: str = "auto",
        weights: Mapping[str, float] | None = None,
    ) -> Encoder:
        """Learn from statistics by column name, which parts of a table add up to; see `fit`."""
        _check_mode(mode)
        chosen = dict(weights or {})
        _check_weights(chosen, columns)
        if not columns:
            raise DataError(
                "No column can drive the segments: choose at least one column with numbers or "
                "categories as a basis."
            )
        fitted = tuple(
            fit_column(statistics[column.name], column, mode, float(chosen.get(column.name, 1.0)))
            for column in columns
        )
        if all(column.filled == 0 for column in fitted):
            raise DataError(
                "There is nothing to segment: the columns that drive the segments hold no value."
            )
        return cls(fitted, mode)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, such as "Age" or "City = Paris"."""
        return tuple(name for column in self.columns for name in column.features)

    def transform(self, frame: pd.DataFrame) -> Matrix:
        """Return the points of some rows.

        Parameters
        ----------
        frame : pandas.DataFrame, shape (n, …)
            Needs the columns this encoder was fitted on; others are ignored.

        Returns
        -------
        ndarray of float32, shape (n, p), C-contiguous
            A row's point depends on that row alone, to the last bit.

        Raises
        ------
        DataError
            A column is missing from the table.
        """
        self._require(frame)
        matrix = np.empty((len(frame), len(self.feature_names)), dtype=np.float32)
        for column, block in zip(self.columns, self.blocks, strict=True):
            matrix[:, block] = column.points(column.read(frame[column.name]))
        return matrix

    def transform_record(self, record: Mapping[str, Any]) -> Matrix:
        """Return the point of one customer, the same as `transform` gives for such a row.

        Parameters
        ----------
        record : mapping from column name to value
            A column that is not there counts as missing.

        Returns
        -------
        ndarray of float32, shape (1, p)
        """
        matrix = np.empty((1, len(self.feature_names)), dtype=np.float32)
        for column, block in zip(self.columns, self.blocks, strict=True):
            value = column.read_value(record.get(column.name))
            matrix[:, block] = column.points(np.array([value]))
        return matrix

    def problems(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        """Say for each row what is doubtful about its point.

        Returns
        -------
        list of tuple of str, length n
            Sentences about missing values and what stood in for them, unknown levels, and
            values outside what training saw. Cost: text is made for doubtful rows only.
        """
        self._require(frame)
        found: dict[int, list[str]] = {}
        for column in self.columns:
            series = frame[column.name]
            raw = column.read(series)
            for row in np.flatnonzero(column.doubtful(raw)).tolist():
                found.setdefault(row, []).append(column.problem(raw[row], series.iloc[row]))
        result: list[tuple[str, ...]] = [()] * len(frame)
        for row, sentences in found.items():
            result[row] = tuple(sentences)
        return result

    def problems_record(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """Say what is doubtful about one customer; the sentences of `problems`."""
        sentences = []
        for column in self.columns:
            value = record.get(column.name)
            raw = column.read_value(value)
            if column.doubtful(np.array([raw]))[0]:
                sentences.append(column.problem(raw, value))
        return tuple(sentences)

    def usable(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Mark the rows with at most half of their bases missing.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        self._require(frame)
        missing = np.zeros(len(frame), dtype=np.int64)
        for column in self.columns:
            missing += np.isnan(column.read(frame[column.name]))
        usable: npt.NDArray[np.bool_] = missing <= MAX_MISSING_SHARE * len(self.columns)
        return usable

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"mode": self.mode, "columns": [column.to_dict() for column in self.columns]}

    def _require(self, frame: pd.DataFrame) -> None:
        absent = [column.name for column in self.columns if column.name not in frame.columns]
        if absent:
            raise DataError(
                f"The table lacks the column {absent[0]!r}"
                + (f" and {len(absent) - 1} more" if len(absent) > 1 else "")
                + " that the segments were built on: add it, with empty cells if need be."
            )


def _check_mode(mode: str) -> None:
    if mode not in MODES:
        raise ParameterError(f"Unknown encoding {mode!r}: use one of {', '.join(MODES)}.")


def _check_weights(weights: Mapping[str, float], columns: Sequence[Column]) -> None:
    names = {column.name for column in columns}
    for name, weight in weights.items():
        if name not in names:
            raise ParameterError(f"There is a weight for {name!r}, which is not a basis column.")
        if not (np.isfinite(weight) and weight > 0):
            raise ParameterError(f"The weight of {name!r} must be above 0, but is {weight}.")
