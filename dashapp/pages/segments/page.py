"""Segments: find segments, judge them, name them, act on them."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.auth.audit_log import note
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.allowed import allowed
from dashapp.components.states import expired_state, skeleton
from dashapp.components.tab_bar import tab_bar
from dashapp.dash_patches.markup import markup
from dashapp.page.address import Address, Link
from dashapp.page.context import Context
from dashapp.page.inputs import number_or_none, one_of
from dashapp.page.page import Page
from dashapp.page.tab_state import Refs, Seen
from dashapp.pages.segments import foreign_model, large_data_notes, rename, tabs
from dashapp.pages.segments.customers_tab import customers_of
from dashapp.pages.segments.ids import Ids
from dashapp.pages.segments.page_header import render_head, render_start
from dashapp.pages.segments.permitted_tabs import CONTROLS, visible_tabs
from dashapp.pages.segments.segment_card import segment_cards, verdict_card
from dashapp.pages.segments.shared_models import nothing_yet, shared_models
from dashapp.pages.segments.tabs import render_tab
from dashapp.pages.segments.train_options import options_of, parse_options
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme


def layout(**_: object) -> Component:
    """Return empty containers; their content depends on the session."""
    # Pending names outlive the cards on which they were typed.
    return html.Div([dcc.Store(id=Ids.NAMES), html.Div(skeleton(), id=Ids.CONTENT)])


def render_page(context: Context, seen: Seen, address: Address, look: Theme) -> Component:
    """Return the next step, and the segments if there are any."""
    table, model = seen.table, seen.model
    if seen.refs.expired:
        return expired_state()
    models = None if model is not None else shared_models(context, seen.refs.dataset)
    if table is None and model is None:
        return nothing_yet(models)
    parts: list[Component | None] = [render_head(seen)]
    if model is None:
        assert table is not None
        items = context.training.others(current_session(), seen.refs.dataset)
        parts += [render_start(table), foreign_model.others(items, seen.refs.dataset), models]
    else:
        shown = foreign_model.shown_model(context, seen, model)
        listed = shown.segments if seen.scored and may(Right.DATA) else ()
        offered = visible_tabs()
        tab = address.tab(offered) or next(iter(offered))
        parts += [
            foreign_model.told(context, seen, model),
            verdict_card(model),
            dcc.Store(id=Ids.TAKE),
            segment_cards(
                shown.segments,
                Ids.NAME,
                Ids.NAME_NOTE,
                {s.id: customers_of(seen.refs, s) for s in listed},
            ),
            tab_bar(Ids.TABS, offered, "Views of the segments", panel_id=Ids.BODY, selected=tab),
            html.Div(
                render_tab(context, seen, shown, tab=tab, address=address, look=look),
                id=Ids.BODY,
                className="tab-body",
                role="tabpanel",
            ),
        ]
    return html.Div(parts, className="stack")


def taken_k(taken: object) -> int | None:
    """Return the number of segments clicked in the silhouette chart."""
    k = number_or_none(taken[0]) if isinstance(taken, list) and taken else None
    return None if k is None else int(k)


def start_training(context: Context, refs: object, options: dict[str, Any]) -> dict[str, str]:
    """Start a training that keeps the names of the current model; return the tab's job."""
    parsed = Refs.parse(refs)
    assert parsed.dataset is not None
    job = context.training.start(current_session(), parsed.dataset, options, previous=parsed.model)
    note("train", job=job.id)
    return {"id": job.id}


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    @app.callback(
        Output(Ids.CONTENT, "children"),
        inputs={"refs": Input(Shell.REFS, "data"), "_went": Input(Shell.WENT, "data")},
        state={"search": State(Shell.URL, "search"), "look": State(Shell.THEME, "data")},
    )
    @needs(Right.VIEW)
    def show(refs: object, _went: object, search: object, look: object) -> Any:
        if refs is None:
            return no_update
        seen, address = Seen.at(context, refs), Address.parse(search)
        return markup(allowed(render_page(context, seen, address, theme(look)), CONTROLS))

    # The page arrives with its first tab; this runs when another one is selected.
    @app.callback(
        Output(Ids.BODY, "children"),
        inputs={"tab": Input(Ids.TABS, "data"), "look": Input(Shell.THEME, "data")},
        state={"refs": State(Shell.REFS, "data"), "search": State(Shell.URL, "search")},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def show_tab(tab: object, look: object, refs: object, search: object) -> Any:
        seen = Seen.at(context, refs)
        if seen.model is None:
            return no_update
        shown = list(visible_tabs())
        content = render_tab(
            context,
            seen,
            foreign_model.shown_model(context, seen, seen.model),
            tab=one_of(tab, shown, shown[0]),
            address=Address.parse(search),
            look=theme(look),
        )
        return markup(allowed(content, CONTROLS))

    register_training(app, context)
    rename.register(app, context)
    tabs.register(app, context)
    large_data_notes.register(app, context)


def register_training(app: Dash, context: Context) -> None:
    """Train on click, with the options or with a number of segments from the evidence."""

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"clicks": Input(Ids.FIND, "n_clicks")},
        state={
            "refs": State(Shell.REFS, "data"),
            "values": State({"type": Ids.OPTION, "option": ALL}, "value"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def find(clicks: object, refs: object, values: list[Any]) -> Any:
        table = Seen.at(context, refs).table
        if not clicks or table is None:
            return no_update
        asked = [item["id"]["option"] for item in ctx.args_grouping["values"]]
        options = parse_options(dict(zip(asked, values, strict=True)), table)
        return start_training(context, refs, options)

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"clicks": Input(Ids.APPLY, "n_clicks")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def place(clicks: object, refs: object) -> Any:
        asked = Refs.parse(refs)
        if not clicks or asked.model is None or asked.dataset is None:
            return no_update
        job = context.training.start_applying(current_session(), asked.model, asked.dataset)
        return {"id": job.id}

    app.clientside_callback(
        ClientsideFunction("portal", "clicked"),
        Output(Ids.TAKE, "data"),
        Input(Ids.SILHOUETTE, "clickData"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"taken": Input(Ids.TAKE, "data")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def take_k(taken: object, refs: object) -> Any:
        seen = Seen.at(context, refs)
        k = taken_k(taken)
        if seen.model is None or not seen.trained_here or k == seen.model.verdict.k:
            return no_update
        if k not in {row.k for row in seen.model.evidence}:
            return no_update
        return start_training(context, refs, options_of(seen.model) | {"n_clusters": k})


LINKS = (
    Link(Ids.MAP_VIEW),
    Link(Ids.LEVELS_COLUMN),
    Link(Ids.SPREAD_COLUMN),
    Link(Ids.COMPARE_SEGMENTS),
    Link(Ids.GRID_SEGMENT),
    Link(Ids.GRID_WHICH),
)
PAGE = Page(
    "/segments", "Segments", "Segments · Customer segments", layout, register, Right.VIEW, LINKS
)
