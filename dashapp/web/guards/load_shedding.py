"""So many requests at once, so many that wait for a moment, and a quick answer to all others.

Without a limit every request of a crowd would wait behind all others, until all of them had
waited too long. Turned away are requests that come when nothing can be done for them soon; their
browsers ask again by themselves.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dashapp.telemetry import metrics

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Requests that may wait for each one that is answered: together some second's work.
WAITING_FOR_EACH = 8
# Nobody waits longer than this before being told to come again, in seconds.
WAIT_SECONDS = 2.0
RETRY_SECONDS = 2
# Uploads of small files, and of those that have come, need more than a moment of the disk.
UPLOADS_FOR_EACH = 2
# Larger bodies may come slowly: each holds a thread while it comes, but nobody up.
STREAMS = 32
# A filled form with references is some kilobytes; other bodies than uploads are never larger.
BODY_BYTES = 2 * 1024 * 1024
# Set by a server that itself reads, after a response, what nobody wanted of the body.
DRAINS = "portal.drains"
# Threads beyond these for files, health and for turning away, which take a millisecond.
QUICK_THREADS = 8
# Not counted here: small things that are the same for everybody, what tells how we are, uploads.
ELSEWHERE = (
    "/assets/",
    "/_dash-component-suites/",
    "/vendor/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/_favicon.ico",
    "/upload",
)
FULL = "Very many people use the portal right now. Trying again shortly…"


# A page that people open while there is no room comes by itself once there is.
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{seconds}"><title>One moment</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 32rem; padding: 1rem; }}
</style>
<h1>One moment</h1><p>{sentence}</p></html>
"""


def threads_for(at_once: int) -> int:
    """Threads that a server needs so that those who wait and those who are turned away fit."""
    return at_once * (1 + WAITING_FOR_EACH + UPLOADS_FOR_EACH) + STREAMS + QUICK_THREADS


class Admission:
    """Lets requests in, has some wait, and turns others away.

    Parameters
    ----------
    at_once : int
        Requests that are answered at the same time.
    waiting : int
        Requests that wait for their turn.
    seconds : float
        Longest wait.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._slots = threading.Semaphore(at_once)
        self._places = threading.Semaphore(waiting)
        self._seconds = seconds

    def enter(self) -> bool:
        """Wait for one's turn; False when there is none soon. Who is in must leave."""
        if self._slots.acquire(blocking=False):
            return True
        if not self._places.acquire(blocking=False):
            return False
        try:
            return self._slots.acquire(timeout=self._seconds)
        finally:
            self._places.release()

    def leave(self) -> None:
        """Make room for the next."""
        self._slots.release()


class Doorkeeper:
    """The WSGI application that stands before another.

    Parameters
    ----------
    app
        The application behind.
    at_once : int
        Requests that one process answers at the same time.
    guards
        Headers that tell browsers what an answer may do; they come from the application else.
    """

    def __init__(self, app: WSGIApplication, at_once: int, guards: Mapping[str, str]) -> None:
        self._app = app
        self._guards = guards
        self._admission = Admission(at_once, at_once * WAITING_FOR_EACH, WAIT_SECONDS)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"].startswith(ELSEWHERE):
            return self._app(environ, start)
        read_body(environ)
        if not self._admission.enter():
            return refuse(environ, start, self._guards)
        try:
            # What is streamed afterwards goes at the reader's pace and holds nobody up.
            return self._app(environ, start)
        finally:
            self._admission.leave()


def read_body(environ: WSGIEnvironment) -> None:
    """Take in a body before a place is taken, which would else depend on the client's speed.

    Those that are too large, or of unknown length, are left to the application, which refuses them
    unread.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal() or int(length) > BODY_BYTES:
        return
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))


def refuse(
    environ: WSGIEnvironment, start: StartResponse, guards: Mapping[str, str]
) -> Iterable[bytes]:
    """Ask to come again, as a page for people and as JSON for scripts and programs."""
    if str(environ.get("HTTP_ACCEPT", "")).startswith("text/html"):
        kind = "text/html; charset=utf-8"
        body = PAGE.format(sentence=FULL, seconds=RETRY_SECONDS).encode()
    else:
        kind, body = "application/json", json.dumps({"error": FULL}).encode()
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(RETRY_SECONDS)),
        ("Cache-Control", "no-store"),
        *guards.items(),
    ]
    metrics.meters().refused.labels("crowd").inc()
    start("503 Service Unavailable", headers)
    return [body]
