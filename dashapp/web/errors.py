"""Answer every failure with a status, a sentence and an id, and never with internals."""

from __future__ import annotations

import html
import secrets
from http import HTTPStatus

import structlog
from dash import Dash
from dash.exceptions import CallbackException, DependencyException
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from dashapp.auth import identity
from dashapp.jobs.queue import JobLimitError
from dashapp.storage.errors import (
    QuotaExceededError,
    SessionExpiredError,
    StoreError,
    StoreUnavailableError,
)
from segmentation import SegmentationError

logger = structlog.get_logger(__name__)

# Sentences where the standard text is less helpful to a user.
SENTENCES = {
    404: "There is no such page.",
    405: "This address does not take that kind of request.",
    413: "This is larger than the server accepts.",
}
TITLES = {401: "Please open this view again", 403: "Not part of this view"}
BACK = '<p><a href="/">Back to the start</a></p>'
DEFECT = "Something went wrong on our side. Please try again."
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.55 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; margin: 0;
  padding: 18vh 24px 24px; background: light-dark(#f6f7fb, #0c111d);
  color: light-dark(#545f75, #a4afc3); }}
main {{ max-width: 30rem; margin: auto; padding: 32px; border-radius: 16px; text-wrap: pretty;
  border: 1px solid light-dark(#e2e6ef, #283247); background: light-dark(#fff, #141a29); }}
main::before {{ display: block; width: 40px; height: 4px; border-radius: 2px; content: "";
  background: linear-gradient(115deg, #4338ca, #3556c4 48%, #0f7490); }}
h1 {{ margin: 20px 0 8px; color: light-dark(#141a2b, #e9edf6); font-size: 1.375rem;
  letter-spacing: -0.02em; line-height: 1.3; }}
p {{ margin: 0 0 12px; }}
a {{ color: light-dark(#3a3fc0, #a9b4ff); font-weight: 600; }}
button {{ padding: 8px 18px; border: 0; border-radius: 10px; background: #4338ca; color: #fff;
  font: inherit; font-weight: 600; cursor: pointer; }}
</style>
<main>
<h1>{title}</h1>
<p>{sentence}</p>
{more}
</main>
</html>
"""


def install(app: Dash) -> None:
    """Handle the errors of all routes."""
    server = app.server
    callback_path = f"{app.config.routes_pathname_prefix}_dash-update-component"

    server.register_error_handler(HTTPException, answer_http)

    @server.errorhandler(SegmentationError)
    @server.errorhandler(StoreError)
    def known_error(error: Exception) -> Response:
        identity.leave_if_ended(error)
        status, retry_after = status_of(error)
        return answer(status, str(error), retry_after=retry_after)

    @server.errorhandler(DependencyException)
    def no_such_file(_error: Exception) -> Response:
        """Return 404 for a file that no component has."""
        return answer(404, SENTENCES[404])

    @server.errorhandler(Exception)
    def unknown_error(error: Exception) -> Response:
        if request.path == callback_path and _is_unreadable(error):
            return answer(400, "This is not a request of the portal's pages.")
        reference = secrets.token_hex(4)
        logger.error("request_failed", reference=reference, exc_info=error)
        return answer(500, DEFECT, reference=reference)


def answer_http(error: HTTPException) -> Response:
    """Return the response to an error that has a status; redirects pass unchanged."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # redirects are no errors
    sentence = SENTENCES.get(status) if _is_standard(error) else error.description
    response = answer(status, sentence or str(error.description))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def status_of(error: Exception) -> tuple[int, int | None]:
    """Return the status and Retry-After seconds of an error whose sentence is for users.

    Examples
    --------
    >>> status_of(SessionExpiredError())
    (410, None)
    """
    if isinstance(error, JobLimitError):
        return error.status, error.retry_after
    if isinstance(error, StoreUnavailableError):
        return 503, error.retry_after
    if isinstance(error, QuotaExceededError):
        return 507, None
    if isinstance(error, SessionExpiredError):
        return 410, None
    return (400, None) if isinstance(error, SegmentationError) else (503, 5)


def answer(
    status: int, sentence: str, *, reference: str | None = None, retry_after: int | None = None
) -> Response:
    """Return an error as JSON for programs and scripts, and as a page for people.

    Parameters
    ----------
    status
        HTTP status.
    sentence
        What is wrong and what to do.
    reference
        Id that is also in the log; a new one if the log has no entry.
    retry_after
        Seconds.
    """
    reference = reference or secrets.token_hex(4)
    if wants_page():
        more = f"<p>Reference {reference}</p>"
        # Without a session, the start page would offer another one, not the missing one.
        more += "" if status == HTTPStatus.UNAUTHORIZED else BACK
        response = page(status, TITLES.get(status, HTTPStatus(status).phrase), sentence, more)
    else:
        response = jsonify(error=sentence, id=reference)
        response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def page(status: int, title: str, sentence: str, more: str = "") -> Response:
    """Return a page without scripts: a title, a sentence, and our own markup below."""
    text = PAGE.format(title=html.escape(title), sentence=html.escape(sentence), more=more)
    return Response(text, status, content_type="text/html; charset=utf-8")


def _is_unreadable(error: Exception) -> bool:
    """Whether Dash failed to parse a callback's request.

    Errors of our own callbacks never reach this: Dash passes them to the application's handler. An
    invalid return value, a subclass of the exception below, is a bug of ours.
    """
    return type(error) is CallbackException or isinstance(error, LookupError | TypeError)


def wants_page() -> bool:
    """Whether the request comes from a person, not from a script or a program."""
    # Not the best match: that may be a special type, which browsers list last and least preferred.
    liked = request.accept_mimetypes
    page_rather = liked["text/html"] > liked["application/json"]
    return page_rather and not request.path.startswith("/_dash")


def _is_standard(error: HTTPException) -> bool:
    """Whether an error has only the standard description of its status."""
    return error.description == type(error).description
