"""A text column stored as distinct values and one code per row.

A column is typed (numbers, dates, spellings of "missing") once per distinct value instead of once
per row, which makes reading large files fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: White space trimmed around a cell, including no-break, zero-width and BOM characters.
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\ufeff\u3000"


#: How exports stop Excel from reading a code as a number: ="00123".
_TEXT_FORMULA = r'^="([^"]*)"$'


@dataclass(frozen=True, eq=False)
class DistinctText:
    """Text cells of one column.

    Attributes
    ----------
    texts : pyarrow StringArray, shape (d,)
        Distinct texts, none of them null.
    codes : ndarray of int32, shape (n,)
        Position in `texts` for each row, −1 for missing cells.
    """

    texts: pa.StringArray
    codes: np.ndarray

    @classmethod
    def from_arrow(cls, cells: pa.ChunkedArray | pa.Array) -> DistinctText:
        """Encode an Arrow column of strings or dictionary-encoded strings."""
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.unify_dictionaries().combine_chunks()
        if isinstance(cells, pa.ChunkedArray):  # combining zero chunks returns no array
            return cls(pa.array([], pa.string()), np.zeros(0, np.int32))
        if not pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_encode()
        return cls(cells.dictionary.cast(pa.string()), _codes(cells))

    @classmethod
    def from_series(cls, cells: pd.Series) -> DistinctText:
        """Encode a pandas column of strings."""
        return cls.from_arrow(pa.array(cells, pa.string(), from_pandas=True))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def counts(self) -> np.ndarray:
        """Return the number of rows per distinct value, shape (d,)."""
        return np.asarray(self._counts)

    @cached_property
    def _counts(self) -> np.ndarray:
        shifted = self.codes + np.int32(1)  # missing cells become 0
        return np.bincount(shifted, minlength=len(self.texts) + 1)[1:]

    def take(self, rows: np.ndarray) -> DistinctText:
        """Return the rows in a mask or at some positions, without unused texts."""
        codes = self.codes[rows]
        used = np.zeros(len(self.texts) + 1, dtype=bool)
        used[codes] = True
        used = used[:-1]  # the last position is for missing cells, whose code is -1
        if used.all():
            return DistinctText(self.texts, codes)
        places = np.append(np.cumsum(used) - 1, -1).astype(np.int32)
        return DistinctText(self.texts.filter(pa.array(used)), places[codes])

    def mapped(self, values: pa.Array) -> DistinctText:
        """Replace each distinct value; equal replacements merge, null means missing.

        Parameters
        ----------
        values : pyarrow StringArray, shape (d,)
            The replacements, in the order of `texts`.
        """
        encoded = values.dictionary_encode()
        lookup = np.append(_codes(encoded), np.int32(-1))
        return DistinctText(encoded.dictionary.cast(pa.string()), lookup[self.codes])

    def trimmed(self) -> DistinctText:
        """Trim white space around every cell; empty cells become missing."""
        values = pc.utf8_trim(self.texts, BLANKS)
        if pc.any(pc.starts_with(values, '="')).as_py():
            values = pc.replace_substring_regex(values, _TEXT_FORMULA, r"\1")
        values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
        if values.equals(self.texts):
            return self
        return self.mapped(values)

    def rows_of(self, chosen: np.ndarray) -> np.ndarray:
        """Return a mask of the rows with a chosen value.

        Parameters
        ----------
        chosen : ndarray of bool, shape (d,)
            Mask of the distinct values.
        """
        return np.asarray(np.append(chosen, False)[self.codes])

    def to_series(self) -> pd.Series:
        """Return the rows as a pandas text column, missing cells as NaN."""
        index = pa.array(self.codes, pa.int32(), mask=self.codes < 0)
        return pd.Series(self.texts.take(index).to_pandas(), dtype="str")

    def cells(self, rows: np.ndarray) -> list[str]:
        """Return the text at the given rows; empty for missing cells."""
        return [self.texts[int(c)].as_py() if c >= 0 else "" for c in self.codes[rows]]


def _codes(cells: pa.DictionaryArray) -> np.ndarray:
    """Return the codes of an encoded column, −1 for missing cells."""
    indices = pc.fill_null(cells.indices, -1) if cells.indices.null_count else cells.indices
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int32)
