"""A running portal: gunicorn with two workers and the job worker, as processes of their own."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from dashapp.settings.portal_settings import Settings
from tests.waiting import until

SECRET = "a-secret-of-the-test-suite-of-40-characters"
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

    @property
    def settings(self) -> Settings:
        """Where a portal without settings of its own keeps its data, for a look into them."""
        return Settings(data_dir=self.log.parent / "data", secret_key=SECRET)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, *, certificate: Path | None = None, **settings: str) -> Server:
    """Start gunicorn with two workers and the job worker on a folder of their own.

    Parameters
    ----------
    certificate
        PEM file with a key and its certificate: serve https.
    settings
        More environment variables.
    """
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "SEGMENTATION_DATA_DIR": str(folder / "data"),
        "SEGMENTATION_SECRET_KEY": SECRET,
        **settings,
    }
    log = folder / "server.log"
    web_command = ["gunicorn", "-c", "python:dashapp.gunicorn_conf", "dashapp.wsgi:server"]
    if certificate is not None:
        web_command[1:1] = ["--certfile", str(certificate), "--keyfile", str(certificate)]
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
    scheme = "http" if certificate is None else "https"
    server = Server(f"{scheme}://127.0.0.1:{port}", web, worker, log)
    until(lambda: is_ready(server), seconds=60, what="the portal answers /readyz")
    return server


def is_ready(server: Server) -> bool:
    """Whether store and worker answer."""
    assert server.web.poll() is None, server.log.read_text()
    try:
        # The certificate, where there is one, is the test's own.
        trust = ssl._create_unverified_context() if server.url.startswith("https") else None
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=2, context=trust) as answer:
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
