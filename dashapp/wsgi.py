"""The WSGI application: ``gunicorn -c python:dashapp.gunicorn_conf dashapp.wsgi:server``."""

from __future__ import annotations

import sys

from dashapp.app import create_app
from dashapp.settings.portal_settings import SettingsError, load_settings
from dashapp.storage.errors import StoreError
from dashapp.telemetry import logs, metrics

try:
    _settings = load_settings()
    logs.configure(machine=_settings.hosted)
    metrics.start(_settings, "web")
    server = create_app(_settings).server
except (SettingsError, StoreError) as error:
    # One line instead of a traceback; 4 is gunicorn's code for "the app cannot be loaded".
    reason = error.for_operators if isinstance(error, StoreError) else error
    sys.stderr.write(f"The portal does not start: {reason}\n")
    sys.exit(4)
