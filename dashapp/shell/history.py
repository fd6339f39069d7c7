"""The session's jobs: task, start, outcome, duration and last message."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.components.icon import icon
from dashapp.jobs.queue import Job
from dashapp.page.context import Context
from dashapp.services.exports import is_kept
from dashapp.shell.export_downloads import file_address
from dashapp.shell.ids import Ids
from dashapp.shell.state import PASSING, WORDS

# Nobody needs more; the newest come first.
SHOWN = 30
# State → its label and icon.
STATES = {
    "queued": ("waiting", "clock"),
    "running": ("running", "sparkle"),
    "done": ("done", "check"),
    "failed": ("failed", "error"),
    "cancelled": ("cancelled", "close"),
}
UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def history_panel() -> Component:
    """Return the side panel, closed."""
    return dbc.Offcanvas(
        [dcc.Store(id=Ids.HISTORY_ASKED), html.Div(id=Ids.HISTORY_LIST)],
        id=Ids.HISTORY_PANEL,
        title=html.Span("Tasks of this session", id=Ids.HISTORY_TITLE),
        labelledby=Ids.HISTORY_TITLE,
        placement="end",
        is_open=False,
    )


def register_history(app: Dash, context: Context) -> None:
    """Open and close the panel, and keep its content up to date."""
    app.clientside_callback(
        ClientsideFunction("portal", "toggle"),
        Output(Ids.HISTORY_PANEL, "is_open"),
        Input(Ids.HISTORY, "n_clicks"),
        State(Ids.HISTORY_PANEL, "is_open"),
        prevent_initial_call=True,
    )

    # Jobs report progress often, and a closed panel shows none of it.
    app.clientside_callback(
        ClientsideFunction("portal", "while_open"),
        Output(Ids.HISTORY_ASKED, "data"),
        Input(Ids.HISTORY_PANEL, "is_open"),
        Input(Ids.PROGRESS, "children"),
        Input(Ids.EXPORT_PROGRESS, "children"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.HISTORY_LIST, "children"),
        inputs={"_asked": Input(Ids.HISTORY_ASKED, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def show_history(_asked: object) -> Any:
        return listing(context.jobs.jobs(current_session()), time.time())


def listing(jobs: tuple[Job, ...], now: float) -> Component:
    """Return the list of tasks, newest first.

    Parameters
    ----------
    jobs
        The jobs of one session, newest first.
    now
        Unix time in seconds.
    """
    shown = [job for job in jobs if job.kind not in PASSING][:SHOWN]
    if not shown:
        return html.P("Nothing has run yet. Uploads, segments and scored files appear here.")
    return html.Ol([_entry(job, now) for job in shown], className="history")


def _entry(job: Job, now: float) -> Component:
    words, picture = STATES[job.state]
    name = job.request.get("name")
    moment = datetime.fromtimestamp(job.created, tz=UTC)
    return html.Li(
        [
            html.Div(
                [
                    html.Span([icon(picture), words], className=f"history-state is-{job.state}"),
                    html.Time(ago(now - job.created), dateTime=moment.isoformat()),
                ],
                className="history-head",
            ),
            html.Div(WORDS.get(job.kind, "Working"), className="history-what"),
            html.Div(str(name), className="history-name") if name else None,
            html.Div(_said(job, now), className="history-said"),
            html.A("Download", href=file_address(job)) if is_kept(job) else None,
        ]
    )


def _said(job: Job, now: float) -> str:
    """Return the duration and the last message of a job."""
    seconds = (job.finished or now) - job.created
    took = f"{'Took' if job.finished else 'For'} {duration(seconds)}"
    said = job.error or (job.message if job.active else "")
    return f"{took}. {said}" if said else f"{took}."


def ago(seconds: float) -> str:
    """Return a time span in words.

    Examples
    --------
    >>> ago(5), ago(60), ago(7300)
    ('just now', '1 minute ago', '2 hours ago')
    """
    for length, unit in UNITS:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def duration(seconds: float) -> str:
    """Return a duration in words.

    Examples
    --------
    >>> duration(0.42), duration(75)
    ('0.4 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{formatting.number(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{formatting.number(minutes)} min {rest} s"
