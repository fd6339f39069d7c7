"""A running portal: gunicorn with two workers and the job worker, as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Server:
    """A running portal.

    Attributes
    ----------
    url
        Its address on loopback.
    web, worker
        Its two processes; ``web`` is gunicorn's arbiter.
    log
        What both write.
    """

    url: str
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    log: Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, **settings: str) -> Server:
    """Start gunicorn with two workers and the job worker on a folder of their own."""
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "SEGMENTATION_DATA_DIR": str(folder / "data"),
        "SEGMENTATION_SECRET_KEY": "a-secret-of-the-test-suite-of-40-characters",
        **settings,
    }
    log = folder / "server.log"
    web_command = ["gunicorn", "-c", "python:dashapp.gunicorn_conf", "dashapp.wsgi:server"]
    with log.open("wb") as out:
        web, worker = (
            subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            for command in (web_command, ["dashapp", "worker"])
        )
    server = Server(f"http://127.0.0.1:{port}", web, worker, log)
    until(lambda: is_ready(server), seconds=60, what="the portal answers /readyz")
    return server


def is_ready(server: Server) -> bool:
    """Whether store and worker answer."""
    assert server.web.poll() is None, server.log.read_text()
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def stop_server(server: Server) -> None:
    """Stop both processes as a platform would."""
    for process in (server.web, server.worker):
        process.terminate()
    for process in (server.web, server.worker):
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
