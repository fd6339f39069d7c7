"""Exports of large files: progress and download, on whatever page the user is by then.

They are tracked separately from jobs that change what a tab shows, so that both can run at once.
"""

from __future__ import annotations

import time
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.components.states import message
from dashapp.jobs.queue import Job
from dashapp.page.context import Context
from dashapp.page.inputs import record, text_or_none
from dashapp.services.exports import JOB_KINDS, Export, result_of
from dashapp.shell.ids import Ids
from dashapp.shell.job_polling import POLL_MILLISECONDS, pace_of
from dashapp.shell.state import job_progress


def export_parts() -> list[Component]:
    """Return the components for exports in the frame around every page."""
    return [
        dcc.Store(id=Ids.EXPORT),
        dcc.Store(id=Ids.EXPORT_READY),
        dcc.Interval(id=Ids.EXPORT_POLL, interval=POLL_MILLISECONDS, disabled=True),
        html.Div(id=Ids.EXPORT_PROGRESS, className="shell-progress", **{"aria-live": "polite"}),
    ]


def register_exports(app: Dash, context: Context) -> None:
    """Track the last export that a tab requested, and download its file."""

    @app.callback(
        output={
            "progress": Output(Ids.EXPORT_PROGRESS, "children"),
            "stop": Output(Ids.EXPORT_POLL, "disabled"),
            "pace": Output(Ids.EXPORT_POLL, "interval"),
            "ready": Output(Ids.EXPORT_READY, "data"),
        },
        inputs={
            "asked": Input(Ids.EXPORT, "data"),
            "_tick": Input(Ids.EXPORT_POLL, "n_intervals"),
            "_path": Input(Ids.URL, "pathname"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def follow_export(asked: object, _tick: object, _path: object) -> dict[str, Any]:
        return export_view(context, asked, moved=ctx.triggered_id == Ids.URL)

    app.clientside_callback(
        ClientsideFunction("portal", "download"), Input(Ids.EXPORT_READY, "data")
    )


def export_view(context: Context, asked: object, *, moved: bool = False) -> dict[str, Any]:
    """Return what the shell shows of an export.

    Parameters
    ----------
    asked
        The export job.
    moved
        Whether the user is changing pages: a finished export is then no longer shown.

    Returns
    -------
    dict
        Values for the outputs ``progress, stop, pace, ready``.
    """
    view: dict[str, Any] = {"progress": None, "stop": True, "pace": no_update, "ready": no_update}
    job_id = text_or_none(record(asked).get("id"), limit=64) if asked else None
    job = context.jobs.get(current_session(), job_id) if job_id else None
    if job is None or job.kind not in JOB_KINDS:
        return view
    if job.active:
        ahead = context.jobs.ahead_of(job) if job.state == "queued" else 0
        waiting = {"stop": False, "pace": pace_of(job, time.time(), ahead)}
        return view | waiting | {"progress": job_progress(job, ahead)}
    if moved:
        return view
    if job.state == "done":
        return view | {"progress": ready_message(job), "ready": file_address(job)}
    if job.state == "failed":
        return view | {"progress": message("danger", job.error or "The file was not written.")}
    return view


def ready_message(job: Job) -> Component:
    """Return the message for a finished file, with a link in case the browser did not save it."""
    result, name = result_of(job), Export.from_request(job.request).name
    rows = formatting.count(result["rows"], "row")
    sheets = f" on {result['sheets']} sheets" if result["sheets"] > 1 else ""
    link = html.A("Download again", href=file_address(job))
    return message("success", f"{name} is ready: {rows}{sheets}.", link)


def file_address(job: Job) -> str:
    """Return the download URL of a job's file."""
    return f"/download/file/{job.id}"
