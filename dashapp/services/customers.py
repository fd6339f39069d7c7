"""The customer grid: search, filter, sort and page any number of rows on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashapp.services.masking import hidden

# Columns that the grid adds to the table's own.
GRID_COLUMNS = ("Segment", "Confidence")
# Row number of the customer in the data set: identifies selected rows, never shown.
ROW = "portal-row"
# Maximum number of rows per request.
LARGEST_PAGE = 500
# Maximum number of customers picked by hand; their numbers still fit into a URL.
MOST_PICKED = 400
# Below this confidence a customer is nearly between two segments.
UNSURE = 0.6


class Which(StrEnum):
    """All customers, or those worth a closer look."""

    ALL = "all"
    UNSURE = "unsure"
    MISFITS = "misfits"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected customers: those of some segments, found by a text, or picked by hand.

    Attributes
    ----------
    segments
        Ids of segments; none means all.
    text
        Text that any cell of the customer contains; empty means all customers.
    which
        All customers, or those worth a closer look.
    rows
        Row numbers of customers picked by hand; none means no such selection.
    """

    segments: tuple[str, ...] = ()
    text: str = ""
    which: Which = Which.ALL
    rows: tuple[int, ...] = ()

    def mask(
        self, frame: pd.DataFrame, scores: pd.DataFrame, names: Mapping[str, str]
    ) -> npt.NDArray[np.bool_]:
        """Whether each customer of a data set is selected.

        Parameters
        ----------
        frame
            (n, …) the data set.
        scores
            (n, …) segment, confidence, fit and problems of each customer.
        names
            Segment id → name.
        """
        wanted = np.ones(len(frame), dtype=bool)
        if self.text.strip():
            wanted &= matches(customer_rows(frame, scores, names), self.text)
        if self.segments:
            wanted &= scores["segment_id"].isin(self.segments).to_numpy()
        if self.which is not Which.ALL:
            wanted &= _LOOKS[self.which](scores)
        if self.rows:
            wanted &= np.isin(np.arange(len(frame)), self.rows)
        return wanted


_LOOKS: Mapping[Which, Callable[[pd.DataFrame], npt.NDArray[np.bool_]]] = {
    Which.UNSURE: lambda scores: scores["confidence"].to_numpy() < UNSURE,
    Which.MISFITS: lambda scores: ~scores["fits"].to_numpy(dtype=bool),
    Which.PROBLEMS: lambda scores: (scores["problems"] != "").to_numpy(dtype=bool),
}


@dataclass(frozen=True, slots=True)
class GridRequest:
    """A request of the grid.

    Attributes
    ----------
    start, end
        Half-open range of rows after search, filter and sort.
    sort
        Columns and whether each is ascending, most important first.
    """

    start: int
    end: int
    sort: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def parse(cls, value: object) -> GridRequest:
        """Parse what the grid sent; anything invalid becomes the first page.

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
    frame: pd.DataFrame,
    scores: pd.DataFrame,
    names: Mapping[str, str],
    rows: npt.NDArray[np.intp] | None = None,
) -> pd.DataFrame:
    """Return the table with segment names and confidence added.

    Parameters
    ----------
    rows
        Row numbers of the selected customers, in order; all in table order if not given.
    """
    kept = frame.drop(columns=[name for name in (*GRID_COLUMNS, ROW) if name in frame.columns])
    if rows is None:
        rows = np.arange(len(frame))
    else:
        kept, scores = kept.iloc[rows], scores.iloc[rows]
    added = pd.DataFrame(
        {
            "Segment": scores["segment_id"].map(names).fillna("Unassigned").to_numpy(),
            "Confidence": scores["confidence"].round(3).to_numpy(),
            ROW: rows,
        },
        index=kept.index,
    )
    return pd.concat([kept, added], axis=1)


def matches(rows: pd.DataFrame, text: str) -> npt.NDArray[np.bool_]:
    """Whether any cell of each row contains the text; an empty text matches every row."""
    wanted = text.strip().lower()
    if not wanted:
        return np.ones(len(rows), dtype=bool)
    hit = np.zeros(len(rows), dtype=bool)
    for name, column in rows.to_dict("series").items():
        if name == ROW:
            continue
        cells = column.astype("str").str.lower()
        hit |= cells.str.contains(wanted, regex=False).fillna(False).to_numpy(dtype=bool)
    return hit


def page_of(
    frame: pd.DataFrame,
    scores: pd.DataFrame,
    names: Mapping[str, str],
    wanted: npt.NDArray[np.bool_],
    request: GridRequest,
    *,
    contacts: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Return the requested rows of the selected customers as JSON values; missing ones are None.

    Only these rows are assembled: for a million customers, all would take 0.2 s. Unknown columns
    are ignored in the sort.

    Parameters
    ----------
    contacts
        Columns of contact data, which can be searched and sorted, and are shown masked.
    """
    rows = np.flatnonzero(wanted)
    sort = [(name, up) for name, up in request.sort if name in {*frame.columns, *GRID_COLUMNS}]
    if sort:
        columns = [name for name, _ in sort]
        keys = customer_rows(frame[[c for c in columns if c in frame]], scores, names)[wanted]
        ups = [up for _, up in sort]
        rows = keys.sort_values(columns, ascending=ups, kind="stable")[ROW].to_numpy()
    page = hidden(customer_rows(frame, scores, names, rows[request.start : request.end]), contacts)
    # The grid accepts only texts as row ids.
    cells = {str(name): _cells(page[name]) for name in page} | {ROW: list(map(str, page[ROW]))}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def _cells(column: pd.Series) -> list[Any]:
    """Return a column's values as JSON values; missing ones are None."""
    missing = column.isna().tolist()
    pairs = zip(column.tolist(), missing, strict=True)
    return [None if is_missing else _plain(value) for value, is_missing in pairs]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value
