"""The editable list of a table's columns."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag

from segmentation import Role, Table, Use

ROLES = tuple(str(role) for role in Role)
USES = tuple(str(use) for use in Use)
# Up to here the grid grows with its rows; longer lists scroll inside.
ROWS_IN_FULL = 25


def column_grid(id_: str, table: Table) -> dag.AgGrid:
    """Name, role, use and facts of each column; role and use can be changed."""
    rows = [
        {
            "name": column.name,
            "role": str(column.role),
            "use": str(column.use),
            "missing": column.missing,
            "distinct": column.distinct,
            "examples": ", ".join(column.examples),
            "reason": column.reason,
        }
        for column in table.columns
    ]
    return dag.AgGrid(
        id=id_,
        rowData=rows,
        columnDefs=[
            {"field": "name", "headerName": "Column", "pinned": "left", "minWidth": 180},
            _choice("role", "Role", ROLES),
            _choice("use", "Use", USES),
            {"field": "missing", "headerName": "Missing", "type": "rightAligned", "width": 110},
            {"field": "distinct", "headerName": "Distinct", "type": "rightAligned", "width": 110},
            {"field": "examples", "headerName": "Examples", "minWidth": 220},
            {"field": "reason", "headerName": "Why", "minWidth": 320, "flex": 1},
        ],
        defaultColDef={"sortable": True, "resizable": True},
        dashGridOptions={
            "domLayout": "autoHeight" if len(rows) <= ROWS_IN_FULL else "normal",
            "stopEditingWhenCellsLoseFocus": True,
            "rowHeight": 40,
        },
        getRowId="params.data.name",
        className="ag-theme-quartz portal-grid",
        style={} if len(rows) <= ROWS_IN_FULL else {"height": "560px"},
    )


def _choice(field: str, title: str, values: tuple[str, ...]) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": title,
        "editable": True,
        "cellClass": "cell-editable",
        "cellEditor": "agSelectCellEditor",
        "cellEditorParams": {"values": list(values)},
        "minWidth": 130,
        "width": 140,
    }
