"""Each kind of answer that the portal can give, and how to get it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dashapp.jobs.queue import JobQueue
from dashapp.ledger.sqlite_ledger import SqliteLedger
from dashapp.services.exports import Exports
from dashapp.storage.errors import (
    QuotaExceededError,
    StoreUnavailableError,
)
from dashapp.web.guards.load_shedding import Admission
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import ORIGIN, Portal

HOME = "https://localhost"
UPLOAD = {**ORIGIN, "X-Portal-Upload": "1", "X-File-Name": "a.csv"}
UPLOAD |= {"Content-Type": "application/octet-stream"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
TEMPLATE = "/download/template.csv"
Ask = Callable[[Portal], TestResponse]


@dataclass(frozen=True)
class Kind:
    """A kind of answer.

    Attributes
    ----------
    name, status
        What it is.
    ask
        Gets it.
    known
        Whether the portal knows by then whose request it is.
    kept
        Whether browsers may keep it.
    secret
        Whether the address holds something that must not be told on.
    """

    name: str
    status: int
    ask: Ask
    known: bool = True
    kept: bool = False
    secret: bool = False


def get(path: str, method: str = "GET", **headers: str) -> Ask:
    """Ask for an address."""
    sent = {**ORIGIN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda portal: portal.client.open(path, method=method, headers=sent, base_url=HOME)


def post(data: bytes | None = b"", path: str = "/upload", **more: Any) -> Ask:
    """Send something."""
    sent = {"headers": UPLOAD, "data": data, "base_url": HOME, **more}
    return lambda portal: portal.client.post(path, **sent)


def file_again(portal: Portal) -> TestResponse:
    """Ask for a file that the browser has already."""
    path = "/assets/head/theme.js"
    with portal.client.get(path) as first:
        tag = first.headers["ETag"]
    return portal.client.get(path, headers={"If-None-Match": tag})


def callback(portal: Portal) -> TestResponse:
    """Press the button for the sample."""
    asked = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    return fire(portal.client, asked, {"data-sample.n_clicks": 1})


def where(owner: type, name: str, does: object, ask: Ask) -> Ask:
    """Ask while something does not do what it should."""

    def answer(portal: Portal) -> TestResponse:
        def instead(*_: object, **__: object) -> object:
            if isinstance(does, Exception):
                raise does
            return does

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, instead)
            return ask(portal)

    return answer


AWAY, FULL = StoreUnavailableError(), QuotaExceededError()
PAGE = "text/html"

KINDS = (
    Kind("page", 200, get("/")),
    Kind("another page", 200, get("/segments", Accept=PAGE)),
    Kind("no page", 404, get("/nothing", Accept=PAGE)),
    Kind("layout", 200, get("/_dash-layout")),
    Kind("callback", 200, callback),
    Kind("callback malformed", 415, post(b"{}", "/_dash-update-component")),
    Kind("callback with data away", 503, where(JobQueue, "submit", AWAY, callback)),
    Kind("callback with no space", 507, where(JobQueue, "submit", FULL, callback)),
    Kind("file", 200, get("/assets/head/theme.js"), known=False, kept=True),
    Kind("component", 200, get("/_dash-component-suites/dash/deps/react@18.3.1.min.js"),
         known=False, kept=True),
    Kind("file again", 304, file_again, known=False, kept=True),
    Kind("no file", 404, get("/assets/nothing.js"), known=False),
    Kind("icon", 200, get("/_favicon.ico"), known=False),
    Kind("download", 200, get(TEMPLATE)),
    Kind("download without a name", 400, get("/download/rejects.csv", Accept=PAGE)),
    Kind("download of nothing", 410, get(f"/download/model.segmodel?model={'0' * 32}")),
    Kind("download with a defect", 500, where(Exports, "template", RuntimeError(), get(TEMPLATE))),
    Kind("download with data away", 503,
         where(Exports, "template", AWAY, get(TEMPLATE, Accept=PAGE))),
    Kind("false token", 401, get("/", X_Portal_Session="false"), known=False),
    Kind("closed door", 403, get("/_reload-hash", Accept=PAGE)),
    Kind("from elsewhere", 403, post(headers={**UPLOAD, "Sec-Fetch-Site": "cross-site"})),
    Kind("another method", 405, get("/upload", "DELETE")),
    Kind("options", 200, get("/upload", "OPTIONS")),
    Kind("upload", 202, post(b"a,b\n1,2\n")),
    Kind("upload without length", 411, post(None)),
    Kind("upload too large", 413, post(environ_overrides={"CONTENT_LENGTH": str(10**10)})),
    Kind("upload of a picture", 415, post(PNG)),
    Kind("too many", 429, where(SqliteLedger, "hits", 10**9, get("/", Accept=PAGE))),
    Kind("crowd", 503, where(Admission, "enter", False, get("/", Accept=PAGE)),
         known=False, secret=True),
    Kind("crowd of programs", 503, where(Admission, "enter", False, get("/_dash-layout")),
         known=False, secret=True),
    Kind("health", 200, get("/healthz"), known=False),
    Kind("not ready", 503, get("/readyz"), known=False),
    Kind("numbers", 200, get("/metrics"), known=False),
    Kind("numbers for others", 403, get("/metrics", X_Forwarded_For="192.0.2.1"), known=False),
    Kind("launch without a token", 401, get("/embed", Accept=PAGE), known=False, secret=True),
    Kind("about frames", 200, get("/frame-help"), known=False),
)  # fmt: skip
