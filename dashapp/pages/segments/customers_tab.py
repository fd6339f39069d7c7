"""The Customers tab: a grid over everybody, paged on the server, and the exports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting, units
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may
from dashapp.components.choice import choice
from dashapp.components.downloads import download, masking_note
from dashapp.page.address import Address, parameter
from dashapp.page.context import Context
from dashapp.page.inputs import one_of, text_or_none
from dashapp.page.tab_state import Refs
from dashapp.pages.segments.ids import Ids
from dashapp.services.customers import GRID_COLUMNS, ROW, UNSURE, Selection, Which
from dashapp.services.exports import Export
from dashapp.services.masking import contact_columns
from dashapp.theme import segment_class
from segmentation import Role, Segment, SegmentModel, Table

# Rows that the customers' grid asks for at a time: some screens of them, few to wait for.
GRID_PAGE = 50
# Pixels of a letter in a head, and of the room around one.
LETTER_WIDTH = 8
HEAD_ROOM = 44
WIDEST = 280
# The choice that keeps every segment in the customers' grid.
EVERYONE = "all"
WHICH = {
    Which.ALL: "All customers",
    Which.UNSURE: f"Unsure: confidence below {formatting.percent(UNSURE)}",
    Which.MISFITS: "Fit no segment well",
    Which.PROBLEMS: "With doubtful values",
}


# The files of customers: the button of each that has a large one written, and how it looks.
FILES = {"csv": (Ids.GRID_CSV, "btn-primary"), "xlsx": (Ids.GRID_XLSX, "btn-secondary")}


def customers_file(context: Context, refs: Refs, kind: str, selection: Selection) -> Export:
    """The file of what the grid shows, or of what was picked in it."""
    return context.exports.customers(
        current_session(),
        str(refs.dataset),
        str(refs.model),
        kind,
        selection,
        masked=not may(Right.CHANGE),
    )


def customers_link(export: Export) -> str:
    """Address of a file of customers, without what was searched for."""
    selection = export.selection
    query = {
        "data": export.source,
        "model": export.model,
        "segment": selection.segments,
        "which": "" if selection.which is Which.ALL else selection.which,
        "rows": ".".join(map(str, selection.rows)),
    }
    asked = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"/download/customers.{export.kind}?{asked}"


def download_buttons(context: Context, refs: Refs, selection: Selection) -> list[Component]:
    """The files of what the grid shows, or of what was picked in it."""
    picked = f" of {formatting.count(len(selection.rows), 'customer')}" if selection.rows else ""
    files = [customers_file(context, refs, kind, selection) for kind in FILES]
    return [
        download(
            f"Download {file.kind.upper()}{picked}",
            file,
            customers_link(file),
            *FILES[file.kind],
        )
        for file in files
    ]


def picked_links(refs: Refs, row: int, *, predict: bool = True) -> list[Component]:
    """Where to see the one customer that was picked."""
    shared = {"data": refs.dataset, "model": refs.model}
    ways = {"Show on the map": ("/segments", {"tab": "map", "customer": row})}
    if predict:
        ways["Open on Predict"] = ("/predict", {"customer": row})
    return [
        dcc.Link(
            label,
            href=f"{path}?{urlencode(shared | more)}",
            className="btn btn-secondary btn-small to-view",
        )
        for label, (path, more) in ways.items()
    ]


def customers_of(refs: Refs, segment: Segment) -> str:
    """Address of the Customers tab with one segment."""
    shared = {"data": refs.dataset, "model": refs.model, "tab": "customers"}
    return f"/segments?{urlencode(shared | {parameter(Ids.GRID_SEGMENT): segment.id})}"


def shown_customers(model: SegmentModel, text: object, segment: object, which: object) -> Selection:
    """Which customers the grid shows, from what its fields send."""
    ids = [item.id for item in model.segments]
    chosen = one_of(segment, [EVERYONE, *ids], EVERYONE)
    return Selection(
        segments=() if chosen == EVERYONE else (chosen,),
        text=text_or_none(text) or "",
        which=Which(one_of(which, list(WHICH), Which.ALL)),
    )


def asked_customers(model: SegmentModel, address: Address) -> Selection:
    """Which customers an address asks for."""
    ids = [EVERYONE, *(segment.id for segment in model.segments)]
    segment = address.one(Ids.GRID_SEGMENT, ids, EVERYONE)
    return shown_customers(model, "", segment, address.one(Ids.GRID_WHICH, list(WHICH), Which.ALL))


def customers_view(
    model: SegmentModel,
    table: Table,
    shown: Selection,
    first: tuple[Mapping[str, Any], str],
    downloads: list[Component],
) -> Component:
    """A grid over all customers, paged on the server, and the exports.

    Parameters
    ----------
    shown
        Which customers it starts with.
    first
        The first of them, as the grid gets them when it asks, and how many there are.
    downloads
        The files of those customers.
    """
    everyone = {EVERYONE: "All segments"} | {segment.id: segment.name for segment in model.segments}
    segment = next(iter(shown.segments), EVERYONE)
    rows, count = first
    return html.Div(
        [
            html.Div(
                [
                    html.Label(
                        [
                            html.Span("Search", className="field-label"),
                            # Its own pause would end in an error where the tab is left before.
                            dbc.Input(id=Ids.GRID_SEARCH, type="search", value=""),
                            dcc.Store(id=Ids.GRID_ASKED, data=""),
                        ],
                        className="field",
                    ),
                    choice(Ids.GRID_SEGMENT, "Segment", everyone, segment),
                    choice(Ids.GRID_WHICH, "Show", WHICH, shown.which),
                    html.Div(
                        downloads,
                        id=Ids.GRID_DOWNLOAD,
                        className="button-row",
                    ),
                ],
                className="toolbar",
            ),
            masking_note(contact_columns(table)),
            html.Div(
                [
                    html.Div(count, id=Ids.GRID_COUNT, className="filters-count", role="status"),
                    html.Div(
                        "Tick customers to download only them, or one to see where it stands.",
                        id=Ids.GRID_PICKED,
                        className="button-row text-muted-soft",
                    ),
                ],
                className="button-row grid-words",
            ),
            dag.AgGrid(
                id=Ids.GRID,
                getRowId=f"params.data['{ROW}']",
                rowModelType="infinite",
                columnDefs=grid_columns(table, model.segments),
                getRowsResponse=rows,  # assets/grid.js gives them to the grid's first question
                defaultColDef={"sortable": True, "resizable": True, "minWidth": 110},
                dashGridOptions={
                    "cacheBlockSize": GRID_PAGE,
                    "maxBlocksInCache": 10,
                    "rowHeight": 38,
                    # Each row outside of what is seen costs as much as one inside.
                    "rowBuffer": 3,
                    "suppressAnimationFrame": True,
                    # The grid would wait for animations of columns that have not moved.
                    "suppressColumnMoveAnimation": True,
                    # Scroll bars that come later change the width, and wait before they do.
                    "alwaysShowHorizontalScroll": True,
                    "alwaysShowVerticalScroll": True,
                    "suppressFieldDotNotation": True,
                    "localeText": {"noRowsToShow": "Nobody is found: change the fields above."},
                    "rowSelection": {
                        "mode": "multiRow",
                        "checkboxes": True,
                        "headerCheckbox": False,
                        "enableClickSelection": False,
                    },
                    "selectionColumnDef": {"pinned": "left", "width": 48},
                },
                className="ag-theme-quartz portal-grid",
                style={"height": "560px"},
            ),
        ]
    )


def grid_columns(table: Table, segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Column definitions of the customers' grid: segment and confidence, then the table's."""
    own = [
        {"field": column.name, "headerName": column.name, "width": _width(column.name)}
        | ({"headerTooltip": column.name} if _is_cut(column.name) else {})
        | (_number_column(table, column.name) if column.role == Role.NUMERIC else {})
        for column in table.columns
        if column.name not in (*GRID_COLUMNS, ROW)
    ]
    # As everywhere: what is not quite certain is never rounded to certainty.
    tell = (
        "params.value == null ? '–' : params.value < 1 && params.value >= 0.995 ? '>99 %' : "
        "d3.format('.0f')(100 * params.value) + ' %'"
    )
    confidence = {"type": "rightAligned", "valueFormatter": {"function": tell}}
    segment, sure = GRID_COLUMNS
    # A dot in the segment's color; a customer in none has a gray one.
    colors = {
        segment_class(each.color): f"params.value === {json.dumps(each.name)}" for each in segments
    }
    return [
        {
            "field": segment,
            "headerName": segment,
            "width": _width(max((each.name for each in segments), key=len, default=segment)),
            "tooltipField": segment,
            "pinned": "left",  # where there is room, see assets/grid.js
            "cellClass": "cell-segment",
            "cellClassRules": colors,
        },
        {"field": sure, "headerName": sure, "width": 130, "pinned": "left"} | confidence,
        *own,
    ]


def _width(head: str) -> int:
    """Pixels that a column's head takes, within reason; its cells rarely need more."""
    return min(max(HEAD_ROOM + LETTER_WIDTH * len(head), 120), WIDEST)


def _is_cut(head: str) -> bool:
    return HEAD_ROOM + LETTER_WIDTH * len(head) > WIDEST


def _number_column(table: Table, name: str) -> dict[str, Any]:
    """Right-aligned, with the column's decimals and currency."""
    shown = table.frame[name].head(GRID_PAGE).astype("float64").tolist()
    decimals, currency = formatting.decimals_of(shown) or 0, units.currency_of(name)
    if currency and decimals == 1:
        decimals = 2
    tell = f"params.value == null ? '–' : '{currency}' + d3.format(',.{decimals}f')(params.value)"
    return {"type": "rightAligned", "valueFormatter": {"function": tell}}
