"""Run the portal on one computer: a web server in this process and a worker process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from contextlib import redirect_stderr
from io import StringIO
from types import FrameType

import structlog
from werkzeug.serving import BaseWSGIServer, make_server

from dashapp.app import create_app, warm_up
from dashapp.jobs.worker import GRACE_SECONDS
from dashapp.settings.portal_settings import Settings
from dashapp.telemetry import logs, metrics

logger = structlog.get_logger(__name__)

WORKER = [sys.executable, "-m", "dashapp", "worker", "--follow"]
LOOK_SECONDS = 0.25
# A worker that keeps dying is restarted at most this often.
RESTART_SECONDS = 1.0


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM, then stop the web server and the worker.

    Returns
    -------
    int
        0 after a clean stop, 1 if the port is in use.
    """
    logs.configure(machine=settings.hosted)
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    # The worker loads its libraries while this process finishes loading its own.
    worker = WorkerProcess()
    try:
        server = web_server(settings)
        if server is None:
            return 1
        thread = threading.Thread(target=server.serve_forever, name="web", daemon=True)
        thread.start()
        sys.stdout.write(f"The portal is at http://localhost:{settings.port}\n")
        sys.stdout.flush()
        while not stop.wait(LOOK_SECONDS):
            worker.keep()
        server.shutdown()
        thread.join()
    finally:
        worker.stop()
    return 0


def web_server(settings: Settings) -> BaseWSGIServer | None:
    """Return the web server, warmed up and bound to its port; None if the port is in use."""
    metrics.clean(settings, "web")
    metrics.start(settings, "web")
    app = create_app(settings)
    warm_up(app.server)
    try:
        # Werkzeug would report it too, in two lines of its own.
        with redirect_stderr(StringIO()):
            return make_server(settings.host, settings.port, app.server, threaded=True)
    except (OSError, SystemExit):
        sys.stderr.write(
            f"The portal does not start: port {settings.port} is taken; set PORT to another\n"
        )
        return None


class WorkerProcess:
    """The job worker, restarted whenever it is lost."""

    def __init__(self) -> None:
        self._start()

    def keep(self) -> None:
        """Restart it if it has ended, but not too often."""
        code = self._process.poll()
        if code is not None and time.monotonic() > self._started + RESTART_SECONDS:
            logger.warning("worker_ended", code=code)
            self._start()

    def stop(self) -> None:
        """Stop it; kill it after its grace period."""
        self._process.terminate()
        try:
            self._process.wait(timeout=3 * GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(WORKER)  # noqa: S603 - our own program
