"""Routes and guards of the web server; :func:`install` adds them all to an application.

Guards run before any of our code: whose request it is (auth.identity), where it comes from (csrf),
whether its visitor may have what it asks for (access), and what it carries (callback_requests,
request_bodies). Afterwards, headers restrict what the response lets a browser do. Failures are
answered by errors, in a form that the caller understands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import Dash
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashapp.settings.portal_settings import Settings
from dashapp.telemetry import access_log
from dashapp.web import errors, packing
from dashapp.web.guards import (
    access,
    audit_requests,
    callback_requests,
    csrf,
    headers,
    rate_limits,
    request_bodies,
    session_visits,
)
from dashapp.web.guards.load_shedding import Doorkeeper
from dashapp.web.routes import download, embed, health, job_status, prometheus, sign_in, upload

if TYPE_CHECKING:
    from dashapp.page.context import Context


def install(app: Dash, context: Context) -> None:
    """Add all guards and routes.

    Parameters
    ----------
    app : dash.Dash
        Its server already assigns each request a session.
    context : Context
        Settings, store, ledger, jobs and services.
    """
    trust_proxies(app.server, context.settings.proxy_hops)
    bound_crowds(app.server, context.settings)
    prometheus.install(app.server, context)
    errors.install(app)
    access_log.install(app.server)
    request_bodies.install(app.server)
    csrf.install(app.server, context.settings)
    audit_requests.install(app.server, context.settings)
    rate_limits.install(app.server, context)
    session_visits.install(app.server, context)
    access.install(app, context)
    # After-request functions run in reverse order: responses that callbacks replace are hardened
    # too.
    headers.install(app, context)
    callback_requests.install(app)
    health.install(app.server, context)
    upload.install(app.server, context)
    job_status.install(app.server, context)
    download.install(app.server, context)
    embed.install(app, context)
    sign_in.install(app.server, context)
    packing.install(app.server, headers.STATIC)


def bound_crowds(server: Flask, settings: Settings) -> None:
    """Limit the requests answered at once; others wait a moment or are asked to retry."""
    server.wsgi_app = Doorkeeper(  # type: ignore[assignment]  # as above
        server.wsgi_app, settings.web_threads, headers.of_refusals(settings)
    )


def trust_proxies(server: Flask, hops: int) -> None:
    """Take address, scheme and host from exactly as many proxies as stand in front.

    Without proxies, anyone can set these headers, so they are ignored.
    """
    if hops:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap
            server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
