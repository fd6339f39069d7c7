"""The editable grid of a table's columns."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag

from dashapp import formatting
from segmentation import Column, Role, Table, Use

ROLES = tuple(str(role) for role in Role)
USES = tuple(str(use) for use in Use)
# Standard meanings of columns, as labels.
MEANING_WORDS: dict[str | None, str] = {
    None: "–",
    "customer_id": "Customer id",
    "gender": "Gender",
    "age": "Age",
    "city": "City",
    "membership": "Membership",
    "spend": "Spend",
    "fee": "Regular fee",
    "items": "Items",
    "rating": "Rating",
    "discount": "Discount",
    "recency": "Recency",
    "satisfaction": "Satisfaction",
}
# Separator between levels, from low to high.
BELOW = " < "
# In large data sets, distinct counts from ESTIMATED_FROM on are estimates; grids longer than
# ROWS_IN_FULL scroll inside.
ESTIMATED_FROM = 1_000
ROWS_IN_FULL = 25


def column_grid(id_: str, table: Table) -> dag.AgGrid:
    """Return the grid: name, role, use, meaning and facts per column; the first are editable."""
    rows = grid_rows(table)
    ordered = any(column.role is Role.ORDINAL for column in table.columns)
    return dag.AgGrid(
        id=id_,
        rowData=rows,
        columnDefs=[
            _words("name", "Column", pinned="left", width=190 if ordered else 320),
            _choice("role", "Role", ROLES, 116),
            _choice("use", "Use", USES, 116),
            _choice("meaning", "Stands for", tuple(MEANING_WORDS.values()), 124),
            *([_levels()] if ordered else []),
            _count("missing", "Missing"),
            _count("distinct", "Distinct"),
            _words("examples", "Examples", minWidth=160, flex=1),
            _words("reason", "Why", minWidth=180, flex=2),
        ],
        defaultColDef={"sortable": True, "resizable": True},
        dashGridOptions={
            "domLayout": "autoHeight" if len(rows) <= ROWS_IN_FULL else "normal",
            "stopEditingWhenCellsLoseFocus": True,
            "singleClickEdit": True,
            "rowHeight": 40,
        },
        getRowId="params.data.name",
        className="ag-theme-quartz portal-grid",
        style={} if len(rows) <= ROWS_IN_FULL else {"height": "560px"},
    )


def grid_rows(table: Table) -> list[dict[str, Any]]:
    """Return one grid row per column of a table."""
    return [
        {
            "name": column.name,
            "role": str(column.role),
            "use": str(column.use),
            "meaning": MEANING_WORDS[column.meaning],
            "levels": BELOW.join(column.levels) if column.role is Role.ORDINAL else "",
            "missing": column.missing,
            "distinct": _distinct(table, column),
            "examples": " · ".join(_example(column, text) for text in column.examples),
            "reason": column.reason,
        }
        for column in table.columns
    ]


def _example(column: Column, text: str) -> str:
    """Format a sample cell; numbers keep their own decimals.

    Examples
    --------
    >>> spend = Column("Spend", Role.NUMERIC, Use.BASIS, "")
    >>> _example(spend, "-1835.61"), _example(spend, "7"), _example(spend, "1e300")
    ('−1,835.61', '7', '1e300')
    """
    plain = text.removeprefix("-").replace(".", "", 1)
    if column.role is not Role.NUMERIC or not plain.isdecimal() or formatting.is_name(column.name):
        return text
    return formatting.number(float(text), len(text.partition(".")[2]))


def _distinct(table: Table, column: Column) -> int | str:
    """Return the number of distinct values; in large data sets, large counts are estimates."""
    if table.population is None or column.distinct < ESTIMATED_FROM:
        return column.distinct
    return f"≈ {float(f'{column.distinct:.2g}'):,.0f}"


def parse_levels(text: str) -> list[str]:
    """Parse the levels of an ordinal column, from low to high.

    Examples
    --------
    >>> parse_levels("low < middle<high")
    ['low', 'middle', 'high']
    """
    return [level.strip() for level in text.split(BELOW.strip()) if level.strip()]


def _choice(field: str, title: str, values: tuple[str, ...], width: int) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": title,
        "editable": True,
        "cellClass": "cell-editable",
        "cellEditor": "agSelectCellEditor",
        "cellEditorParams": {"values": list(values)},
        "width": width,
    }


def _words(field: str, title: str, **look: Any) -> dict[str, Any]:
    """Return a read-only text column with a tooltip for truncated cells."""
    return {"field": field, "headerName": title, "tooltipField": field, **look}


def _count(field: str, title: str) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": title,
        "type": "rightAligned",
        "width": 88,
        "valueFormatter": {
            "function": "params.value >= 0 ? d3.format(',')(params.value) : params.value"
        },
    }


def _levels() -> dict[str, Any]:
    """Return the column definition of level order; only ordinal columns are editable."""
    return {
        "field": "levels",
        "headerName": "Order, low to high",
        "editable": {"function": "params.data.role == 'ordinal'"},
        "cellClassRules": {"cell-editable": "params.data.role == 'ordinal'"},
        "width": 180,
    }
