"""``POST /upload``: a file streams into the store, then a job reads it.

The body is the file itself. It passes through this process in pieces, so that memory stays flat,
and nothing of it is looked at here but its first bytes; a limited process reads it.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    LengthRequired,
    RequestEntityTooLarge,
    ServiceUnavailable,
    UnsupportedMediaType,
)

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, need_of, needs
from dashapp.jobs.queue import JobLimitError
from dashapp.services.data_import.recipe_files import RECIPE_BYTES
from dashapp.storage.errors import StoreError
from dashapp.storage.keys import HEX_ID, Key, Kind
from dashapp.web.guards import access, rate_limits
from dashapp.web.guards.load_shedding import DRAINS, RETRY_SECONDS, STREAMS, UPLOADS_FOR_EACH
from segmentation import MAX_MODEL_FILE, READABLE_FORMATS, ModelFileError, foreign_format

if TYPE_CHECKING:
    from dashapp.page.context import Context

logger = structlog.get_logger(__name__)

READ_BYTES = 256 * 1024
NAME_LENGTH = 200
# A refused body is read on for so long, since browsers show an answer only after they have sent.
DRAIN_SECONDS = 10.0
FORM_TYPES = {"multipart/form-data", "application/x-www-form-urlencoded"}
MODEL = "a model file"
# What to upload where something is wanted.
KINDS = {
    "a table": READABLE_FORMATS,
    MODEL: "Upload one that was saved with “Download model”.",
    "a recipe": "Upload one that was saved with “Download recipe”.",
}
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
# Names that promise text; what is inside an archive of such a name is anybody's guess.
TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab", ".psv")


def install(server: Flask, context: Context) -> None:
    """Add the route."""
    purposes: dict[str, Callable[[Context, str], Response]] = {
        "dataset": take_dataset,
        "batch": take_batch,
        "model": take_model,
        "recipe": take_recipe,
        "mended": take_mended,
    }

    places = threading.Semaphore(STREAMS + context.settings.web_threads * UPLOADS_FOR_EACH)

    @server.post("/upload")
    @needs(Right.PREDICT)
    def upload() -> Response:
        try:
            take = purposes.get(request.headers.get("X-Purpose", "dataset"))
            if take is None:
                raise BadRequest("The upload does not say what it is for.")
            access.require(need_of(take))
            check_request(context.settings.max_upload_bytes)
            rate_limits.require_uploads(context)
            with one_of(places):
                return take(context, current_session())
        except (HTTPException, JobLimitError, StoreError):
            drain()
            raise


@contextmanager
def one_of(places: threading.Semaphore) -> Iterator[None]:
    """Take one of the places for uploads, which may be slow and must not take all threads."""
    if not places.acquire(blocking=False):
        raise ServiceUnavailable(
            "Very many files are being uploaded right now. Please try again in a moment.",
            retry_after=RETRY_SECONDS,
        )
    try:
        yield
    finally:
        places.release()


@needs(Right.CHANGE)
def take_dataset(context: Context, session: str) -> Response:
    """A table to look at and train on."""
    with kept_file(context, session, "import") as upload_id:
        return started(context.datasets.start_import(session, upload_id, file_name()).id)


@needs(Right.PREDICT)
def take_batch(context: Context, session: str) -> Response:
    """A table to score with a model that the session has."""
    model_id = request.headers.get("X-Model", "")
    if not HEX_ID.fullmatch(model_id):
        raise BadRequest("Choose a model first, then upload the file to score.")
    context.training.item(session, model_id)
    with kept_file(context, session, "score") as upload_id:
        return started(context.scoring.start_batch(session, model_id, upload_id, file_name()).id)


@needs(Right.CHANGE)
def take_model(context: Context, session: str) -> Response:
    """A model file that was downloaded before."""
    expect_at_most(MAX_MODEL_FILE, MODEL)
    with kept_file(context, session, "load_model", what=MODEL) as upload_id:
        return started(context.training.start_loading(session, upload_id, file_name()).id)


@needs(Right.CHANGE)
def take_recipe(context: Context, session: str) -> Response:
    """The choices of an earlier import, for the data set that the tab looks at."""
    dataset_id = request.headers.get("X-Data", "")
    if not HEX_ID.fullmatch(dataset_id):
        raise BadRequest("Upload a file first, then apply the recipe to it.")
    expect_at_most(RECIPE_BYTES, "a recipe")
    context.datasets.from_file(session, dataset_id)
    with kept_file(context, session, "import", what="a recipe") as upload_id:
        return started(context.datasets.start_recipe(session, dataset_id, upload_id).id)


def expect_at_most(limit: int, what: str) -> None:
    """Refuse a body that is longer than such a file ever is."""
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge(f"This is too large for {what}.")


@needs(Right.CHANGE)
def take_mended(context: Context, session: str) -> Response:
    """Rows that the data set of the tab had set aside, mended."""
    dataset_id = request.headers.get("X-Data", "")
    if not HEX_ID.fullmatch(dataset_id):
        raise BadRequest("Open the data set that the mended rows belong to, then upload them.")
    context.datasets.item(session, dataset_id)
    with kept_file(context, session, "mend") as upload_id:
        return started(context.datasets.start_mend(session, dataset_id, upload_id, file_name()).id)


@contextmanager
def kept_file(context: Context, session: str, job: str, *, what: str = "a table") -> Iterator[str]:
    """Stream the body into the store; it stays there if the job is taken that reads it.

    Parameters
    ----------
    job
        Kind of that job; when there is no room for one, nothing is read.
    what
        What the file should be.

    Yields
    ------
    str
        Id of the file.
    """
    context.jobs.expect_room(session, job)
    upload_id = keep_file(context, session, what)
    try:
        yield upload_id
    except (JobLimitError, StoreError):
        context.store.delete(Key(session, Kind.UPLOAD, upload_id))
        raise


def keep_file(context: Context, session: str, what: str) -> str:
    """Stream the body into the store; returns its id."""
    upload_id = secrets.token_hex(16)
    size = context.store.put_stream(
        Key(session, Kind.UPLOAD, upload_id), refuse_foreign(body(), what)
    )
    logger.info("upload_kept", session=session, upload=upload_id, bytes=size)
    return upload_id


def started(job_id: str) -> Response:
    """The answer that names the job to follow."""
    response = jsonify(job=job_id)
    response.status_code = 202
    response.headers["Location"] = f"/jobs/{job_id}"
    return response


def check_request(limit: int) -> None:
    """Refuse what our script does not send, before a byte of the body is read.

    Parameters
    ----------
    limit
        Most bytes.
    """
    if request.headers.get("X-Portal-Upload") != "1":
        raise BadRequest("The upload did not come from the portal's own page.")
    # Without a length a body that breaks off would look complete.
    if request.content_length is None:
        raise LengthRequired("The upload must say its length.")
    if request.content_length > limit:
        raise RequestEntityTooLarge(
            f"The file has {request.content_length / 1e6:,.0f} MB; "
            f"at most {limit // (1024 * 1024):,} MB can be uploaded."
        )
    if request.mimetype in FORM_TYPES:
        raise UnsupportedMediaType("Send the file itself, not a form.")
    if request.content_length == 0:
        raise BadRequest("The file is empty.")
    request.max_content_length = limit
    file_name()


def file_name() -> str:
    """The file's name as the user knows it: shown and matched, never a path.

    Raises
    ------
    BadRequest
        If it is missing, not UTF-8, too long, or has control characters.
    """
    sent = request.headers.get("X-File-Name", "")
    try:
        name = unquote(sent, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The file's name is not valid text.") from None
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise BadRequest(f"The file's name must have 1 to {NAME_LENGTH} printable characters.")
    return name


def body() -> Iterator[bytes]:
    """The body in pieces, exactly as long as it was said to be."""
    missing = request.content_length or 0
    while missing > 0:
        piece = request.stream.read(min(READ_BYTES, missing))
        if not piece:
            raise BadRequest("The upload broke off before its end. Please try again.")
        missing -= len(piece)
        yield piece


def refuse_foreign(pieces: Iterator[bytes], wanted: str) -> Iterator[bytes]:
    """The same pieces, unless the first shows a file of another kind than is wanted."""
    first = next(pieces, b"")
    if wanted == MODEL and not first.startswith(ZIP):
        raise ModelFileError(f"This is not a model file. {KINDS[MODEL]}")
    what = foreign_format(first)
    if what:
        raise UnsupportedMediaType(f"This is {what}, not {wanted}. {KINDS[wanted]}")
    if first.startswith(GZIP) and file_name().lower().endswith(TEXT_NAMES):
        raise UnsupportedMediaType(
            "The name says text, but this is a gzip archive. Unpack it, or call it .csv.gz."
        )
    yield first
    yield from pieces


def drain() -> None:
    """Read on and forget, for a while, so that the browser gets to see the answer."""
    if request.environ.get(DRAINS):
        return
    until = time.monotonic() + DRAIN_SECONDS
    request.max_content_length = sys.maxsize
    try:
        while time.monotonic() < until and request.stream.read(READ_BYTES):
            pass
    except (HTTPException, OSError):
        return
