"""The process of one job: limited, isolated, and killed with its supervisor.

It reads and writes the session's values itself. To its supervisor it sends only JSON lines of a few
bytes over a pipe: progress, and finally ``done`` with a result, ``failed`` with a sentence, or
``away`` if the server's storage did not respond, which is not the job's fault.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import resource
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from dashapp.jobs.workspace import Workspace
from dashapp.ledger.ledger import open_ledger
from dashapp.ledger.records import Job
from dashapp.settings.portal_settings import Settings
from dashapp.storage.errors import SessionExpiredError, StoreError, StoreUnavailableError
from dashapp.storage.store import open_store
from dashapp.telemetry import logs, metrics
from segmentation import ClusterError, SegmentationError

logger = structlog.get_logger(__name__)

Handler = Callable[[dict[str, Any], Workspace], dict[str, Any]]
PR_SET_PDEATHSIG = 1  # linux/prctl.h
MB = 1024 * 1024
# HTTP statuses (RFC 9110, section 15) of failed jobs.
GONE, TOO_LARGE, FOREIGN, UNUSABLE, OUR_FAULT, AWAY = 410, 413, 415, 422, 500, 503
STATUS_OF_KIND = {"too_large": TOO_LARGE, "unsupported": FOREIGN}
# On Linux, ten steps leave a process about a tenth of a core that another one wants.
NICE = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What a child process runs; plain text and numbers, so that it crosses the pipe as JSON.

    Attributes
    ----------
    handler
        ``package.module:function``.
    job
        The claimed job.
    settings
        Result of :meth:`Settings.to_json`.
    seconds
        Limit of wall time.
    """

    handler: str
    job: dict[str, Any]
    settings: str
    seconds: int


def main(order: str, pipe: Connection) -> None:
    """Run one job; the target of the forked process."""
    _die_with_parent()
    # Large data may be read by child processes; they end with this one, as it does with ours.
    multiprocessing.current_process().daemon = False
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    task = Order(**json.loads(order))
    settings = Settings.from_json(task.settings)
    logs.configure(machine=settings.hosted)
    metrics.start(settings, "job")
    _limit(settings.job_memory_mb, task.seconds)
    # Interactive requests go first; the job takes the remaining time.
    os.nice(NICE)
    job = Job(**task.job)

    pipe.send_bytes(outcome(task.handler, job, settings, pipe))
    pipe.close()


def resolve(handler: str) -> Handler:
    """Return the function that ``package.module:function`` names.

    Examples
    --------
    >>> resolve("json:dumps") is json.dumps
    True
    """
    module, _, name = handler.partition(":")
    found: Handler = getattr(import_module(module), name)
    return found


def outcome(handler: str, job: Job, settings: Settings, pipe: Connection) -> bytes:
    """Run the handler and return its result or an error sentence, as JSON."""

    def tell(stage: str, fraction: float) -> None:
        pipe.send_bytes(_json({"message": stage, "progress": fraction}))

    try:
        workspace = Workspace(job, settings, open_store(settings), open_ledger(settings), tell)
        return _json({"done": resolve(handler)(dict(job.request), workspace)})
    except StoreUnavailableError as error:
        return _json({"away": str(error)})
    except (SegmentationError, StoreError) as error:
        return _json({"failed": str(error), "status": status_of(error)})
    except MemoryError:
        return _json({"failed": memory_sentence(settings), "status": TOO_LARGE})
    except Exception as error:
        reference = secrets.token_hex(4)
        logger.exception(
            "job_failed", reference=reference, job=job.id, kind=job.kind, exc_info=error
        )
        sentence = f"Something went wrong on our side. Reference {reference}."
        return _json({"failed": sentence, "status": OUR_FAULT})


def status_of(error: SegmentationError | StoreError) -> int:
    """Return the HTTP status of a failure, for programs that ask for the job.

    Examples
    --------
    >>> from segmentation import ReadError
    >>> status_of(ReadError("The file is too large.", kind="too_large"))
    413
    """
    if isinstance(error, StoreError | ClusterError):
        return GONE if isinstance(error, SessionExpiredError) else AWAY
    return STATUS_OF_KIND.get(getattr(error, "kind", ""), UNUSABLE)


def _json(message: dict[str, Any]) -> bytes:
    return json.dumps(message, allow_nan=False).encode()


def memory_sentence(settings: Settings) -> str:
    """Return the sentence for users whose job exceeded its memory limit."""
    return (
        f"This needs more memory than the {settings.job_memory_mb:,} MB that one task may use. "
        "Use fewer rows or columns."
    )


def _limit(memory_mb: int, seconds: int) -> None:
    """Limit the resources of this process.

    RLIMIT_AS, which only Linux enforces, counts address space. The loaded libraries already reserve
    over 1 GB of it without using memory, so the limit is set that much higher.
    """
    if _linux():
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + memory_mb * MB)
    # Arrow reads with one thread per core; the supervisor watches wall time.
    _lower(resource.RLIMIT_CPU, seconds * (os.cpu_count() or 1))
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, value: int) -> None:
    """Set a limit that cannot be raised again; keep one that is already lower."""
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _die_with_parent() -> None:
    """Have the system kill this process when the fork server ends, so that no orphan writes on."""
    if _linux():
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _linux() -> bool:
    return sys.platform.startswith("linux")
