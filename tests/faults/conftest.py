"""Real processes to be killed: web workers, the job worker, the whole portal."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import SessionStore, open_store
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
WORKER = ["-m", "dashapp", "worker"]
WEB = ["-m", "gunicorn", "-c", "python:dashapp.gunicorn_conf", "dashapp.wsgi:server"]
PORTAL = ["-m", "dashapp"]
START_SECONDS = 60


@dataclass
class Machine:
    """A data folder and the processes that work on it.

    Attributes
    ----------
    settings, store, ledger, queue
        The test's own view of what the processes keep.
    """

    folder: Path
    settings: Settings
    store: SessionStore
    ledger: Ledger
    queue: JobQueue
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def new(cls, folder: Path, **more: Any) -> Machine:
        """A machine on which nothing runs yet."""
        settings = Settings(data_dir=folder / "data", port=free_port(), **more)
        store, ledger = open_store(settings), open_ledger(settings)
        environment = {
            **{name: value for name, value in os.environ.items() if "SEGMENTATION" not in name},
            "SEGMENTATION_DATA_DIR": str(settings.data_dir),
            "PORT": str(settings.port),
            "PYTHONWARNINGS": "default",
            **{f"SEGMENTATION_{name.upper()}": str(value) for name, value in more.items()},
        }
        return cls(folder, settings, store, ledger, JobQueue(settings, ledger), environment)

    @property
    def log(self) -> Path:
        """What all processes wrote."""
        return self.folder / "log"

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a process of the portal."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a job worker and wait until it lives."""
        before = self.ledger.workers()
        process = self.start(WORKER)
        until(lambda: self.ledger.workers() > before, seconds=START_SECONDS, what="it lives")
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start gunicorn with its two workers and wait until it answers."""
        process = self.start(WEB)
        until(lambda: self.get("/healthz").status == 200, seconds=START_SECONDS, what="answers")
        return process

    def get(self, path: str, cookie: str = "") -> Answer:
        """Ask for a path."""
        return self.ask(urllib.request.Request(self.url(path), headers={"Cookie": cookie}))

    def upload(
        self, data: bytes, cookie: str, name: str = "customers.csv", purpose: str = "dataset"
    ) -> Answer:
        """Send a file as the drop zone does."""
        headers = {
            "Cookie": cookie,
            "Sec-Fetch-Site": "same-origin",
            "X-Portal-Upload": "1",
            "X-File-Name": name,
            "X-Purpose": purpose,
            "Content-Type": "application/octet-stream",
        }
        return self.ask(
            urllib.request.Request(self.url("/upload"), data=data, headers=headers, method="POST")
        )

    def url(self, path: str) -> str:
        """An address of this portal."""
        return f"http://127.0.0.1:{self.settings.port}{path}"

    def ask(self, request: urllib.request.Request) -> Answer:
        """Send a request; a connection that broke is an answer of status 0."""
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, b"")

    def visitor(self) -> str:
        """The cookie of a new browser."""
        return str(self.get("/").headers["Set-Cookie"]).partition(";")[0]

    def stop(self) -> None:
        """End everything that still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Answer:
    """What the web server said."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """Processes that a process has started, in any of its threads, and that still run."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:  # gone in between
            continue
    return found


def descendants(pid: int) -> list[int]:
    """Children, their children, and so on."""
    return [found for child in children(pid) for found in [child, *descendants(child)]]


def runs(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    """``kill -9``; one that is gone already is no error."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine.new(tmp_path)
    yield made
    made.stop()
