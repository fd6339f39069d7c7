"""Plain tables: numbers to the right, heads that stay, every cell formatted for people."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting

# A plain table with more rows would make the page heavy; longer data belong in a grid.
MAX_ROWS = 200
_PLAIN_NAMES = frozenset({"identifier", "line", "year"})


def data_table(
    frame: pd.DataFrame,
    *,
    caption: str | None = None,
    colors: Mapping[str, str] | None = None,
    plain: tuple[str, ...] = (),
) -> Component:
    """A table of at most :data:`MAX_ROWS` rows.

    Parameters
    ----------
    frame
        What to show; the index is left out.
    caption
        What screen readers call it; not visible.
    colors
        Text of the first column → CSS class of :func:`dashapp.theme.segment_class`, for rows
        that stand for segments.
    plain
        Columns whose numbers are names (ids, years) and get no thousands separators.
    """
    numeric = {
        name: pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
        for name in frame.columns
    }
    names = {name for name in frame.columns if name in plain or _is_name(str(name))}
    head = [
        html.Th(str(name), scope="col", className="cell-number" if numeric[name] else None)
        for name in frame.columns
    ]
    body = [
        html.Tr(_row(frame.columns, values, numeric, names, colors or {}))
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
        role="region",
        **{"aria-label": caption or "Table"},
    )


def _row(
    columns: pd.Index,
    values: tuple[object, ...],
    numeric: Mapping[str, bool],
    names: set[str],
    colors: Mapping[str, str],
) -> list[Component]:
    cells = []
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        text = _plain(value) if column in names else formatting.cell(value, str(column))
        color = colors.get(text) if place == 0 else None
        if color:
            content = [html.Span(className="segment-dot", **{"aria-hidden": "true"}), text]
            cells.append(html.Th(content, scope="row", className=f"cell-segment {color}"))
        else:
            cells.append(html.Td(text, className="cell-number" if numeric[column] else None))
    return cells


def _is_name(column: str) -> bool:
    words = column.lower().replace("_", " ").split()
    return column.lower().endswith("id") or bool(_PLAIN_NAMES.intersection(words))


def _plain(value: object) -> str:
    text = formatting.cell(value) if not isinstance(value, int | float) else ""
    if text:
        return text
    return formatting.cell(value).replace(",", "")
