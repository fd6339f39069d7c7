"""Prometheus counters and timers of requests, refusals, storage and jobs; never by person.

Each process writes its numbers into its own files in the data folder, and any web worker adds them
up. A process that replaces a killed one continues its files, so that sums never fall and files
never pile up.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashapp.settings.portal_settings import Settings, share_metrics

logger = structlog.get_logger(__name__)

FOLDER = "metrics"
# All numbers of one process take a third of this.
FILE_BYTES = 256 * 1024
# Seconds: a callback should be answered within the sixth bucket; a job ends within the last.
ANSWER_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
JOB_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)


@dataclass(frozen=True)
class Meters:
    """All metrics; labels have few values, known in advance, and none identifies a session."""

    requests: Counter
    request_seconds: Histogram
    callback_seconds: Histogram
    refused: Counter
    jobs: Counter
    job_seconds: Histogram
    store: Counter
    store_seconds: Histogram


@lru_cache(maxsize=1)
def meters() -> Meters:
    """Return the metrics of this process, created on first use."""
    registry = CollectorRegistry()

    def counter(name: str, about: str, *labels: str) -> Counter:
        return Counter(f"segmentation_{name}", about, labels, registry=registry)

    def seconds(name: str, about: str, label: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(
            f"segmentation_{name}_seconds", about, [label], registry=registry, buckets=buckets
        )

    return Meters(
        requests=counter("requests", "Answered requests.", "kind", "status"),
        request_seconds=seconds("request", "Time to answer.", "kind", ANSWER_BUCKETS),
        callback_seconds=seconds("callback", "Time of callbacks.", "page", ANSWER_BUCKETS),
        refused=counter("refused", "Requests that were turned away.", "reason"),
        jobs=counter("jobs", "Ended jobs.", "kind", "outcome"),
        job_seconds=seconds("job", "Time from request to end of a job.", "kind", JOB_BUCKETS),
        store=counter("store", "Operations of the store.", "operation", "outcome"),
        store_seconds=seconds("store", "Time in the store.", "operation", ANSWER_BUCKETS),
    )


@contextmanager
def stored(operation: str) -> Iterator[None]:
    """Count and time one operation of the store; an error's type is its outcome."""
    began, outcome = time.perf_counter(), "done"
    try:
        yield
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        meters().store.labels(operation, outcome).inc()
        meters().store_seconds.labels(operation).observe(time.perf_counter() - began)


def start(settings: Settings, role: str) -> None:
    """Write this process's numbers into files from now on; call before counting anything.

    Parameters
    ----------
    settings
        Settings with the data folder.
    role
        ``"web"`` or ``"worker"``.
    """
    folder = folder_of(settings)
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        place = _free_place(folder, role)
        for kind in ("counter", "histogram"):
            _make_room(folder / f"{kind}_{place}.db")
    except OSError:
        # The disk cannot be written: serving requests matters more than metrics.
        return
    share_metrics(folder)
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
    meters.cache_clear()
    try:
        meters()
    except (OSError, ValueError, RuntimeError):
        # A full disk or a crash left the file half-written.
        for path in folder.glob(f"*_{place}.db"):
            path.unlink(missing_ok=True)
        meters.cache_clear()


def clean(settings: Settings, role: str) -> None:
    """Reset the numbers of ended processes before any process of a role runs."""
    for path in folder_of(settings).glob(f"*_{role}-*.db"):
        path.unlink(missing_ok=True)


class ReadableFiles(Collector):
    """Add up the files of all processes; a file damaged by a full disk or a crash counts as empty.

    Parameters
    ----------
    folder : Path
        The folder of the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Yield the sums."""
        files = [str(path) for path in self._folder.glob("*.db") if _is_readable(path)]
        found: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return found

    def describe(self) -> Iterable[Metric]:
        """Return no descriptions, so that registering reads no file."""
        return []


def _is_readable(path: Path) -> bool:
    try:
        MultiProcessCollector.merge([str(path)])  # type: ignore[no-untyped-call]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        logger.warning("metrics_damaged", file=path.name, reason=type(error).__name__)
        return False
    return True


def registry(settings: Settings) -> CollectorRegistry:
    """Return the sum of all processes; only this process's numbers if none writes files."""
    if not getattr(values.ValueClass, "_multiprocess", False):
        own = CollectorRegistry()
        for meter in vars(meters()).values():
            own.register(meter)
        return own
    together = CollectorRegistry()
    together.register(ReadableFiles(folder_of(settings)))
    return together


def folder_of(settings: Settings) -> Path:
    """Return the folder of metrics files of this machine's processes."""
    return settings.data_dir / FOLDER


def _make_room(path: Path) -> None:
    """Allocate a file's blocks now: a memory-mapped write to a full disk kills the process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        os.pwrite(descriptor, bytes(max(0, FILE_BYTES - size)), size)
    finally:
        os.close(descriptor)


def _free_place(folder: Path, role: str) -> str:
    """Return the first place that no living process holds; the system frees it when one ends."""
    for number in count():
        place = f"{role}-{number}"
        descriptor = os.open(folder / f"{place}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        # Stays open for the life of this process.
        return place
    raise AssertionError("there is always a next number")
