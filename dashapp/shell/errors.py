"""What a user reads when a callback fails; the rest goes to the log under an id."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import structlog
from dash import set_props
from flask import g, has_request_context

from dashapp.components.states import message
from dashapp.page import BadInputError, Refs
from dashapp.session.store import (
    QuotaExceededError,
    SessionExpiredError,
    StoreUnavailableError,
)
from dashapp.shell.ids import Ids
from segmentation import SegmentationError

logger = structlog.get_logger(__name__)

EXPIRED = "Your session has expired. Upload your file again, or try the sample customers."
UNAVAILABLE = "The server's memory does not answer right now. Nothing is lost; try again shortly."


def report_error(error: Exception) -> Any:
    """Show one sentence in the shell instead of failing (Dash's ``on_error``).

    Parameters
    ----------
    error
        What a callback raised.

    Returns
    -------
    None
        Dash then leaves the callback's outputs as they are.
    """
    if isinstance(error, BadInputError):
        # None of our pages sends this: answer 400 and say nothing on screen.
        set_status(400)
        return
    if isinstance(error, SessionExpiredError):
        set_props(Ids.REFS, {"data": Refs().to_browser()})
        show("warning", EXPIRED)
    elif isinstance(error, StoreUnavailableError):
        show("danger", UNAVAILABLE)
    elif isinstance(error, SegmentationError | QuotaExceededError):
        show("danger", str(error))
    else:
        reference = uuid4().hex[:8]
        logger.error("callback_failed", reference=reference, exc_info=error)
        show("danger", f"Something went wrong on our side. Reference {reference}.")


def show(kind: str, sentence: str) -> None:
    """Put a message under the top bar."""
    set_props(Ids.ALERT, {"children": message(kind, sentence)})


def set_status(code: int) -> None:
    """Ask the error guard of :mod:`dashapp.web` to answer with this status."""
    if has_request_context():
        g.callback_status = code
