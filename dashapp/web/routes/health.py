"""Whether the process lives, and whether the portal can do its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify

from dashapp.auth.permissions import Door, needs
from dashapp.storage.errors import StoreError

if TYPE_CHECKING:
    from dashapp.page.context import Context

RETRY_SECONDS = 2


def install(server: Flask, context: Context) -> None:
    """Add ``/healthz`` and ``/readyz``."""

    @server.get("/healthz")
    @needs(Door.PUBLIC)
    def healthz() -> Response:
        return jsonify(status="ok")

    @server.get("/readyz")
    @needs(Door.PUBLIC)
    def readyz() -> Response:
        """200 when store, ledger and a worker answer; else 503 with what does not."""
        found = readiness(context)
        ready = all(found.values())
        response = jsonify(status="ready" if ready else "not ready", **found)
        if not ready:
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response


def readiness(context: Context) -> dict[str, bool]:
    """Which parts answer; once one does not, the ones that rest on it are not asked."""
    store = _answers(context.store.check)
    ledger = store and _answers(context.ledger.check)
    worker = ledger and _answers(lambda: _require(context.ledger.workers() > 0))
    return {"store": store, "ledger": ledger, "worker": worker}


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except StoreError:
        return False
    return True


def _require(found: bool) -> None:
    if not found:
        raise StoreError
