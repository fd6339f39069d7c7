"""Data: upload a customer list, check how it was read, correct it, view it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, html, no_update, set_props
from dash.development.base_component import Component

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.allowed import allowed
from dashapp.components.downloads import download
from dashapp.components.states import EXPIRED, empty_state, message, skeleton
from dashapp.dash_patches.markup import markup
from dashapp.page.context import Context
from dashapp.page.page import Page
from dashapp.page.tab_state import Refs, open_table
from dashapp.pages.data import large_data_sets, undo
from dashapp.pages.data.column_edits import column_changes, fixes_recipe, ids_change
from dashapp.pages.data.column_grid import grid_rows
from dashapp.pages.data.ids import Ids
from dashapp.pages.data.reading import reading_choices
from dashapp.pages.data.reading.reading_choices import render_unread
from dashapp.pages.data.views import Around, render_ready
from dashapp.pages.data.welcome import welcome
from dashapp.services.exports import Export
from dashapp.shell import Ids as Shell
from segmentation import ParameterError, Table

JOB = Output(Shell.JOB, "data", allow_duplicate=True)
REFS = State(Shell.REFS, "data")
UNCHANGED = message("info", "Nothing to apply: choose something else beside an issue first.")

# Shown to visitors without data who may not upload any.
NO_CUSTOMERS = empty_state(
    "There are no customers in this view",
    "It has no model yet, or one that was shared without them.",
    action=("Go to Segments", "/segments"),
    whole_page=True,
)
# Controls that change something on this page.
CONTROLS = (
    Ids.SAMPLE, Ids.UNDO, Ids.REDO, Ids.GRID, Ids.LAYOUT, Ids.FIX, Ids.FIX_ALL, Ids.APPLY,
    Ids.CUSTOMER, Ids.CUSTOMER_APPLY,
)  # fmt: skip


def layout(**_: object) -> Component:
    """Return an empty container; its content depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""
    _register_content(app, context)
    _register_changes(app, context)
    _register_client(app)
    undo.register(app, context)
    reading_choices.register(app, context)
    large_data_sets.register(app, context)


def content(context: Context, refs: Refs) -> Any:
    """Return what the page shows for a tab's references."""
    datasets, session = context.datasets, current_session()
    limit_mb = context.settings.max_upload_mb
    before = datasets.item(session, refs.dataset) if refs.dataset else None
    if refs.upload:
        item = datasets.unread(session, refs.upload)
        seen = datasets.preview(session, item.info["preview"])
        return render_unread(item, seen, before, limit_mb)
    if before is None and not may(Right.CHANGE):
        return NO_CUSTOMERS
    if before is None:
        gone = message("warning", EXPIRED) if refs.expired else None
        return [gone, welcome_page(context)]
    around = Around(
        raw_lines=datasets.first_lines(session, before.id),
        others=datasets.others(session, before.id),
        can_redo=datasets.after(session, before.id) is not None,
        limit_mb=limit_mb,
        rejects=rejects_download(context, before.id),
        cluster=large_data_sets.menu(context),
    )
    table = open_table(context, refs)
    assert table is not None
    return render_ready(table, before, around)


def rejects_file(context: Context, dataset_id: str) -> Export:
    """Return the export of the rejected rows."""
    masked = not may(Right.CHANGE)
    return context.exports.rejects(current_session(), dataset_id, masked=masked)


def rejects_download(context: Context, dataset_id: str) -> Component:
    """Return the download of the rejected rows."""
    return download(
        "Download the rows set aside",
        rejects_file(context, dataset_id),
        f"/download/rejects.csv?data={dataset_id}",
        {"type": Ids.REJECTS, "data": dataset_id},
    )


