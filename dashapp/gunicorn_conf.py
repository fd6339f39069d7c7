"""Settings of gunicorn: ``gunicorn -c python:dashapp.gunicorn_conf dashapp.wsgi:server``.

Each name below is a setting of gunicorn, explained in its documentation; the comments here say why
the default is changed.
"""

from __future__ import annotations

import gc
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from dashapp.malloc import trim, tune
from dashapp.settings.portal_settings import SettingsError, limit_threads, load_settings
from dashapp.web.guards.load_shedding import threads_for

# Before anything imports numpy: the workers are forked from this process.
limit_threads()
tune()
# structlog would import it in each worker, 5 MB, for colored tracebacks that we never write.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # None forbids the import

try:
    _settings = load_settings()
except SettingsError as error:
    sys.stderr.write(f"The portal does not start: {error}\n")
    sys.exit(4)

_, _files = resource.getrlimit(resource.RLIMIT_NOFILE)
# The usual limit of 1,024 connections and files is less than a crowd of browsers opens.
resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _files))

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
# Most of them wait for a slot or read an upload; see dashapp.web.guards.load_shedding.
threads = threads_for(_settings.web_threads)
# Browsers keep up to six connections open; idle ones cost a few kilobytes each.
worker_connections = min(4000, _files // 2)
# Its threads never wait for slow clients.
worker_class = "dashapp.web_worker.BufferingWorker"
# The system call would wait for slow clients.
sendfile = False
# Each worker makes its own application, with its own files and connections; shared modules are
# loaded in on_starting.
preload_app = False
# Connections of browsers and proxies stay open between clicks.
keepalive = 75
# Requests running on SIGTERM may finish; an upload of 200 MB takes longer than most.
graceful_timeout = 30
timeout = 60
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - shared memory
# Version 27 would create a control socket in the home folder.
control_socket_disable = True
# WSGI cannot distinguish X_Portal_User from X-Portal-User, which a proxy removes: drop the first,
# whatever address it comes from.
header_map = "drop"
forwarder_headers = ""
# Our own access log: the route, never the text of the URL.
logger_class = "dashapp.telemetry.access_log.AccessLogger"
errorlog = "-"
loglevel = "info"


def kind_only(record: logging.LogRecord) -> bool:
    """Log what is wrong with a request, without quoting it as gunicorn would.

    Examples
    --------
    >>> said = "Invalid request from ip=192.0.2.1: Invalid HTTP method: 'ANN'"
    >>> record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, said, (), None)
    >>> kind_only(record), record.getMessage()
    (True, 'Refused: Invalid HTTP method')
    """
    said = str(record.msg)
    if said.startswith("Invalid request from ip="):
        record.msg = f"Refused: {said.split(': ')[1]}"
    elif said.startswith("Error handling request"):
        record.msg, record.args = "Error handling a request", ()
    return True


def on_starting(_server: Any) -> None:
    """Refuse an unsafe folder or a damaged ledger, and reset the metrics of an earlier run.

    Each worker would refuse it too, but if two end at once, gunicorn prints a traceback.
    """
    from dashapp.ledger.ledger import open_ledger
    from dashapp.storage.errors import StoreError
    from dashapp.storage.secret_key import private_folder
    from dashapp.telemetry import metrics

    try:
        if _settings.redis_url is None:
            private_folder(_settings.data_dir)
            ledger = open_ledger(_settings)
            ledger.verify()
            ledger.close()  # workers must not share its connections
    except StoreError as refused:
        sys.stderr.write(f"The portal does not start: {refused.for_operators}\n")
        sys.exit(4)
    metrics.clean(_settings, "web")
    logging.getLogger("gunicorn.error").addFilter(kind_only)
    _load_what_workers_share()


def _load_what_workers_share() -> None:
    """Import everything once: workers then share its memory, and a lost one is replaced quickly.

    This opens no files or connections, which workers must not share; the one thread that Arrow
    starts returns memory of a pool that we do not use.
    """
    from dashapp.app import learn_figures

    learn_figures()
    trim()
    # Garbage collections in the workers would write to these pages, and so copy them.
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Finish the setup before the first request; see :func:`dashapp.app.warm_up`."""
    from dashapp.app import warm_up

    warm_up(worker.app.callable)
    # Return memory that only the start needed.
    trim()
    gc.freeze()
