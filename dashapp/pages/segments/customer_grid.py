"""Callbacks of the Customers tab: grid rows, selection and exports."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp import formatting
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.sampled import noun
from dashapp.page.context import Context
from dashapp.page.inputs import BadInputError, number_or_none
from dashapp.page.tab_state import Seen
from dashapp.pages.segments.current_model import model_of, scores_of
from dashapp.pages.segments.customers_tab import (
    FILES,
    customers_file,
    download_buttons,
    picked_links,
    shown_customers,
)
from dashapp.pages.segments.ids import Ids
from dashapp.services.customers import (
    MOST_PICKED,
    ROW,
    GridRequest,
    Selection,
    page_of,
)
from dashapp.services.masking import contact_columns
from dashapp.shell import Ids as Shell
from segmentation import SegmentModel

REFS = State(Shell.REFS, "data")
SHOWN = {
    "text": State(Ids.GRID_ASKED, "data"),
    "segment": State(Ids.GRID_SEGMENT, "value"),
    "which": State(Ids.GRID_WHICH, "value"),
}


def picked_rows(picked: object) -> tuple[int, ...]:
    """Return the row numbers of the customers selected in the grid."""
    rows = picked if isinstance(picked, list) else []
    numbers = [number_or_none(row.get(ROW)) for row in rows if isinstance(row, dict)]
    return tuple(sorted({int(n) for n in numbers if n is not None and 0 <= n < 1e8}))


def rows_of(
    context: Context, seen: Seen, model: SegmentModel, selection: Selection, asked: GridRequest
) -> tuple[dict[str, Any], str]:
    """Return rows for the grid, and a sentence with the number of matching customers."""
    assert seen.table is not None
    names = {s.id: s.name for s in model.segments}
    scores, frame = scores_of(context, seen), seen.table.frame
    wanted = selection.mask(frame, scores, names)
    page = page_of(frame, scores, names, wanted, asked, contacts=contact_columns(seen.table))
    found = int(wanted.sum())
    total = formatting.count(seen.table.rows_used, noun(seen.table))
    return {"rowData": page, "rowCount": found}, f"{formatting.number(found)} of {total}"


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of the Customers tab."""
    # Debounce the search: no rows are requested while the user types.
    app.clientside_callback(
        ClientsideFunction("portal", "paused"),
        Output(Ids.GRID_ASKED, "data"),
        Input(Ids.GRID_SEARCH, "value"),
        prevent_initial_call=True,
    )
    # A new search or choice clears the grid's cache; the grid then requests its rows again.
    app.clientside_callback(
        ClientsideFunction("portal", "refresh_grid"),
        Output(Ids.GRID_COUNT, "title"),
        Input(Ids.GRID_ASKED, "data"),
        Input(Ids.GRID_SEGMENT, "value"),
        Input(Ids.GRID_WHICH, "value"),
        State(Ids.GRID, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.GRID, "getRowsResponse"),
        Output(Ids.GRID_COUNT, "children"),
        inputs={"asked": Input(Ids.GRID, "getRowsRequest")},
        state={**SHOWN, "refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def rows(
        asked: object, text: object, segment: object, which: object, refs: object
    ) -> tuple[Any, ...]:
        seen, model = model_of(context, refs)
        if seen.table is None or not seen.scored:
            return no_update, no_update
        selection = shown_customers(model, text, segment, which)
        return rows_of(context, seen, model, selection, GridRequest.parse(asked))

    register_files(app, context)


def register_files(app: Dash, context: Context) -> None:
    """Offer exports of what the grid shows or of its selection, and write the large ones."""

    @app.callback(
        Output(Ids.GRID_DOWNLOAD, "children"),
        Output(Ids.GRID_PICKED, "children"),
        inputs={
            "text": Input(Ids.GRID_ASKED, "data"),
            "segment": Input(Ids.GRID_SEGMENT, "value"),
            "which": Input(Ids.GRID_WHICH, "value"),
            "picked": Input(Ids.GRID, "selectedRows"),
        },
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def offer(
        text: object, segment: object, which: object, picked: object, refs: object
    ) -> tuple[Any, Any]:
        seen, model = model_of(context, refs)
        chosen = picked_rows(picked)
        if not chosen:
            shown = shown_customers(model, text, segment, which)
            buttons = download_buttons(context, seen.refs, shown)
            return buttons, no_update if picked is None else ""
        if len(chosen) > MOST_PICKED:
            return [], f"At most {MOST_PICKED} customers can be picked; use the fields above."
        links = (
            picked_links(seen.refs, chosen[0], predict=may(Right.PREDICT))
            if len(chosen) == 1
            else f"{len(chosen)} customers picked"
        )
        return download_buttons(context, seen.refs, Selection(rows=chosen)), links

    for kind, (button, _) in FILES.items():
        register_writing(app, context, kind, button)


def register_writing(app: Dash, context: Context, kind: str, button: Ids) -> None:
    """Export a large file; each format has its own id, because a format may be a plain link."""

    @app.callback(
        Output(Shell.EXPORT, "data", allow_duplicate=True),
        inputs={"clicks": Input(button, "n_clicks")},
        state={"shown": {**SHOWN, "picked": State(Ids.GRID, "selectedRows")}, "refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def write_file(clicks: object, shown: dict[str, object], refs: object) -> Any:
        if not clicks:
            return no_update
        seen, model = model_of(context, refs)
        rows = picked_rows(shown.pop("picked"))
        if len(rows) > MOST_PICKED:
            raise BadInputError("too many customers are picked")
        selection = Selection(rows=rows) if rows else shown_customers(model, **shown)
        file = customers_file(context, seen.refs, kind, selection)
        return {"id": context.exports.start(current_session(), file).id}
