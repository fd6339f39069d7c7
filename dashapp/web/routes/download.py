"""Download routes. Each asks the services, which check the session.

A small file is written while it is sent. A large one is a job: the response is 202 with its id, and
the same URL leads to the file once it is ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

import pandas as pd
from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.page.context import Context
from dashapp.page.inputs import BadInputError, content_id_or_none
from dashapp.services.customers import MOST_PICKED, Selection, Which
from dashapp.services.exports import JOB_KINDS, NEEDS, Export, result_of, stem
from dashapp.services.spreadsheets import csv_chunks, xlsx_bytes
from dashapp.web.errors import page, wants_page
from dashapp.web.guards.access import require
from dashapp.web.routes.job_status import RETRY_SECONDS, state_of

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# We create segment ids: "s1", "s2", … and "unassigned".
SEGMENT_ID = re.compile(r"[a-z]{1,12}\d{0,6}")
MOST_SEGMENTS = 100
LONGEST_SEARCH = 500
# Customer numbers separated by points.
ROWS = re.compile(rf"\d{{1,8}}(\.\d{{1,8}}){{0,{MOST_PICKED - 1}}}")
IN_THE_MAKING = "It arrives here by itself, and stays among “Tasks of this session” for an hour."


def install(server: Flask, context: Context) -> None:
    """Add the download routes to a server."""
    install_exports(server, context)

    @server.get("/download/template.csv")
    @needs(Right.CHANGE)
    def template() -> Response:
        return attachment(
            lambda: csv_chunks(context.exports.template()), "customer-template.csv", TYPES["csv"]
        )

    @server.get("/download/recipe.json")
    @needs(Right.DATA)
    def recipe() -> Response:
        dataset_id = wanted_id("data")
        name = context.datasets.item(current_session(), dataset_id).name
        return attachment(
            lambda: [context.datasets.recipe(current_session(), dataset_id)],
            f"{stem(name)}-recipe.json",
            "application/json",
        )

    @server.get("/download/model.segmodel")
    @needs(Right.CHANGE)
    def model() -> Response:
        model_id = wanted_id("model")
        name = context.training.item(current_session(), model_id).name
        return attachment(
            lambda: [context.exports.model_file(current_session(), model_id)],
            f"{stem(name)}.segmodel",
            "application/zip",
        )


def install_exports(server: Flask, context: Context) -> None:
    """Add the routes of tables, which may be large."""

    @server.route("/download/customers.<any(csv, xlsx):kind>", methods=["GET", "POST"])
    @needs(Right.DATA)
    def customers(kind: str) -> Response:
        export = context.exports.customers(
            current_session(),
            wanted_id("data"),
            wanted_id("model"),
            kind,
            wanted_customers(),
            masked=not may(Right.CHANGE),
        )
        return export_response(context, export)

    @server.get("/download/scored.<any(csv, xlsx):kind>")
    @needs(Right.PREDICT)
    def scored(kind: str) -> Response:
        masked = not may(Right.CHANGE)
        return export_response(
            context,
            context.exports.scored(current_session(), wanted_id("batch"), kind, masked=masked),
        )

    @server.get("/download/rejects.csv")
    @needs(Right.DATA)
    def rejects() -> Response:
        masked = not may(Right.CHANGE)
        return export_response(
            context, context.exports.rejects(current_session(), wanted_id("data"), masked=masked)
        )

    @server.get("/download/file/<job_id>")
    @needs(Right.VIEW)
    def file(job_id: str) -> Response:
        job = context.jobs.get(current_session(), job_id)
        if job is None or job.kind not in JOB_KINDS:
            raise NotFound("There is no such file in your session.")
        export = Export.from_request(job.request)
        # Rights may have changed since the request.
        require(NEEDS[export.what])
        if not export.masked:
            require(Right.CHANGE)
        if job.state != "done":
            return state_of(job)
        pieces = context.exports.open(current_session(), job)
        response = attachment(lambda: pieces, export.name, TYPES[export.kind])
        response.content_length = result_of(job)["size"]
        return response


def export_response(context: Context, export: Export) -> Response:
    """Return a small file, or for a large one the job that writes it or a redirect to the file."""
    session = current_session()
    if export.is_small or request.method == "HEAD":
        return attachment(
            lambda: written(context.exports.frame(session, export), export.kind),
            export.name,
            TYPES[export.kind],
        )
    job = context.exports.start(session, export)
    address = f"/download/file/{job.id}"
    if job.state == "done":
        return redirect(address, 303)  # type: ignore[return-value]  # as errors do
    if wants_page():
        response = page(202, "Your file is being written", IN_THE_MAKING)
        response.headers["Refresh"] = str(RETRY_SECONDS)
    else:
        response = jsonify(job=job.id, file=address)
        response.status_code = 202
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Location"] = f"/jobs/{job.id}"
    return response


def written(frame: pd.DataFrame, kind: str) -> Iterable[bytes]:
    """Return a frame as a small file."""
    return [xlsx_bytes(frame)] if kind == "xlsx" else csv_chunks(frame)


def asked() -> MultiDict[str, str]:
    """Return the request's parameters: its form if posted, else its query string."""
    return request.form if request.method == "POST" else request.args


def wanted_id(name: str) -> str:
    """Return a content id from the request; 400 if it is missing or malformed."""
    try:
        value = content_id_or_none(asked().get(name))
    except BadInputError:
        value = None
    if value is None:
        abort(400, f"The address lacks a valid “{name}”.")
    return value


def wanted_segments() -> tuple[str, ...]:
    """Return the requested segments; none means all."""
    given = asked().getlist("segment")[:MOST_SEGMENTS]
    if not all(SEGMENT_ID.fullmatch(item) for item in given):
        abort(400, "The address names a segment that cannot exist.")
    return tuple(given)


def wanted_text() -> str:
    """Return the search text of a posted form (URLs end up in histories); none means all."""
    if "q" in request.args:
        abort(400, "A search does not belong in an address. Send it as a form, by POST.")
    text = asked().get("q", "")
    if len(text) > LONGEST_SEARCH:
        abort(400, "The search text is too long.")
    return text


def wanted_rows() -> tuple[int, ...]:
    """Return the customers picked by hand; none means all."""
    given = asked().get("rows", "")
    if given and not ROWS.fullmatch(given):
        abort(400, "The address names customers that cannot exist.")
    return tuple(int(row) for row in given.split(".") if row)


def wanted_customers() -> Selection:
    """Return the requested selection of customers."""
    which = asked().get("which", Which.ALL)
    if which not in set(Which):
        abort(400, "The address asks for customers in a way that there is not.")
    return Selection(wanted_segments(), wanted_text(), Which(which), wanted_rows())


def attachment(content: Callable[[], Iterable[bytes]], name: str, kind: str) -> Response:
    """Return a file to save, never to open in the page and never to cache.

    Parameters
    ----------
    content
        Returns the file; not called if only the headers are requested.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    response = Response(iter(()) if request.method == "HEAD" else content(), content_type=kind)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
