"""Health checks: whether the process runs, and whether the portal can work."""

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
        """Return 200 if the store, the ledger and a worker respond, else 503 with what does not."""
        found = readiness(context)
        ready = all(found.values())
        response = jsonify(status="ready" if ready else "not ready", **found)
        if not ready:
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response


def readiness(context: Context) -> dict[str, bool]:
    """Return which parts respond; once one fails, skip those that depend on it."""
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
