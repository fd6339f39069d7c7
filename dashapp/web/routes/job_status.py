"""``GET /jobs/<id>``: progress and outcome of a job, for programs.

An upload is answered at once with the job that reads it. A browser shows the job's progress; a
program polls it here. A refused file is then a 4xx with the same sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify
from werkzeug.exceptions import NotFound

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.jobs.queue import Job
from dashapp.web.errors import DEFECT, answer

if TYPE_CHECKING:
    from dashapp.page.context import Context

RETRY_SECONDS = 1
CANCELLED = "This was cancelled. Send the file again if you want it read."


def install(server: Flask, context: Context) -> None:
    """Add the route."""

    @server.get("/jobs/<job_id>")
    @needs(Right.VIEW)
    def job(job_id: str) -> Response:
        found = context.jobs.get(current_session(), job_id)
        if found is None:
            raise NotFound("There is no such task in your session.")
        return state_of(found)


def state_of(job: Job) -> Response:
    """Return 202 while the job is active, 200 with its result, or its failure's status."""
    if job.active:
        response = jsonify(
            job=job.id, state=job.state, stage=job.message, progress=round(job.progress, 3)
        )
        response.status_code = 202
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    if job.state == "done":
        return jsonify(job=job.id, state=job.state, result=job.result)
    if job.state == "cancelled":
        return answer(409, CANCELLED)
    status = int((job.result or {}).get("status", 500))
    return answer(status, job.error or DEFECT)
