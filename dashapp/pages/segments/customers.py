"""The Customers tab: a grid over everybody, paged on the server, and the exports."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.address import Address
from dashapp.components.choice import choice
from dashapp.page import Refs
from dashapp.pages.segments.ids import Ids
from dashapp.services.customers import GRID_COLUMNS
from segmentation import Role, SegmentModel, Table

# Rows that the customers' grid asks for at a time.
GRID_PAGE = 100
# The choice that keeps every segment in the customers' grid.
EVERYONE = "all"
# Milliseconds without a key after which a search starts.
SEARCH_PAUSE = 300


def customers_link(refs: Refs, segment_id: str | None = None, search: str = "") -> str:
    """Address of the customers with their segment: all, or those that the grid shows."""
    query = {"data": refs.dataset, "model": refs.model, "segment": segment_id, "q": search}
    return "/download/customers.csv?" + urlencode({k: v for k, v in query.items() if v})


def customers_view(model: SegmentModel, table: Table, refs: Refs, address: Address) -> Component:
    """A grid over all customers, paged on the server, and the exports."""
    everyone = {EVERYONE: "All segments"} | {segment.id: segment.name for segment in model.segments}
    return html.Div(
        [
            html.Div(
                [
                    html.Label(
                        [
                            html.Span("Search", className="field-label"),
                            dbc.Input(
                                id=Ids.GRID_SEARCH, type="search", debounce=SEARCH_PAUSE, value=""
                            ),
                        ],
                        className="field",
                    ),
                    choice(
                        Ids.GRID_SEGMENT,
                        "Segment",
                        everyone,
                        address.one(Ids.GRID_SEGMENT, everyone, EVERYONE),
                    ),
                    html.Div(id=Ids.GRID_COUNT, className="filters-count", role="status"),
                    html.A(
                        "Download CSV",
                        id=Ids.GRID_DOWNLOAD,
                        href=customers_link(refs),
                        className="btn btn-primary",
                    ),
                    html.A(
                        "Download model",
                        href="/download/model.segmodel?" + urlencode({"model": refs.model}),
                        className="btn btn-secondary",
                    ),
                ],
                className="toolbar",
            ),
            dag.AgGrid(
                id=Ids.GRID,
                rowModelType="infinite",
                columnDefs=grid_columns(table),
                defaultColDef={"sortable": True, "resizable": True, "minWidth": 110},
                dashGridOptions={
                    "cacheBlockSize": GRID_PAGE,
                    "maxBlocksInCache": 10,
                    "rowHeight": 38,
                    "suppressFieldDotNotation": True,
                },
                className="ag-theme-quartz portal-grid",
                style={"height": "560px"},
            ),
        ]
    )


def grid_columns(table: Table) -> list[dict[str, Any]]:
    """Column definitions of the customers' grid: segment and confidence, then the table's."""
    own = [
        {"field": column.name, "headerName": column.name}
        | (_number_column(table, column.name) if column.role == Role.NUMERIC else {})
        for column in table.columns
        if column.name not in GRID_COLUMNS
    ]
    # As everywhere: what is not quite certain is never rounded to certainty.
    tell = (
        "params.value == null ? '–' : params.value < 1 && params.value >= 0.995 ? '>99 %' : "
        "d3.format('.0f')(100 * params.value) + ' %'"
    )
    confidence = {"type": "rightAligned", "valueFormatter": {"function": tell}}
    segment, sure = GRID_COLUMNS
    return [
        {"field": segment, "headerName": segment, "minWidth": 200},
        {"field": sure, "headerName": sure, "width": 130} | confidence,
        *own,
    ]


def _number_column(table: Table, name: str) -> dict[str, Any]:
    """Right-aligned, with the column's decimals and currency."""
    shown = table.frame[name].head(GRID_PAGE).astype("float64").tolist()
    decimals, currency = formatting.decimals_of(shown) or 0, formatting.currency_of(name)
    if currency and decimals == 1:
        decimals = 2
    tell = f"params.value == null ? '–' : '{currency}' + d3.format(',.{decimals}f')(params.value)"
    return {"type": "rightAligned", "valueFormatter": {"function": tell}}
