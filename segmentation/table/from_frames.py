"""Turn DataFrames, whose columns are already typed, into tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.errors import DataError
from segmentation.table.arrow_storage import rejects_frame
from segmentation.table.header.column_names import clean_names
from segmentation.table.roles.role_detection import find_roles
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.values.column_profile import level_text, profile_column, settled
from segmentation.table.values.text_typing import file_evidence, type_column
from segmentation.table.values.typed_column import Kind, Rules, Typed


def describe_frame(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return the attributes of a table made from a DataFrame; every row is kept.

    Parameters
    ----------
    frame : DataFrame
        One row per customer.
    name : str
        Name of the table.

    Returns
    -------
    dict
        The attributes of a `TableData` by name; line numbers count the rows from 1.

    Raises
    ------
    DataError
        The frame has no columns or no rows.
    """
    if frame.shape[1] == 0 or frame.shape[0] == 0:
        raise DataError("The data have no columns or no rows: there is nothing to segment.")
    names, _ = clean_names([str(label) for label in frame.columns])
    columns = [frame.iloc[:, i].reset_index(drop=True) for i in range(frame.shape[1])]
    typed = [_typed(*pair) for pair in zip(names, columns, strict=True)]
    profiled = [
        profile_column(name, series, kind)
        for name, (series, kind) in zip(names, typed, strict=True)
    ]
    rows = len(frame)
    issues: tuple[Issue, ...] = ()
    columns_found = find_roles(profiled)
    series = [
        settled(one.series, column.role)
        for one, column in zip(profiled, columns_found, strict=True)
    ]
    return {
        "frame": pd.DataFrame(dict(zip(names, series, strict=True))),
        "columns": columns_found,
        "issues": issues,
        "recipe": {"format": "frame"},
        "name": name,
        "rows_read": rows,
        "rows_used": rows,
        "rows_set_aside": 0,
        "rows_duplicate": 0,
        "lines": np.arange(1, rows + 1, dtype=np.int64),
        "rejects": rejects_frame({**{name: [] for name in names}, "line": [], "reason": []}),
    }


def _typed(name: str, series: pd.Series) -> tuple[pd.Series, Kind]:
    """Return a column of any dtype converted to one of the four kinds."""
    found = typed_by_dtype(series)
    if found is not None:
        return found
    text = DistinctText.from_series(as_text(series)).trimmed()
    typed = _type_text(name, text)
    return typed.series, typed.kind


def _type_text(name: str, text: DistinctText) -> Typed:
    evidence = file_evidence([text])
    decimal = "," if evidence.comma > evidence.point else "."
    return type_column(name, text, Rules(decimal=decimal))


def typed_by_dtype(series: pd.Series) -> tuple[pd.Series, Kind] | None:
    """Return a column with the kind its dtype implies, or None if its values must be examined."""
    kind = getattr(series.dtype, "kind", "O")
    if kind == "b" or isinstance(series.dtype, pd.BooleanDtype):
        return series.map({True: "True", False: "False"}).astype("str"), Kind.BOOLEAN
    if kind in "iu":
        return _whole(series), Kind.NUMBER
    if kind == "f":
        return _real(series), Kind.NUMBER
    if kind == "M":
        return _times(series), Kind.DATE
    if kind == "m":
        return pd.Series(series.dt.total_seconds() / 86_400.0), Kind.NUMBER
    return None


def _whole(series: pd.Series) -> pd.Series:
    largest = series.max()
    if not pd.isna(largest) and int(largest) > np.iinfo(np.int64).max:
        return series.astype("float64")
    return series.astype("Int64")


def _real(series: pd.Series) -> pd.Series:
    numbers = series.astype("float64")
    return numbers.where(np.isfinite(numbers.to_numpy(dtype=float, na_value=np.nan)))


def _times(series: pd.Series) -> pd.Series:
    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return series.astype("datetime64[s]")


def as_text(series: pd.Series) -> pd.Series:
    """Return every value as text; missing values stay missing."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.astype("object").map(_write, na_action="ignore").astype("str")
    if isinstance(series.dtype, pd.StringDtype):
        return series
    cells = [None if _is_missing(value) else _write(value) for value in series]
    return pd.Series(pa.array(cells, pa.string()).to_pandas(), dtype="str")


def _is_missing(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    missing = pd.isna(value)  # type: ignore[call-overload]
    return missing if isinstance(missing, bool) else False


def _write(value: object) -> str:
    return value.isoformat(" ") if isinstance(value, pd.Timestamp) else level_text(value)
