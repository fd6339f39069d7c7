"""One running job and its process, as the supervisor sees them."""

from __future__ import annotations

import json
import multiprocessing
import signal
import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from dashapp.jobs.job_main import OUR_FAULT, TOO_LARGE, UNUSABLE, Order, main, memory_sentence
from dashapp.ledger.records import PATIENT, Job
from dashapp.settings.portal_settings import Settings

# A message is a stage in words and a number; anything longer is not ours.
MESSAGE_BYTES = 1024 * 1024
LOST = "The worker was lost while it did this. Please try again."
# Exit codes of a process that ended without fault of its own: it was killed (perhaps because the
# machine was out of memory), or its fork server was.
TAKEN_AWAY = {-signal.SIGKILL, -signal.SIGTERM, 255}


def await_fork_server() -> None:
    """Start the fork server and wait about a second until it has imported everything.

    It accepts orders only after its imports, so the first process signals that it is ready.
    """
    process = multiprocessing.get_context("forkserver").Process(target=int)
    process.start()
    process.join()
    process.close()


class Slot:
    """A job's process, its pipe and its time limit.

    Parameters
    ----------
    job : Job
        The claimed job.
    handler : str
        ``package.module:function``.
    settings : Settings
        Passed to the process.
    """

    def __init__(self, job: Job, handler: str, settings: Settings) -> None:
        self.job = job
        self.progress = 0.0
        self.message = ""
        self.told = (0.0, "")
        self.outcome: dict[str, Any] | None = None
        self._settings = settings
        self._seconds = job_seconds(settings, job.kind)
        self._timed_out = False
        context = multiprocessing.get_context("forkserver")
        self.pipe, theirs = context.Pipe(duplex=False)
        order = Order(handler, asdict(job), settings.to_json(), self._seconds)
        self._process = context.Process(
            target=main, args=(json.dumps(asdict(order)), theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        self._deadline = time.monotonic() + self._seconds

    @property
    def wakers(self) -> list[Connection | int]:
        """Return the handles that become readable when there is something to do."""
        if self.pipe.closed:
            return [self._process.sentinel]
        return [self.pipe, self._process.sentinel]

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return not self._process.is_alive()

    def listen(self) -> None:
        """Read the messages of the process."""
        try:
            while not self.pipe.closed and self.pipe.poll():
                self._hear(json.loads(self.pipe.recv_bytes(MESSAGE_BYTES)))
        except (EOFError, OSError, ValueError):
            # The pipe ended, or its process died in the middle of a message.
            self.pipe.close()

    def check_time(self) -> None:
        """Kill the process if its time is over."""
        if time.monotonic() > self._deadline:
            self._timed_out = True
            self.kill()

    def kill(self) -> None:
        """Kill the process now."""
        self._process.kill()

    def close(self) -> None:
        """Release the process and the pipe."""
        self._process.join()
        self._process.close()
        self.pipe.close()

    def verdict(self) -> tuple[str, dict[str, Any] | None, str | None]:
        """Return how the job ended: state, result and sentence; state ``lost`` if it may run again.

        The result of a failed job is its HTTP status.
        """
        if self.outcome is not None and "done" in self.outcome:
            return "done", self.outcome["done"], None
        if self.outcome is not None and "away" in self.outcome:
            return "lost", None, str(self.outcome["away"])
        if self.outcome is not None:
            return failed(int(self.outcome.get("status", OUR_FAULT)), str(self.outcome["failed"]))
        code = self._process.exitcode
        if self._timed_out or code == -signal.SIGXCPU:
            return failed(
                TOO_LARGE,
                f"This took longer than the {self._seconds:,} seconds that one task may take. "
                "Use fewer rows or columns.",
            )
        if code in TAKEN_AWAY:
            return "lost", None, LOST
        return failed(
            UNUSABLE,
            "The program that worked on this broke off; a damaged file, or one that is far "
            f"larger than it looks, can cause that. {memory_sentence(self._settings)}",
        )

    def _hear(self, message: dict[str, Any]) -> None:
        if "progress" in message:
            self.progress = float(message["progress"])
            self.message = str(message["message"])
        else:
            self.outcome = message


def failed(status: int, sentence: str) -> tuple[str, dict[str, Any], str]:
    """Return the outcome of a failed job."""
    return "failed", {"status": status}, sentence


def job_seconds(settings: Settings, kind: str) -> int:
    """Return the limit of wall time for a kind of job."""
    return settings.train_seconds if kind in PATIENT else settings.parse_seconds
