"""Callbacks of the shell: route pages, follow jobs, delete data."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.states import empty_state, message
from dashapp.dash_patches.markup import markup
from dashapp.page.context import Context
from dashapp.page.inputs import number_or_none, text_or_none
from dashapp.page.page import Page
from dashapp.page.tab_state import Refs
from dashapp.shell.export_downloads import register_exports
from dashapp.shell.history import register_history
from dashapp.shell.ids import Ids
from dashapp.shell.layout import shell_class, steps
from dashapp.shell.state import delete_session, job_view, resolve_refs, summary


def register(app: Dash, context: Context, pages: tuple[Page, ...], not_found: Page) -> None:
    """Add the shell's callbacks."""
    by_path = {page.path: page for page in pages}

    @app.callback(Output(Ids.PAGE, "children"), inputs={"path": Input(Ids.URL, "pathname")})
    @needs(Right.VIEW)
    def show_page(path: object) -> Any:
        return markup(layout_for(by_path.get(str(path), not_found)))

    @app.callback(
        Output(Ids.STEPS, "children"),
        Output(Ids.SUMMARY, "children"),
        Output(Ids.FRAME, "className"),
        inputs={"path": Input(Ids.URL, "pathname"), "refs": Input(Ids.REFS, "data")},
    )
    @needs(Right.VIEW)
    def show_top_bar(path: object, refs: object) -> tuple[Any, Any, str]:
        parsed = Refs.parse(refs)
        allowed = tuple(page for page in pages if may(page.need))
        shown = steps(allowed, str(path), parsed), summary(context, parsed)
        return *map(markup, shown), shell_class()

    @app.callback(
        Output(Ids.REFS, "data"),
        Output(Ids.JOB, "data"),
        Output(Ids.ALERT, "children"),
        inputs={"asked": Input(Ids.ASKED, "data")},
        state={"refs": State(Ids.REFS, "data")},
    )
    @needs(Right.VIEW)
    def resolve(asked: object, refs: object) -> tuple[Any, Any, Any]:
        if asked is None:  # the browser has not read its URL yet
            raise PreventUpdate
        return resolve_refs(context, asked, refs)

    _register_jobs(app, context)
    _register_deletion(app, context)
    register_exports(app, context)
    register_history(app, context)
    _register_client(app)
    _register_address(app, pages)


def layout_for(page: Page) -> Component:
    """Return the page's layout, or a message if this visitor may not see it."""
    if may(page.need):
        return page.layout()
    return empty_state(
        f"{page.name} is not part of this view",
        "Whoever gave you this view has left it out. Use the steps at the top.",
        whole_page=True,
    )


def _register_jobs(app: Dash, context: Context) -> None:
    @app.callback(
        output={
            "progress": Output(Ids.PROGRESS, "children"),
            "pace": Output(Ids.PACE, "data"),
            "refs": Output(Ids.REFS, "data", allow_duplicate=True),
            "done": Output(Ids.DONE, "data"),
            "alert": Output(Ids.ALERT, "children", allow_duplicate=True),
        },
        inputs={"job": Input(Ids.JOB, "data"), "asked": Input(Ids.POLL, "data")},
        state={"refs": State(Ids.REFS, "data"), "path": State(Ids.URL, "pathname")},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def follow_job(job: object, asked: object, refs: object, path: object) -> dict[str, Any]:
        return job_view(context, job, refs, path, asked=number_or_none(asked))

    @app.callback(
        Output(Ids.ALERT, "children", allow_duplicate=True),
        inputs={"clicks": Input({"type": Ids.CANCEL, "job": ALL}, "n_clicks")},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def cancel(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update
        job_id = text_or_none(ctx.triggered_id["job"])
        if job_id:
            context.jobs.cancel(current_session(), job_id)
        return no_update


def _register_deletion(app: Dash, context: Context) -> None:
    @app.callback(
        Output(Ids.DELETE_DIALOG, "is_open"),
        inputs={"ask": Input(Ids.DELETE, "n_clicks"), "keep": Input(Ids.DELETE_KEEP, "n_clicks")},
        prevent_initial_call=True,
    )
    @needs(Right.PREDICT)
    def ask(ask: object, keep: object) -> bool:
        del ask, keep
        return bool(ctx.triggered_id == Ids.DELETE)

    @app.callback(
        Output(Ids.DELETE_DIALOG, "is_open", allow_duplicate=True),
        Output(Ids.REFS, "data", allow_duplicate=True),
        Output(Ids.ALERT, "children", allow_duplicate=True),
        inputs={"clicks": Input(Ids.DELETE_CONFIRM, "n_clicks")},
        prevent_initial_call=True,
    )
    @needs(Right.PREDICT)
    def delete(clicks: object) -> tuple[Any, ...]:
        if not clicks:
            return no_update, no_update, no_update
        delete_session(context, current_session())
        return False, Refs().to_browser(), message("success", "Your data is deleted.")


def _register_address(app: Dash, pages: tuple[Page, ...]) -> None:
    """Keep the URL and a tab's state in sync; see ``assets/address.js``."""
    app.clientside_callback(
        ClientsideFunction("address", "asked"),
        Output(Ids.ASKED, "data"),
        Input(Ids.URL, "search"),
        State(Ids.ASKED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("address", "follow"),
        Input(Ids.REFS, "data"),
        Input(Ids.URL, "pathname"),
        State(Ids.DONE, "data"),
        State(Ids.TITLE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("address", "follow_job"),
        Input(Ids.JOB, "data"),
        Input(Ids.PACE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("polling", "ask_later"),
        Input(Ids.PACE, "data"),
        prevent_initial_call=True,
    )
    for link in (link for page in pages for link in page.links):
        app.clientside_callback(
            ClientsideFunction("address", "keep"), Input(link.id, link.property)
        )


def _register_client(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("portal", "theme"),
        Output(Ids.THEME, "data"),
        Input(Ids.THEME_BUTTON, "n_clicks"),
    )
    app.clientside_callback(
        ClientsideFunction("portal", "toggle"),
        Output(Ids.HELP_PANEL, "is_open"),
        Input(Ids.HELP, "n_clicks"),
        State(Ids.HELP_PANEL, "is_open"),
        prevent_initial_call=True,
    )
