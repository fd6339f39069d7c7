"""Limit concurrent requests: a few wait for a moment, the rest are refused quickly.

Without a limit, every request of a crowd would wait behind all others until all had waited too
long. Requests that cannot be served soon are refused; their browsers retry automatically.
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

# Requests that may wait per request being answered: together a few seconds' work.
WAITING_FOR_EACH = 8
# Longest wait in seconds before a request is asked to retry.
WAIT_SECONDS = 2.0
RETRY_SECONDS = 2
# Upload slots per request being answered: uploads need more than a moment of the disk.
UPLOADS_FOR_EACH = 2
# Larger bodies may arrive slowly: each holds a thread meanwhile, but delays nobody.
STREAMS = 32
# A filled-in form with references takes a few kilobytes; only uploads are larger than this.
BODY_BYTES = 2 * 1024 * 1024
# Set by a server that reads the rest of an unread body itself after the response.
DRAINS = "portal.drains"
# Extra threads for files, health checks and refusals, which take a millisecond.
QUICK_THREADS = 8
# Exempt from the limit: small public files, health checks and metrics, uploads.
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


# A page opened while the portal is full reloads itself once there is room.
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
    """Return the threads a server needs, including those for waiting and refused requests."""
    return at_once * (1 + WAITING_FOR_EACH + UPLOADS_FOR_EACH) + STREAMS + QUICK_THREADS


class Admission:
    """Semaphore that lets requests in, makes some wait, and refuses others.

    Parameters
    ----------
    at_once : int
        Requests that are answered at the same time.
    waiting : int
        Requests that wait for a slot.
    seconds : float
        Longest wait.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._slots = threading.Semaphore(at_once)
        self._places = threading.Semaphore(waiting)
        self._seconds = seconds

    def enter(self) -> bool:
        """Acquire a slot within the timeout; callers must :meth:`leave`."""
        if self._slots.acquire(blocking=False):
            return True
        if not self._places.acquire(blocking=False):
            return False
        try:
            return self._slots.acquire(timeout=self._seconds)
        finally:
            self._places.release()

    def leave(self) -> None:
        """Release a slot."""
        self._slots.release()


class Doorkeeper:
    """WSGI middleware that limits the concurrent requests to an application.

    Parameters
    ----------
    app
        The wrapped application.
    at_once : int
        Requests that one process answers at the same time.
    guards
        Security headers of refusals; other responses get theirs from the application.
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
            # Streaming the response proceeds at the reader's pace and delays nobody.
            return self._app(environ, start)
        finally:
            self._admission.leave()


def read_body(environ: WSGIEnvironment) -> None:
    """Read a body before acquiring a slot, so that slow clients do not hold slots.

    Bodies that are too large or of unknown length are left to the application, which refuses them
    unread.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal() or int(length) > BODY_BYTES:
        return
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))


def refuse(
    environ: WSGIEnvironment, start: StartResponse, guards: Mapping[str, str]
) -> Iterable[bytes]:
    """Ask to retry, as a page for people and as JSON for scripts and programs."""
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
