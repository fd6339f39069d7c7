"""Predict: the segment of a new customer while you type, or of every row of a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.charts import drawn_anew
from dashapp.components.downloads import download
from dashapp.components.drop_zone import load_model
from dashapp.components.states import empty_state, expired_state, skeleton
from dashapp.components.tab_bar import tab_bar
from dashapp.dash_patches.markup import markup
from dashapp.page.address import Address, Link
from dashapp.page.context import Context
from dashapp.page.inputs import content_id_or_none, one_of, record
from dashapp.page.page import Page
from dashapp.page.tab_state import Seen
from dashapp.pages.predict import batch
from dashapp.pages.predict.ids import Ids
from dashapp.pages.predict.one_customer import render_answer, render_one
from dashapp.services.exports import Export
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme
from segmentation import SegmentModel

FILES = {"csv": "btn-primary", "xlsx": "btn-secondary"}
TABS = {"one": "One customer", "file": "A whole file"}


def layout(**_: object) -> Component:
    """Return an empty container; its content depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def render_page(context: Context, seen: Seen, address: Address, look: Theme) -> Component:
    """Return the tabs with one open; without a model, what to do first."""
    if seen.refs.expired:
        return expired_state()
    if seen.model is None:
        return html.Div(
            [
                empty_state(
                    "No segments to predict yet",
                    "Find segments first, or load a model that you saved earlier.",
                    action=("Go to Segments", "/segments"),
                    picture="predict",
                    whole_page=True,
                ),
                html.Div(load_model(), className="button-row button-row-center"),
            ]
        )
    tab = address.tab(TABS) or next(iter(TABS))
    return html.Div(
        [
            html.Div(
                html.Div(
                    [
                        html.H1("Predict"),
                        html.P("Which segment a customer belongs to, how sure that is, and why."),
                    ]
                ),
                className="page-head",
            ),
            tab_bar(
                Ids.TABS, TABS, "One customer or a whole file", panel_id=Ids.BODY, selected=tab
            ),
            html.Div(
                render_tab(context, seen, seen.model, tab=tab, address=address, look=look),
                id=Ids.BODY,
                className="tab-body",
                role="tabpanel",
            ),
        ],
        className="stack",
    )


def render_tab(
    context: Context, seen: Seen, model: SegmentModel, *, tab: str, address: Address, look: Theme
) -> Component:
    """Return one tab as the URL describes it."""
    if tab == "file":
        return render_file(model)
    return render_one(context, seen, model, address, look)


def render_file(model: SegmentModel) -> Component:
    """Return the drop zone and the result of the last file."""
    return html.Div([batch.batch_upload(model), html.Div(id=Ids.BATCH)], className="stack")


def render_batch(context: Context, model: SegmentModel, model_id: str) -> Component | None:
    """Return the newest file scored with this model."""
    session = current_session()
    item = context.scoring.latest_batch(session, model_id)
    if item is None:
        return None
    scored = context.scoring.batch(session, item.id)
    files = [
        download(
            f"Download scored {kind.upper()}",
            scored_file(context, item.id, kind),
            f"/download/scored.{kind}?{urlencode({'batch': item.id})}",
            {"type": Ids.EXPORT, "kind": kind, "batch": item.id},
            look,
        )
        for kind, look in FILES.items()
    ]
    return batch.batch_result(item, scored, model.segments, files)


def scored_file(context: Context, batch_id: str, kind: str) -> Export:
    """Return the export of a scored file."""
    masked = not may(Right.CHANGE)
    return context.exports.scored(current_session(), batch_id, kind, masked=masked)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    @app.callback(
        Output(Ids.CONTENT, "children"),
        inputs={"refs": Input(Shell.REFS, "data"), "_went": Input(Shell.WENT, "data")},
        state={"search": State(Shell.URL, "search"), "look": State(Shell.THEME, "data")},
    )
    @needs(Right.PREDICT)
    def show(refs: object, _went: object, search: object, look: object) -> Any:
        if refs is None:
            return no_update
        seen, address = Seen.at(context, refs), Address.parse(search)
        return markup(render_page(context, seen, address, theme(look)))

    # The page arrives with its first tab; this runs when another one is selected.
    @app.callback(
        Output(Ids.BODY, "children"),
        inputs={"tab": Input(Ids.TABS, "data")},
        state={
            "refs": State(Shell.REFS, "data"),
            "search": State(Shell.URL, "search"),
            "look": State(Shell.THEME, "data"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.PREDICT)
    def show_tab(tab: object, refs: object, search: object, look: object) -> Any:
        seen, address = Seen.at(context, refs), Address.parse(search)
        if seen.model is None:
            return no_update
        name = one_of(tab, list(TABS), "one")
        return markup(
            render_tab(context, seen, seen.model, tab=name, address=address, look=theme(look))
        )

    register_answers(app, context)


def register_answers(app: Dash, context: Context) -> None:
    """Update the prediction while the user types, and score uploaded files."""

    @app.callback(
        output={
            "answer": Output(Ids.RESULT, "children"),
            "beside": Output(Ids.BESIDE, "children"),
            "why": drawn_anew(Ids.WHY),
            "map": drawn_anew(Ids.MAP),
            "changes": Output(Ids.CHANGES, "children"),
        },
        inputs={
            "values": Input({"type": Ids.FIELD, "column": ALL}, "value"),
            "look": Input(Shell.THEME, "data"),
        },
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.PREDICT)
    def predict(values: list[Any], look: object, refs: object) -> dict[str, Any]:
        seen = Seen.at(context, refs)
        if seen.model is None:
            raise PreventUpdate
        names = [item["id"]["column"] for item in ctx.args_grouping["values"]]
        given = record(dict(zip(names, values, strict=True)))
        recolored = ctx.triggered_id == Shell.THEME
        shown = render_answer(
            context, seen, seen.model, given, theme(look), map_is_there=not recolored
        )
        return shown | {part: markup(shown[part]) for part in ("answer", "beside", "changes")}

    @app.callback(
        Output(Ids.BATCH, "children"),
        inputs={"_done": Input(Shell.DONE, "data"), "refs": Input(Shell.REFS, "data")},
    )
    @needs(Right.PREDICT)
    def show_batch(_done: object, refs: object) -> Any:
        seen = Seen.at(context, refs)
        if seen.model is None or seen.refs.model is None:
            return no_update
        return markup(render_batch(context, seen.model, seen.refs.model))

    @app.callback(
        Output(Shell.EXPORT, "data", allow_duplicate=True),
        inputs={
            "clicks": Input({"type": Ids.EXPORT, "kind": ALL, "batch": ALL}, "n_clicks"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.PREDICT)
    def write_file(clicks: list[int | None]) -> Any:
        clicked = record(ctx.triggered_id) if any(clicks) else {}
        batch_id = content_id_or_none(clicked.get("batch"))
        if batch_id is None:
            return no_update
        file = scored_file(context, batch_id, one_of(clicked.get("kind"), list(FILES), "csv"))
        return {"id": context.exports.start(current_session(), file).id}


LINKS = (Link({"type": Ids.FIELD, "column": ALL}),)
PAGE = Page(
    "/predict", "Predict", "Predict · Customer segments", layout, register, Right.PREDICT, LINKS
)
