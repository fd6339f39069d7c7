"""Logs contain events, ids and counts; never values, file names or query strings.

The text of an exception may quote a customer's data ("could not convert string to float: 'Ann'"),
so only its type and its locations in the code are logged.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

# Deeper frames say less and make lines long.
FRAMES = 12


def configure(*, machine: bool) -> None:
    """Write logs to standard error.

    Parameters
    ----------
    machine
        Whether to write one JSON object per line for log collectors, or text for people.
    """
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if machine
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_places,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # The development server's access log contains query strings.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


def only_places(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an exception by its type and its locations in the code.

    Examples
    --------
    >>> event = {"event": "failed", "exc_info": ValueError("Ann, 34, Houston")}
    >>> only_places(None, "error", event)
    {'event': 'failed', 'error': 'ValueError', 'places': []}
    """
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = places(error.__traceback__)
    return event


def places(trace: TracebackType | None) -> list[str]:
    """Return module, line and function of the innermost frames of a traceback."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
