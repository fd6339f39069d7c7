"""Files that people take away. Each route asks the services, which check the session."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

import pandas as pd
from flask import Flask, Response, abort, request

from dashapp.page import BadInputError, Context, content_id_or_none
from dashapp.services.customers import MOST_PICKED, Selection, Which
from dashapp.services.exports import EVERYBODY
from dashapp.services.spreadsheets import csv_chunks, xlsx_bytes
from dashapp.session.identity import current_session
from dashapp.session.rights import Right, needs

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Segment ids are ours: "s1", "s2", … and "unassigned".
SEGMENT_ID = re.compile(r"[a-z]{1,12}\d{0,6}")
MOST_SEGMENTS = 100
LONGEST_SEARCH = 500
# Numbers of customers with points between them.
ROWS = re.compile(rf"\d{{1,8}}(\.\d{{1,8}}){{0,{MOST_PICKED - 1}}}")


def install(server: Flask, context: Context) -> None:
    """Add the download routes to a server."""

    @server.get("/download/template.csv")
    @needs(Right.CHANGE)
    def template() -> Response:
        return csv_response(context.exports.template(), "customer-template.csv")

    @server.get("/download/customers.<any(csv, xlsx):kind>")
    @needs(Right.DATA)
    def customers(kind: str) -> Response:
        dataset_id, model_id = wanted_id("data"), wanted_id("model")
        wanted = wanted_customers()
        frame = context.exports.customers(current_session(), dataset_id, model_id, wanted)
        name = stem(context.datasets.item(current_session(), dataset_id).name)
        part = "segments" if wanted == EVERYBODY else "selection"
        table = context.datasets.table(current_session(), dataset_id)
        some = "-sample" if table.rows_used < table.customers else ""
        return table_response(frame, f"{name}{some}-{part}", kind)

    @server.get("/download/scored.<any(csv, xlsx):kind>")
    @needs(Right.PREDICT)
    def scored(kind: str) -> Response:
        batch_id = wanted_id("batch")
        frame = context.exports.batch(current_session(), batch_id)
        name = context.scoring.batch_item(current_session(), batch_id).name
        return table_response(frame, f"{stem(name)}-scored", kind)

    @server.get("/download/rejects.csv")
    @needs(Right.DATA)
    def rejects() -> Response:
        dataset_id = wanted_id("data")
        name = context.datasets.item(current_session(), dataset_id).name
        frame = context.exports.rejects(current_session(), dataset_id)
        return csv_response(frame, f"{stem(name)}-set-aside.csv")

    @server.get("/download/recipe.json")
    @needs(Right.DATA)
    def recipe() -> Response:
        dataset_id = wanted_id("data")
        data = context.datasets.recipe(current_session(), dataset_id)
        name = context.datasets.item(current_session(), dataset_id).name
        return attachment([data], f"{stem(name)}-recipe.json", "application/json")

    @server.get("/download/model.segmodel")
    @needs(Right.CHANGE)
    def model() -> Response:
        model_id = wanted_id("model")
        data = context.exports.model_file(current_session(), model_id)
        name = context.training.item(current_session(), model_id).name
        return attachment([data], f"{stem(name)}.segmodel", "application/zip")


def wanted_id(name: str) -> str:
    """A content id of the query string; 400 where it is missing or malformed."""
    try:
        value = content_id_or_none(request.args.get(name))
    except BadInputError:
        value = None
    if value is None:
        abort(400, f"The address lacks a valid “{name}”.")
    return value


def wanted_segments() -> tuple[str, ...]:
    """The segments of the query string; none means all."""
    given = request.args.getlist("segment")[:MOST_SEGMENTS]
    if not all(SEGMENT_ID.fullmatch(item) for item in given):
        abort(400, "The address names a segment that cannot exist.")
    return tuple(given)


def wanted_text() -> str:
    """The search of the query string; none means all."""
    text = request.args.get("q", "")
    if len(text) > LONGEST_SEARCH:
        abort(400, "The search text is too long.")
    return text


def wanted_rows() -> tuple[int, ...]:
    """The customers of the query string that were picked by hand; none means all."""
    given = request.args.get("rows", "")
    if given and not ROWS.fullmatch(given):
        abort(400, "The address names customers that cannot exist.")
    return tuple(int(row) for row in given.split(".") if row)


def wanted_customers() -> Selection:
    """Which customers the query string asks for."""
    which = request.args.get("which", Which.ALL)
    if which not in set(Which):
        abort(400, "The address asks for customers in a way that there is not.")
    return Selection(wanted_segments(), wanted_text(), Which(which), wanted_rows())


def table_response(frame: pd.DataFrame, name: str, kind: str) -> Response:
    """A frame as CSV or XLSX."""
    if kind == "xlsx":
        return attachment([xlsx_bytes(frame)], f"{name}.xlsx", XLSX_TYPE)
    return csv_response(frame, f"{name}.csv")


def csv_response(frame: pd.DataFrame, name: str) -> Response:
    """A frame as streamed CSV."""
    return attachment(csv_chunks(frame), name, "text/csv; charset=utf-8")


def attachment(chunks: Iterable[bytes], name: str, kind: str) -> Response:
    """A file to save, never to open in the page, and never kept by caches."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    response = Response(chunks, content_type=kind)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def stem(name: str) -> str:
    """A file name without its endings, cut to a sane length.

    Examples
    --------
    >>> stem("customers.csv.gz")
    'customers'
    >>> stem("../../secret")
    'secret'
    """
    last = re.split(r"[/\\]", name)[-1]
    return last.split(".")[0][:80] or "customers"
