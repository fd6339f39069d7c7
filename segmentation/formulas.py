r"""One rule for files that spreadsheets open: no text in them can run as a formula.

A text that a spreadsheet would take for a formula gets an apostrophe in front, so that it stays
text (OWASP, "CSV Injection"). The first character alone does not decide:

* Spreadsheets skip blanks, quotes and invisible characters before a formula.
* Where semicolons separate lists, as in Germany, a comma-separated file is split at the
  semicolons and line ends inside its cells, quoted or not. A cell may begin after each of them.
* East Asian spreadsheets accept full-width signs.

Negative numbers stay as they are. Phone numbers such as ``+49 30 1234`` do not: a spreadsheet
would drop the plus, or calculate.
"""

from __future__ import annotations

import re
from csv import QUOTE_MINIMAL, QUOTE_NONNUMERIC
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# = + - @ | % in their plain, small and full-width forms, as ranges of code points.
_SIGNS = (
    (0x25, 0x25), (0x2B, 0x2B), (0x2D, 0x2D), (0x3D, 0x3D), (0x40, 0x40), (0x7C, 0x7C),
    (0xFE62, 0xFE63), (0xFE66, 0xFE66), (0xFE6A, 0xFE6B), (0xFF05, 0xFF05), (0xFF0B, 0xFF0B),
    (0xFF0D, 0xFF0D), (0xFF1D, 0xFF1D), (0xFF20, 0xFF20), (0xFF5C, 0xFF5C),
)  # fmt: skip
# Controls, blanks, joiners, direction marks, fillers, the byte-order mark, and the quotes that a
# file doubles. Tabs and line ends are not among them: a cell may begin after each.
_UNSEEN = (
    (0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x20), (0x22, 0x22), (0x7F, 0xA0), (0xAD, 0xAD),
    (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x1680, 0x1680), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x2800, 0x2800),
    (0x3000, 0x3000), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
)  # fmt: skip
_NUMBER = r"-[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?(?![^;\t\r\n])"


def _ranges(form: str) -> tuple[str, str]:
    """Character classes of what is unseen and of the signs; ``form`` writes a code point."""
    unseen, signs = (
        "".join(f"{form % first}-{form % last}" for first, last in points)
        for points in (_UNSEEN, _SIGNS)
    )
    return unseen, signs


_unseen, _signs = _ranges(r"\u%04x")
# Where a formula may begin, for Python and JavaScript alike: an apostrophe goes in there.
FORMULA_PATTERN = rf"(?<![^;\t\r\n])(?!{_NUMBER})(?=[{_unseen}]*[{_signs}])|^(?=[\t\r\n\u0000])"
_FORMULA = re.compile(FORMULA_PATTERN)
_ESCAPE = re.compile(rf"(?<![^;\t\r\n])'(?=[{_unseen}]*[{_signs}])|^'(?=[\t\r\n\u0000])")
# The same without numbers, in Arrow's dialect, which knows no lookahead: few cells get past it.
_unseen, _signs = _ranges(r"\x{%x}")
_SUSPECT = rf"(?:^|[;\t\r\n])[{_unseen}]*[{_signs}]|^[\t\r\n\x{{0}}]"

_SEPARATORS = r"[;|\t]"


def escape_formula(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet could begin a formula.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("Total Spend"), escape_formula("-12.5")
    ("'=1+1", 'Total Spend', '-12.5')
    >>> escape_formula("Smith;=1+1")
    "Smith;'=1+1"
    """
    return _FORMULA.sub("'", text)


def unescape_formula(text: str) -> str:
    """Take out the apostrophes of :func:`escape_formula`.

    Examples
    --------
    >>> unescape_formula("Smith;'=1+1"), unescape_formula("'n Sync")
    ('Smith;=1+1', "'n Sync")
    """
    return _ESCAPE.sub("", text)


def escape_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which no text cell and no column name can begin a formula.

    Numbers, days and missing cells stay what they are; infinite numbers, which spreadsheets do
    not have, become text.
    """
    safe = frame.copy(deep=False)
    for place in range(frame.shape[1]):
        safe.isetitem(place, _escape_column(frame.iloc[:, place]).array)
    return safe.set_axis([escape_formula(str(name)) for name in frame.columns], axis=1)


def csv_quoting(frame: pd.DataFrame) -> Literal[0, 2]:
    """Return how to quote: all texts where one holds a separator other than the comma."""
    columns = [pd.Series(map(str, frame.columns), dtype="str")]
    columns += [column for _, column in frame.items() if _holds_texts(column)]
    found = (pc.any(pc.match_substring_regex(_texts(column), _SEPARATORS)) for column in columns)
    return QUOTE_NONNUMERIC if any(one.as_py() for one in found) else QUOTE_MINIMAL


def _holds_texts(column: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(column)
    return not is_number and not pd.api.types.is_datetime64_any_dtype(column)


def _texts(column: pd.Series) -> pa.Array:
    return pa.array(column.astype("str").where(column.notna()), from_pandas=True)


def _escape_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    if pd.api.types.is_numeric_dtype(column):
        return _write_out_infinities(column)
    texts = _texts(column)
    suspects = np.flatnonzero(pc.match_substring_regex(texts, _SUSPECT).fill_null(False))
    if not len(suspects):
        return column
    cells = column.to_numpy(dtype=object, copy=True)
    for place, text in zip(suspects, texts.take(suspects).to_pylist(), strict=True):
        escaped = escape_formula(text)
        if escaped != text:  # a negative number in a mixed column stays a number
            cells[place] = escaped
    kept = column.dtype if column.dtype == "str" else object
    return pd.Series(cells, column.index, dtype=kept, name=column.name)


def _write_out_infinities(column: pd.Series) -> pd.Series:
    infinite = np.isinf(column.to_numpy(dtype="float64", na_value=np.nan))
    if not infinite.any():
        return column
    texts = column.astype("str").map(escape_formula, na_action="ignore")
    return column.astype(object).mask(infinite, texts)
