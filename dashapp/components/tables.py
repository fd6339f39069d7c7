"""Plain tables: right-aligned numbers, sticky headers, every cell formatted for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting, units

Teller = Callable[[object, str], str]

# More rows would make the page heavy; use a grid for longer data.
MAX_ROWS = 200
# Narrow columns may cut longer texts, especially on phones.
LONG_TEXT = 15
# Header of the first column in a table that describes one column per row: that row's numbers
# use the described column's unit.
DESCRIBED = "column"
HEADS = {
    "distinct": "Different values",
    "max": "Highest",
    "min": "Lowest",
    "q1": "Lower quartile",
    "q3": "Upper quartile",
    "std": "Std. deviation",
    "top": "Most frequent",
    "top_share": "Its share",
}


def data_table(
    frame: pd.DataFrame,
    *,
    caption: str | None = None,
    colors: Mapping[str, str] | None = None,
    plain: tuple[str, ...] = (),
    right: tuple[str, ...] = (),
) -> Component:
    """Return a table of at most :data:`MAX_ROWS` rows.

    Parameters
    ----------
    frame
        The data; the index is not shown.
    caption
        Accessible name; not visible.
    colors
        Text of the first column → CSS class of :func:`dashapp.theme.segment_class`, for rows that
        represent segments.
    plain
        Columns whose numbers are labels (ids, years): left-aligned, without separators.
    right
        Text columns to right-align, such as numbers with units.
    """
    numbers = {
        name
        for name in frame.columns
        if name in right or (_is_number(frame[name]) and name not in plain)
    }
    tellers = {name: _teller(frame, name, plain) for name in frame.columns}
    head = [
        html.Th(
            _head(frame, str(name)),
            scope="col",
            title=_whole(_head(frame, str(name))),
            className="cell-number" if name in numbers else None,
        )
        for name in frame.columns
    ]
    body = [
        html.Tr(_row(dict(zip(frame.columns, values, strict=True)), tellers, numbers, colors or {}))
        for values in frame.head(MAX_ROWS).itertuples(index=False, name=None)
    ]
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="visually-hidden") if caption else None,
                html.Thead(html.Tr(head)),
                html.Tbody(body),
            ],
            className="table-soft",
        ),
        className="table-wrap",
        tabIndex="0",
        # Several unnamed regions would look the same in a list of landmarks.
        role="region" if caption else "group",
        **{"aria-label": caption or "Table"},
    )


def _row(
    values: Mapping[str, object],
    tellers: Mapping[str, Teller],
    numbers: set[str],
    colors: Mapping[str, str],
) -> list[Component]:
    name = str(next(iter(values.values()), ""))
    cells = []
    for place, (column, value) in enumerate(values.items()):
        text = tellers[column](value, name)
        color = colors.get(text) if place == 0 else None
        if color:
            content = [html.Span(className="segment-dot", **{"aria-hidden": "true"}), text]
            cells.append(
                html.Th(content, scope="row", className=f"cell-segment {color}", title=_whole(text))
            )
        else:
            number = "cell-number" if column in numbers else None
            cells.append(html.Td(text, className=number, title=_whole(text)))
    return cells


def _teller(frame: pd.DataFrame, column: str, plain: tuple[str, ...]) -> Teller:
    """Return the formatter of a column's cells, given the value and the row's first cell."""
    values = frame[column]
    if not _is_number(values):
        return lambda value, _: formatting.cell(value)
    if column in plain or formatting.is_name(str(column)):
        return lambda value, _: formatting.cell(value).replace(",", "")
    if str(column).lower().endswith("share"):
        return lambda value, _: formatting.percent(_float(value))
    if frame.columns[0] == DESCRIBED and not pd.api.types.is_integer_dtype(values.dtype):
        return formatting.cell
    shown = values.head(MAX_ROWS).to_numpy(dtype="float64", na_value=float("nan")).tolist()
    decimals, currency = formatting.decimals_of(shown), units.currency_of(str(column))
    if currency and decimals == 1:
        decimals = 2  # $780.50, not $780.5
    if decimals is None or units.is_day(str(column)):
        return lambda value, _: formatting.cell(value, str(column))
    return lambda value, _: formatting.fixed(_float(value), decimals, currency)


def _head(frame: pd.DataFrame, name: str) -> str:
    described = frame.columns[0] == DESCRIBED
    return HEADS.get(name, name.capitalize()) if described else name


def _whole(text: str) -> str | None:
    """Return the full text as a tooltip if its cell may be cut."""
    return text if len(text) > LONG_TEXT else None


def _float(value: object) -> float | None:
    return float(str(value)) if formatting.cell(value) != formatting.MISSING else None


def _is_number(values: pd.Series) -> bool:
    kind = values.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
