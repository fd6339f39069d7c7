"""How gunicorn serves the portal: ``gunicorn -c python:dashapp.gunicorn_conf dashapp.wsgi:server``.

Each name below is a setting of gunicorn; its documentation tells their meaning, the comments here
tell why they are not left as they are.
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

# Before numpy is loaded anywhere: the workers are forked from this process.
limit_threads()
tune()
# structlog would load it in each worker, 5 MB, for colored tracebacks that we never write.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # None forbids the import

try:
    _settings = load_settings()
except SettingsError as error:
    sys.stderr.write(f"The portal does not start: {error}\n")
    sys.exit(4)

_, _files = resource.getrlimit(resource.RLIMIT_NOFILE)
# The usual 1,024 connections and files are fewer than a crowd of browsers opens.
resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _files))

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
# Most of them wait for their turn or read an upload; see dashapp.web.guards.load_shedding.
threads = threads_for(_settings.web_threads)
# Browsers keep up to six connections open; idle ones cost some kilobytes each.
worker_connections = min(4000, _files // 2)
# Its threads never wait for slow clients.
worker_class = "dashapp.web_worker.BufferingWorker"
# The kernel's call would wait for them.
sendfile = False
# Each worker makes its own application, with its own files and connections; what they share is
# loaded in on_starting.
preload_app = False
# A browser's connections stay open between clicks; a proxy's as well.
keepalive = 75
# Requests that run on SIGTERM may end; an upload of 200 MB takes longer than most.
graceful_timeout = 30
timeout = 60
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - shared memory
# Version 27 would write a control socket into the home folder.
control_socket_disable = True
# WSGI cannot tell X_Portal_User from X-Portal-User, which a proxy removes: the first must not come
# in, from whatever address.
header_map = "drop"
forwarder_headers = ""
# Our own lines: which route was asked, never the words of the address.
logger_class = "dashapp.telemetry.access_log.AccessLogger"
errorlog = "-"
loglevel = "info"


def kind_only(record: logging.LogRecord) -> bool:
    """Write what was wrong with a request, and not, as gunicorn would, what it said.

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
    """Refuse an open folder or a damaged ledger, and forget the numbers of an earlier run.

    Each worker would refuse it as well; but of two that end at once gunicorn makes a traceback.
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
            ledger.close()  # no worker may share its connections
    except StoreError as refused:
        sys.stderr.write(f"The portal does not start: {refused.for_operators}\n")
        sys.exit(4)
    metrics.clean(_settings, "web")
    logging.getLogger("gunicorn.error").addFilter(kind_only)
    _load_what_workers_share()


def _load_what_workers_share() -> None:
    """Import everything once: workers then hold it together, and a lost one is soon replaced.

    Nothing here keeps a file or a connection open, which no worker may share; the one thread that
    Arrow starts returns memory of a pool that we do not use.
    """
    from dashapp.app import learn_figures

    learn_figures()
    trim()
    # Collections in the workers would write to these pages, and so copy them.
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Finish the set-up before the first visitor comes; see :func:`dashapp.app.warm_up`."""
    from dashapp.app import warm_up

    warm_up(worker.app.callable)
    # What the start needed and nobody will look at again.
    trim()
    gc.freeze()
