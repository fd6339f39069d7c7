"""Large files: shown while they are written, and downloaded on whatever page one is then.

They are followed apart from the work that changes what a tab shows, so that both go on together.
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
    """What the frame around every page holds for files."""
    return [
        dcc.Store(id=Ids.EXPORT),
        dcc.Store(id=Ids.EXPORT_READY),
        dcc.Interval(id=Ids.EXPORT_POLL, interval=POLL_MILLISECONDS, disabled=True),
        html.Div(id=Ids.EXPORT_PROGRESS, className="shell-progress", **{"aria-live": "polite"}),
    ]


def register_exports(app: Dash, context: Context) -> None:
    """Follow the file that a tab has asked for last, and download it."""

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
    """What the shell shows of a file.

    Parameters
    ----------
    asked
        The job that writes it.
    moved
        Whether somebody goes to another page: what has ended is no longer shown there.

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
    """What was written, and the way to it where the browser did not save it by itself."""
    result, name = result_of(job), Export.from_request(job.request).name
    rows = formatting.count(result["rows"], "row")
    sheets = f" on {result['sheets']} sheets" if result["sheets"] > 1 else ""
    link = html.A("Download again", href=file_address(job))
    return message("success", f"{name} is ready: {rows}{sheets}.", link)


def file_address(job: Job) -> str:
    """Where the file of a job is downloaded."""
    return f"/download/file/{job.id}"
