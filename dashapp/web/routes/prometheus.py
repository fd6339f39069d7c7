"""``GET /metrics`` for Prometheus, and metrics of all requests."""

from __future__ import annotations

import hmac
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from werkzeug.exceptions import Forbidden

from dashapp.auth.permissions import Door, needs
from dashapp.storage.errors import StoreError
from dashapp.telemetry import metrics
from dashapp.web.guards.access import CALLBACKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashapp.page.context import Context

# Path prefixes and the kind of request they mean.
KINDS = {
    CALLBACKS: "callback",
    "/upload": "upload",
    "/download/": "download",
    "/assets/": "static",
    "/_dash-component-suites/": "static",
    "/vendor/": "static",
    "/healthz": "health",
    "/readyz": "health",
    "/metrics": "health",
    "/api/": "api",
}
# Ids of a page's components begin with the page's name.
PAGES = frozenset({"data", "explore", "segments", "predict", "shell"})
REFUSALS = {429: "limit", 503: "unavailable", 507: "full"}
# Headers that a proxy adds: the connection's address is then the proxy's, not the client's.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
NOT_HERE = (
    "Metrics are for this machine only. Set SEGMENTATION_METRICS_TOKEN and send it as a bearer "
    "token to read them from another."
)


def install(server: Flask, context: Context) -> None:
    """Add the route, and measure all requests."""

    @server.before_request
    def begin() -> None:
        g.portal_began = time.perf_counter()

    @server.after_request
    def count(response: Response) -> Response:
        now = time.perf_counter()
        # Requests without an identity are refused before the timer starts.
        note(request.path, response.status_code, now - g.get("portal_began", now))
        return response

    @server.get("/metrics")
    @needs(Door.PUBLIC)
    def show() -> Response:
        token = context.settings.metrics_token
        if not may_read(None if token is None else token.get_secret_value()):
            raise Forbidden(NOT_HERE)
        found = metrics.registry(context.settings)
        found.register(Queue(context))
        return Response(generate_latest(found), content_type=CONTENT_TYPE_LATEST)


class Queue:
    """Gauges of queued and running jobs, read from the ledger at scrape time.

    Parameters
    ----------
    context
        Context with the ledger.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; none while the ledger does not respond."""
        try:
            waiting, running = self._context.ledger.load()
            workers = self._context.ledger.workers()
        except StoreError:
            return
        jobs = GaugeMetricFamily("segmentation_jobs_now", "Active jobs.", labels=["state"])
        jobs.add_metric(["waiting"], waiting)
        jobs.add_metric(["running"], running)
        yield jobs
        yield GaugeMetricFamily("segmentation_workers", "Living job workers.", value=workers)

    def describe(self) -> list[GaugeMetricFamily]:
        """Return no descriptions, so that registering does not query the ledger."""
        return []


def note(path: str, status: int, seconds: float) -> None:
    """Record one answered request."""
    kind = next((kind for start, kind in KINDS.items() if path.startswith(start)), "page")
    meters = metrics.meters()
    meters.requests.labels(kind, str(status)).inc()
    meters.request_seconds.labels(kind).observe(seconds)
    if kind == "callback":
        # The body of a refused request may be too large to parse.
        page = page_of(request.get_json()) if status < 400 else "other"
        meters.callback_seconds.labels(page).observe(seconds)
    if status in REFUSALS:
        meters.refused.labels(REFUSALS[status]).inc()


def page_of(body: object) -> str:
    """Return the page that a callback belongs to.

    Examples
    --------
    >>> page_of({"output": "..explore-count.children...explore-filters.data.."})
    'explore'
    >>> page_of({"output": "<script>"})
    'other'
    """
    output = body.get("output") if isinstance(body, dict) else None
    name = output.lstrip(".").partition("-")[0] if isinstance(output, str) else ""
    return name if name in PAGES else "other"


def may_read(token: str | None) -> bool:
    """Whether the request may read the metrics: with the token, or from this machine."""
    sent = request.headers.get("Authorization", "")
    if token is not None and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
