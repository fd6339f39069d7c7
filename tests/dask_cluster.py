"""A Dask scheduler and its workers as processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import until


@dataclass
class Cluster:
    """A running cluster.

    Attributes
    ----------
    address
        Of the scheduler.
    scheduler, workers
        Their processes.
    """

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def running_cluster(folder: Path, workers: int = 1) -> Iterator[Cluster]:
    """Start a cluster whose files are in a folder; end it in the end."""
    contact = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    python = (sys.executable, "-m")
    scheduler = subprocess.Popen(
        [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--dashboard-address", "127.0.0.1:0", "--scheduler-file", contact], **quiet,
    )  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []
    try:
        until(contact.exists, seconds=20, what="the scheduler listens")
        started += [
            subprocess.Popen(
                [*python, "distributed.cli.dask_worker", "--scheduler-file", contact, "--nthreads",
                 "1", "--no-nanny", "--dashboard-address", "127.0.0.1:0",
                 "--local-directory", folder], **quiet,
            )
            for _ in range(workers)
        ]  # fmt: skip
        yield Cluster(json.loads(contact.read_text())["address"], scheduler, started)
    finally:
        for process in (*started, scheduler):
            process.kill()
            process.wait()
