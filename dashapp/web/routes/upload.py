"""``POST /upload``: stream a file into the store; a job then reads it.

The body is the file itself. It passes through this process in chunks, so that memory use stays
flat. Only its first bytes are inspected here; a resource-limited process parses it.
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
# Keep reading a refused body for this long: browsers show a response only after sending all.
DRAIN_SECONDS = 10.0
FORM_TYPES = {"multipart/form-data", "application/x-www-form-urlencoded"}
MODEL = "a model file"
# Names of the expected kinds of file.
KINDS = {
    "a table": READABLE_FORMATS,
    MODEL: "Upload one that was saved with “Download model”.",
    "a recipe": "Upload one that was saved with “Download recipe”.",
}
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
# File names that indicate text; an archive with such a name may contain anything.
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
    """Take an upload slot: uploads may be slow and must not use all threads."""
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
    """Accept a table to explore and train on."""
    with kept_file(context, session, "import") as upload_id:
        return started(context.datasets.start_import(session, upload_id, file_name()).id)


@needs(Right.PREDICT)
def take_batch(context: Context, session: str) -> Response:
    """Accept a table to score with a model of the session."""
    model_id = request.headers.get("X-Model", "")
    if not HEX_ID.fullmatch(model_id):
        raise BadRequest("Choose a model first, then upload the file to score.")
    context.training.item(session, model_id)
    with kept_file(context, session, "score") as upload_id:
        return started(context.scoring.start_batch(session, model_id, upload_id, file_name()).id)


@needs(Right.CHANGE)
def take_model(context: Context, session: str) -> Response:
    """Accept a model file that was downloaded before."""
    expect_at_most(MAX_MODEL_FILE, MODEL)
    with kept_file(context, session, "load_model", what=MODEL) as upload_id:
        return started(context.training.start_loading(session, upload_id, file_name()).id)


@needs(Right.CHANGE)
def take_recipe(context: Context, session: str) -> Response:
    """Accept the choices of an earlier import, for the data set shown in the tab."""
    dataset_id = request.headers.get("X-Data", "")
    if not HEX_ID.fullmatch(dataset_id):
        raise BadRequest("Upload a file first, then apply the recipe to it.")
    expect_at_most(RECIPE_BYTES, "a recipe")
    context.datasets.from_file(session, dataset_id)
    with kept_file(context, session, "import", what="a recipe") as upload_id:
        return started(context.datasets.start_recipe(session, dataset_id, upload_id).id)


def expect_at_most(limit: int, what: str) -> None:
    """Refuse a body that is longer than such a file can be."""
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge(f"This is too large for {what}.")


@needs(Right.CHANGE)
def take_mended(context: Context, session: str) -> Response:
    """Accept corrected rows that the tab's data set had set aside."""
    dataset_id = request.headers.get("X-Data", "")
    if not HEX_ID.fullmatch(dataset_id):
        raise BadRequest("Open the data set that the mended rows belong to, then upload them.")
    context.datasets.item(session, dataset_id)
    with kept_file(context, session, "mend") as upload_id:
        return started(context.datasets.start_mend(session, dataset_id, upload_id, file_name()).id)


@contextmanager
def kept_file(context: Context, session: str, job: str, *, what: str = "a table") -> Iterator[str]:
    """Stream the body into the store; it stays there if the job that reads it is queued.

    Parameters
    ----------
    job
        Kind of that job; if the queue is full, nothing is read.
    what
        The expected kind of file.

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
    """Stream the body into the store and return its id."""
    upload_id = secrets.token_hex(16)
    size = context.store.put_stream(
        Key(session, Kind.UPLOAD, upload_id), refuse_foreign(body(), what)
    )
    logger.info("upload_kept", session=session, upload=upload_id, bytes=size)
    return upload_id


def started(job_id: str) -> Response:
    """Return the response that names the job to poll."""
    response = jsonify(job=job_id)
    response.status_code = 202
    response.headers["Location"] = f"/jobs/{job_id}"
    return response


def check_request(limit: int) -> None:
    """Refuse requests that our script does not send, before reading a byte of the body.

    Parameters
    ----------
    limit
        Maximum number of bytes.
    """
    if request.headers.get("X-Portal-Upload") != "1":
        raise BadRequest("The upload did not come from the portal's own page.")
    # Without a length, a truncated body would look complete.
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
    """Return the file's name as the user knows it: displayed and matched, never used as a path.

    Raises
    ------
    BadRequest
        If the name is missing, not UTF-8, too long, or has control characters.
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
    """Yield the body in chunks, exactly as long as announced."""
    missing = request.content_length or 0
    while missing > 0:
        piece = request.stream.read(min(READ_BYTES, missing))
        if not piece:
            raise BadRequest("The upload broke off before its end. Please try again.")
        missing -= len(piece)
        yield piece


def refuse_foreign(pieces: Iterator[bytes], wanted: str) -> Iterator[bytes]:
    """Yield the same chunks, unless the first one shows a file of another kind than expected."""
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
    """Read and discard the body for a while, so that the browser gets to see the response."""
    if request.environ.get(DRAINS):
        return
    until = time.monotonic() + DRAIN_SECONDS
    request.max_content_length = sys.maxsize
    try:
        while time.monotonic() < until and request.stream.read(READ_BYTES):
            pass
    except (HTTPException, OSError):
        return
