"""What users see when a callback fails; the log has the details under an error id."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import structlog
from dash import set_props
from flask import g, has_request_context

from dashapp.auth import identity
from dashapp.components.states import message
from dashapp.jobs.queue import JobLimitError
from dashapp.page.inputs import BadInputError
from dashapp.page.tab_state import Refs
from dashapp.shell.ids import Ids
from dashapp.storage.store import SessionExpiredError, StoreError
from segmentation import SegmentationError

logger = structlog.get_logger(__name__)

# Errors that the HTTP status reports, so that proxies, monitors and scripts see them too;
# assets/answers.js shows the sentence and retries.
TOLD_BY_STATUS = (BadInputError, StoreError, JobLimitError)


def report_error(error: Exception) -> Any:
    """Show one sentence in the shell instead of failing (Dash's ``on_error``).

    Parameters
    ----------
    error
        The exception raised by a callback.

    Returns
    -------
    None
        Dash then leaves the callback's outputs unchanged.
    """
    if isinstance(error, SessionExpiredError):
        identity.leave_if_ended(error)
        # The open page then reports the expiry and offers one way forward.
        set_props(Ids.REFS, {"data": Refs(expired=True).to_browser()})
        set_props(Ids.ALERT, {"children": None})
    elif isinstance(error, TOLD_BY_STATUS):
        answer_with(error)
    elif isinstance(error, SegmentationError):
        show("danger", str(error))
    else:
        reference = uuid4().hex[:8]
        logger.error("callback_failed", reference=reference, exc_info=error)
        show("danger", f"Something went wrong on our side. Reference {reference}.")


def show(kind: str, sentence: str) -> None:
    """Show a message below the top bar."""
    set_props(Ids.ALERT, {"children": message(kind, sentence)})


def answer_with(error: Exception) -> None:
    """Make the callback guard in :mod:`dashapp.web` respond with this error."""
    if has_request_context():
        g.callback_error = error