def _register_content(app: Dash, context: Context) -> None:
    @app.callback(Output(Ids.CONTENT, "children"), inputs={"refs": Input(Shell.REFS, "data")})
    @needs(Right.DATA)
    def show(refs: object) -> Any:
        # The shell has not yet set the references of this tab.
        shown = no_update if refs is None else content(context, Refs.parse(refs))
        return markup(allowed(shown, CONTROLS))

    @app.callback(
        Output(Shell.EXPORT, "data", allow_duplicate=True),
        inputs={"clicks": Input({"type": Ids.REJECTS, "data": ALL}, "n_clicks")},
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def write_rejects(clicks: list[int | None], refs: object) -> Any:
        dataset_id = Refs.parse(refs).dataset
        if not any(clicks) or dataset_id is None:
            return no_update
        file = rejects_file(context, dataset_id)
        return {"id": context.exports.start(current_session(), file).id}

    @app.callback(JOB, inputs={"clicks": Input(Ids.SAMPLE, "n_clicks")}, prevent_initial_call=True)
    @needs(Right.CHANGE)
    def use_sample(clicks: object) -> Any:
        if not clicks:
            return no_update
        return {"id": context.datasets.start_sample(current_session()).id}


def check_or_restore(table: Table, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Reject changes that do not suit the values at once, and restore the grid.

    Raises
    ------
    ParameterError
        If a change does not suit the values, with the reason.
    """
    try:
        table.with_columns(changes)
    except ParameterError:
        set_props(Ids.GRID, {"rowData": grid_rows(table)})
        raise


def _register_changes(app: Dash, context: Context) -> None:
    @app.callback(
        JOB,
        inputs={"changed": Input(Ids.GRID, "cellValueChanged")},
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def change_column(changed: object, refs: object) -> Any:
        dataset_id, session = Refs.parse(refs).dataset, current_session()
        if not changed or dataset_id is None:
            return no_update
        table = context.datasets.table(session, dataset_id)
        changes = column_changes(changed, table)
        check_or_restore(table, changes)
        return {"id": context.datasets.start_change(session, dataset_id, changes).id}

    @app.callback(
        JOB,
        inputs={"clicks": Input(Ids.CUSTOMER_APPLY, "n_clicks")},
        state={"value": State(Ids.CUSTOMER, "value"), "refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def use_other_ids(clicks: object, value: object, refs: object) -> Any:
        dataset_id, session = Refs.parse(refs).dataset, current_session()
        if not clicks or dataset_id is None:
            return no_update
        changes = ids_change(value, context.datasets.table(session, dataset_id))
        return {"id": context.datasets.start_change(session, dataset_id, changes).id}

    @app.callback(
        JOB,
        inputs={"clicks": Input(Ids.APPLY, "n_clicks")},
        state={
            "values": State({"type": Ids.FIX, "key": ALL}, "value"),
            "ids": State({"type": Ids.FIX, "key": ALL}, "id"),
            "refs": REFS,
        },
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def apply_fixes(clicks: object, values: object, ids: object, refs: object) -> Any:
        dataset_id, session = Refs.parse(refs).dataset, current_session()
        if not clicks or dataset_id is None:
            return no_update
        recipe = fixes_recipe(ids, values, context.datasets.table(session, dataset_id))
        if recipe is None:
            set_props(Shell.ALERT, {"children": UNCHANGED})
            return no_update
        return {"id": context.datasets.start_reread(session, dataset_id, recipe, "fixes").id}


def _register_client(app: Dash) -> None:
    """Add the clientside callbacks: one choice for a whole kind, and the pending choices."""
    app.clientside_callback(
        ClientsideFunction("review", "choose_all"),
        Output({"type": Ids.FIX, "key": ALL}, "value"),
        Input({"type": Ids.FIX_ALL, "kind": ALL}, "value"),
        State({"type": Ids.FIX, "key": ALL}, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("review", "count_changes"),
        Output(Ids.APPLY, "children"),
        Output(Ids.APPLY, "disabled"),
        Input({"type": Ids.FIX, "key": ALL}, "value"),
        State({"type": Ids.FIX, "key": ALL}, "id"),
        State(Ids.IN_FORCE, "data"),
        prevent_initial_call=True,
    )


def welcome_page(context: Context) -> Component:
    """Return what the page shows to a visitor without data."""
    return welcome(Ids.SAMPLE, context.settings.max_upload_mb, large_data_sets.card(context))


PAGE = Page(
    "/", "Data", "Data · Customer segments", layout, register, Right.DATA, welcome=welcome_page
)
