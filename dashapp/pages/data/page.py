"""Data: bring a customer list, see what was read, correct it, look at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, html, no_update, set_props
from dash.development.base_component import Component

from dashapp.components.column_grid import grid_rows
from dashapp.components.states import EXPIRED, message, skeleton
from dashapp.components.welcome import welcome
from dashapp.page import Context, Page, Refs
from dashapp.pages.data.edits import column_changes, fixes_recipe, layout_recipe
from dashapp.pages.data.ids import Ids
from dashapp.pages.data.views import render_ready
from dashapp.session.identity import current_session
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from segmentation import ParameterError, Table

JOB = Output(Shell.JOB, "data", allow_duplicate=True)
REFS = State(Shell.REFS, "data")
# What is said when somebody asks for what is there already; elsewhere an old message goes.
UNCHANGED = {
    "fixes": message("info", "Nothing to apply: choose something else beside an issue first.")
}


def layout(**_: object) -> Component:
    """An empty container; what it shows depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""
    _register_content(app, context)
    _register_changes(app, context)


def _register_content(app: Dash, context: Context) -> None:
    @app.callback(Output(Ids.CONTENT, "children"), inputs={"refs": Input(Shell.REFS, "data")})
    @needs(Right.DATA)
    def show(refs: object) -> Any:
        if refs is None:  # the shell has not yet said which data set this tab looks at
            return no_update
        asked, session = Refs.parse(refs), current_session()
        dataset_id = asked.dataset
        if dataset_id is None:
            gone = message("warning", EXPIRED) if asked.expired else None
            return [gone, welcome(Ids.SAMPLE)]
        item = context.datasets.item(session, dataset_id)
        raw_lines = context.datasets.first_lines(session, dataset_id)
        return render_ready(context.datasets.table(session, dataset_id), item, raw_lines)

    @app.callback(JOB, inputs={"clicks": Input(Ids.SAMPLE, "n_clicks")}, prevent_initial_call=True)
    @needs(Right.CHANGE)
    def use_sample(clicks: object) -> Any:
        if not clicks:
            return no_update
        return {"id": context.datasets.start_sample(current_session()).id}

    @app.callback(
        Output(Shell.REFS, "data", allow_duplicate=True),
        Output(Shell.ALERT, "children", allow_duplicate=True),
        inputs={"clicks": Input(Ids.UNDO, "n_clicks")},
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def undo(clicks: object, refs: object) -> Any:
        dataset_id, session = Refs.parse(refs).dataset, current_session()
        before = context.datasets.before(session, dataset_id) if clicks and dataset_id else None
        if before is None:
            return no_update, no_update
        model = context.training.latest(session, before.id)
        # What the last change complained about has gone with it.
        return Refs(before.id, model.id if model else None).to_browser(), None


def check_or_restore(table: Table, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what does not suit the values at once, and show the columns as they are.

    Raises
    ------
    ParameterError
        With the reason.
    """
    try:
        table.with_columns(changes)
    except ParameterError:
        set_props(Ids.GRID, {"rowData": grid_rows(table)})
        raise


def _register_changes(app: Dash, context: Context) -> None:
    def reread(refs: object, parse: Any, because: str, ids: object, values: object) -> Any:
        dataset_id, session = Refs.parse(refs).dataset, current_session()
        if dataset_id is None:
            return no_update
        recipe = parse(ids, values, context.datasets.table(session, dataset_id))
        if recipe is None:
            set_props(Shell.ALERT, {"children": UNCHANGED.get(because)})
            return no_update
        return {"id": context.datasets.start_reread(session, dataset_id, recipe, because).id}

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
        inputs={"values": Input({"type": Ids.LAYOUT, "field": ALL}, "value")},
        state={"ids": State({"type": Ids.LAYOUT, "field": ALL}, "id"), "refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def read_differently(values: object, ids: object, refs: object) -> Any:
        return reread(refs, layout_recipe, "layout", ids, values)

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
        return reread(refs, fixes_recipe, "fixes", ids, values) if clicks else no_update


PAGE = Page("/", "Data", "Data · Customer segments", layout, register, Right.DATA)
