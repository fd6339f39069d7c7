"""Write requests to the audit log."""

from __future__ import annotations

from flask import Flask, Response, g, request

from dashapp.auth.audit_log import AuditLog, note
from dashapp.auth.identity import Identity
from dashapp.settings.portal_settings import Settings


def install(server: Flask, settings: Settings) -> None:
    """Log each sign-in, launch, upload and export, and events that handlers note."""
    log = AuditLog(settings)

    @server.after_request
    def write(response: Response) -> Response:
        identity: Identity | None = g.get("portal_identity")
        if identity is None or response.status_code >= 400:
            return response
        note_route(identity)
        for event, facts in g.get("portal_events", ()):
            log.write(event, identity.session, identity.user, facts)
        return response


def note_route(identity: Identity) -> None:
    """Note the event of the present request's route."""
    if identity.user and g.get("portal_is_new"):
        note("sign_in", rights=" ".join(sorted(identity.rights)))
    if request.path == "/embed":
        note("launch", rights=" ".join(sorted(identity.rights)))
    elif request.path == "/upload":
        note("upload", bytes=request.content_length)
    elif request.path.startswith("/download/"):
        note("export", what=request.endpoint)
