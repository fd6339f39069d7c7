"""The customers' grid: search, filter, sort and page over any number of rows on the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# What the grid adds to the table's own columns.
GRID_COLUMNS = ("Segment", "Confidence")
# A browser may ask for this many rows at once and no more.
LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class GridRequest:
    """What the grid asks for.

    Attributes
    ----------
    start, end
        Half-open range of rows after search, filter and sort.
    sort
        Column and whether ascending, most important first.
    """

    start: int
    end: int
    sort: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def parse(cls, value: object) -> GridRequest:
        """Read what the grid sent; anything odd becomes the first page.

        Examples
        --------
        >>> GridRequest.parse({"startRow": 0, "endRow": 100, "sortModel": []})
        GridRequest(start=0, end=100, sort=())
        >>> GridRequest.parse(["nonsense"])
        GridRequest(start=0, end=100, sort=())
        """
        if not isinstance(value, Mapping):
            return cls(0, 100)
        start, end = value.get("startRow"), value.get("endRow")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
            start, end = 0, 100
        model = value.get("sortModel")
        rules = model if isinstance(model, list) else []
        sort = tuple(
            (str(rule["colId"]), rule.get("sort") == "asc")
            for rule in rules
            if isinstance(rule, Mapping) and "colId" in rule
        )
        return cls(start, min(end, start + LARGEST_PAGE), sort)


def customer_rows(
    frame: pd.DataFrame, scores: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """The table with segment names and confidence beside it, in table order."""
    kept = frame.drop(columns=[name for name in GRID_COLUMNS if name in frame.columns])
    added = pd.DataFrame(
        {
            "Segment": scores["segment_id"].map(names).fillna("Unassigned").to_numpy(),
            "Confidence": scores["confidence"].round(3).to_numpy(),
        },
        index=kept.index,
    )
    return pd.concat([kept, added], axis=1)


def search_rows(rows: pd.DataFrame, text: str) -> pd.DataFrame:
    """Rows in which any cell contains the text, whatever its case.

    Examples
    --------
    >>> rows = pd.DataFrame({"City": ["Rome", "Oslo"], "Age": [30, 41]})
    >>> search_rows(rows, "41")["City"].tolist()
    ['Oslo']
    """
    return rows[matches(rows, text)]


def matches(rows: pd.DataFrame, text: str) -> npt.NDArray[np.bool_]:
    """Whether any cell of each row contains the text; an empty text is in every row."""
    wanted = text.strip().lower()
    if not wanted:
        return np.ones(len(rows), dtype=bool)
    hit = np.zeros(len(rows), dtype=bool)
    for column in rows.to_dict("series").values():
        cells = column.astype("str").str.lower()
        hit |= cells.str.contains(wanted, regex=False).fillna(False).to_numpy(dtype=bool)
    return hit


def page_of(rows: pd.DataFrame, request: GridRequest) -> list[dict[str, Any]]:
    """The asked rows as JSON values; missing values are None.

    Columns that do not exist are ignored in the sort.
    """
    sort = [(name, up) for name, up in request.sort if name in rows.columns]
    if sort:
        rows = rows.sort_values(
            [name for name, _ in sort], ascending=[up for _, up in sort], kind="stable"
        )
    page = rows.iloc[request.start : request.end]
    cells = page.astype(object).where(page.notna(), None)
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in cells.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value
