"""The Customers tab: a grid of all customers, paged on the server, and the exports."""

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

# Rows per request of the customer grid: several screens, yet fast to load.
GRID_PAGE = 50
# Pixels of a character in a header, and of the padding around it.
LETTER_WIDTH = 8
HEAD_ROOM = 44
WIDEST = 280
# The choice that shows every segment.
EVERYONE = "all"
WHICH = {
    Which.ALL: "All customers",
    Which.UNSURE: f"Unsure: confidence below {formatting.percent(UNSURE)}",
    Which.MISFITS: "Fit no segment well",
    Which.PROBLEMS: "With doubtful values",
}


# Format → id and CSS class of the button that exports a large file.
FILES = {"csv": (Ids.GRID_CSV, "btn-primary"), "xlsx": (Ids.GRID_XLSX, "btn-secondary")}


def customers_file(context: Context, refs: Refs, kind: str, selection: Selection) -> Export:
    """Return the export of what the grid shows or of its selection."""
    return context.exports.customers(
        current_session(),
        str(refs.dataset),
        str(refs.model),
        kind,
        selection,
        masked=not may(Right.CHANGE),
    )


def customers_link(export: Export) -> str:
    """Return the URL of an export, without the search text."""
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
    """Return the downloads of what the grid shows or of its selection."""
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
    """Return links to the one selected customer."""
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
    """Return the URL of the Customers tab filtered to one segment."""
    shared = {"data": refs.dataset, "model": refs.model, "tab": "customers"}
    return f"/segments?{urlencode(shared | {parameter(Ids.GRID_SEGMENT): segment.id})}"


def shown_customers(model: SegmentModel, text: object, segment: object, which: object) -> Selection:
    """Return the selection that the grid's fields describe."""
    ids = [item.id for item in model.segments]
    chosen = one_of(segment, [EVERYONE, *ids], EVERYONE)
    return Selection(
        segments=() if chosen == EVERYONE else (chosen,),
        text=text_or_none(text) or "",
        which=Which(one_of(which, list(WHICH), Which.ALL)),
    )


def asked_customers(model: SegmentModel, address: Address) -> Selection:
    """Return the selection that a URL describes."""
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
    """Return a grid of all customers, paged on the server, with the exports.

    Parameters
    ----------
    shown
        The customers that it shows first.
    first
        Their first page of rows, and the sentence with their number.
    downloads
        The exports of those customers.
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
                            # The field's own debounce would raise an error if the tab is closed
                            # before it fires.
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
                getRowsResponse=rows,  # assets/grid.js returns these to the grid's first request
                defaultColDef={"sortable": True, "resizable": True, "minWidth": 110},
                dashGridOptions={
                    "cacheBlockSize": GRID_PAGE,
                    "maxBlocksInCache": 10,
                    "rowHeight": 38,
                    # Each row outside the viewport costs as much as one inside.
                    "rowBuffer": 3,
                    "suppressAnimationFrame": True,
                    # Otherwise the grid waits for animations of columns that have not moved.
                    "suppressColumnMoveAnimation": True,
                    # Scroll bars that appear later change the width and delay drawing.
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
    """Return column definitions: segment and confidence, then the table's columns."""
    own = [
        {"field": column.name, "headerName": column.name, "width": _width(column.name)}
        | ({"headerTooltip": column.name} if _is_cut(column.name) else {})
        | (_number_column(table, column.name) if column.role == Role.NUMERIC else {})
        for column in table.columns
        if column.name not in (*GRID_COLUMNS, ROW)
    ]
    # As everywhere, a probability below 1 is never rounded to 100 %.
    tell = (
        "params.value == null ? '–' : params.value < 1 && params.value >= 0.995 ? '>99 %' : "
        "d3.format('.0f')(100 * params.value) + ' %'"
    )
    confidence = {"type": "rightAligned", "valueFormatter": {"function": tell}}
    segment, sure = GRID_COLUMNS
    # A dot in the segment's color; gray for customers without a segment.
    colors = {
        segment_class(each.color): f"params.value === {json.dumps(each.name)}" for each in segments
    }
    return [
        {
            "field": segment,
            "headerName": segment,
            "width": _width(max((each.name for each in segments), key=len, default=segment)),
            "tooltipField": segment,
            "pinned": "left",  # if there is room, see assets/grid.js
            "cellClass": "cell-segment",
            "cellClassRules": colors,
        },
        {"field": sure, "headerName": sure, "width": 130, "pinned": "left"} | confidence,
        *own,
    ]


def _width(head: str) -> int:
    """Return the pixels that a column's header needs, within limits; cells rarely need more."""
    return min(max(HEAD_ROOM + LETTER_WIDTH * len(head), 120), WIDEST)


def _is_cut(head: str) -> bool:
    return HEAD_ROOM + LETTER_WIDTH * len(head) > WIDEST


def _number_column(table: Table, name: str) -> dict[str, Any]:
    """Return a right-aligned column definition with the column's decimals and currency."""
    shown = table.frame[name].head(GRID_PAGE).astype("float64").tolist()
    decimals, currency = formatting.decimals_of(shown) or 0, units.currency_of(name)
    if currency and decimals == 1:
        decimals = 2
    tell = f"params.value == null ? '–' : '{currency}' + d3.format(',.{decimals}f')(params.value)"
    return {"type": "rightAligned", "valueFormatter": {"function": tell}}
