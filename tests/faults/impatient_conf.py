"""Settings of a web worker with few places and little patience."""

from __future__ import annotations

import os

from dashapp import web_worker

worker_class = "dashapp.web_worker.BufferingWorker"
threads = 4
worker_connections = 30
graceful_timeout = 10
sendfile = False
control_socket_disable = True

web_worker.HEAD_SECONDS = 1.0
web_worker.PACE_SECONDS = float(os.environ["PACE_SECONDS"])
web_worker.DRAIN_SECONDS = 1.0
web_worker.SCARCE_SECONDS = 0.5
web_worker.STREAMS = 2
