"""Run functions on Dask, locally or on a cluster, with progress and cancellation."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import itertools
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from segmentation.cluster.selection.evidence import Progress
from segmentation.errors import ClusterError, ParameterError, SegmentationError
from segmentation.scale.processes.memory_shares import share_out
from segmentation.scale.processes.temp_folders import (
    clear_leftovers,
    folders_in,
    is_abandoned,
    own_folder,
    remove,
)

#: Timeout in seconds to connect to a scheduler, or to consider it lost.
_PATIENCE = 20

#: Seconds a cluster may be without workers; lost ones are normally replaced sooner.
_ALONE = 30

#: Seconds between checks for cancellation or a lost scheduler.
_LOOK = 0.5

#: Loggers that would print tracebacks when a connection closes.
_LOUD = ("distributed", "distributed.client", "tornado.application")

#: Local processes run one thread each: Python threads would block each other, and NumPy's threads
#: would exceed the machine's cores.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)


#: Routes of Dask's web servers, disabled because some can stop workers.
_NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

#: Raised while waiting for a lost scheduler.
_CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)


class Workers:
    """Dask workers that run functions on parts.

    Use as a context manager: on exit, processes started here are ended and their files removed.

    """

    def __init__(self, client: Any, cluster: Any, folder: str) -> None:
        self._client = client
        self._cluster = cluster
        self._folder = folder
        self._uses = itertools.count()
        self._seen = time.monotonic()

    @classmethod
    def open(
        cls,
        scheduler: str | None = None,
        *,
        memory: str | int | None = None,
        local_directory: str | None = None,
    ) -> Self:
        """Connect to a scheduler, or start processes on this machine.

        Parameters
        ----------
        scheduler
            Address such as ``tcp://10.0.0.1:8786``. Anyone with access to a scheduler can run code
            on its workers: connect only to your own.
        memory
            Total for all processes started here, such as ``"2GB"``; by default half of the
            machine's memory.
        local_directory
            Where processes spill to disk; the system's temporary folder by default.

        Raises
        ------
        ParameterError
            Dask is not installed, or there is too little memory.
        ClusterError
            The scheduler cannot be reached or has no workers.
        """
        try:
            import distributed
        except ImportError as error:
            raise ParameterError(
                "Data in parts need Dask: install it with pip install "
                "'customer-segmentation-portal[scale]'."
            ) from error
        for name in _LOUD:  # relevant errors are raised here
            logging.getLogger(name).setLevel(logging.CRITICAL)
        base = Path(local_directory or tempfile.gettempdir())
        folder = own_folder(base)
        if scheduler is not None:
            client = _connected(distributed, scheduler)
            _clear_leftovers(client, base)
            return cls(client, None, folder)
        clear_leftovers(base)
        count, limit = share_out(memory)
        cluster = _local_cluster(distributed, count, limit, base)
        client = distributed.Client(cluster, set_as_default=False)
        return cls(client, cluster, folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes started here and remove their files."""
        if not self._is_lost():  # a lost cluster cannot clean up
            with contextlib.suppress(Exception):
                self._client.run(shutil.rmtree, self._folder, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=_LOOK if self._is_lost() else _PATIENCE)
        if self._cluster is not None:
            with contextlib.suppress(Exception):
                self._cluster.close()

    def new_folder(self) -> str:
        """Return the name of a new cache folder for processes."""
        return f"{self._folder}/{next(self._uses)}"

    @property
    def address(self) -> str:
        """Address of the scheduler."""
        return str(self._client.scheduler.address)

    @property
    def processes(self) -> list[int]:
        """Process ids of the workers, to monitor their memory."""
        return sorted(self._client.run(os.getpid).values())

    def keep(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> list[Any]:
        """Run a function for each item; results stay on the workers."""
        kept: list[Any] = self._client.map(function, *arguments, pure=False)
        return kept

    def compute(self, delayed: Sequence[Any]) -> list[Any]:
        """Start delayed computations; results stay on the workers."""
        started: list[Any] = self._client.compute(list(delayed))
        return started

    def one(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return the result of running a function once."""
        return next(self.results([self._client.submit(function, *arguments, pure=False)]))[1]

    def each(self, function: Callable[..., Any], items: Sequence[Any]) -> list[Any]:
        """Return the results of running a function for each item, in order."""
        return list(self.in_order(self.keep(function, items)))

    def in_order(
        self, kept: Sequence[Any], progress: Progress | None = None, words: str = ""
    ) -> Iterator[Any]:
        """Yield results in item order, so that sums do not depend on timing."""
        early: dict[int, Any] = {}
        following = 0
        for i, result in self.results(kept, progress, words):
            early[i] = result
            while following in early:
                yield early.pop(following)
                following += 1

    def results(
        self, kept: Sequence[Any], progress: Progress | None = None, words: str = ""
    ) -> Iterator[tuple[int, Any]]:
        """Yield results as they complete, with their positions.

        Raises
        ------
        SegmentationError
            An error in a part's file; `ClusterError` if the cluster was lost.
        """
        place = {future.key: i for i, future in enumerate(kept)}
        waiting = {future.key: future for future in kept}
        try:
            while waiting:
                if progress is not None:
                    progress(words, 1 - len(waiting) / len(kept))
                self._wait(list(waiting.values()))
                for key in [key for key, future in waiting.items() if future.done()]:
                    yield place[key], self._result(waiting.pop(key))
        except BaseException:
            if not self._is_lost():
                self._client.cancel(list(waiting.values()), force=True)
            raise

    def _wait(self, futures: list[Any]) -> None:
        """Wait briefly, or until one future is done."""
        from distributed import wait

        try:
            with contextlib.suppress(TimeoutError), self._client.as_current():
                wait(futures, timeout=_LOOK, return_when="FIRST_COMPLETED")
        except _CANCELLED as error:
            raise _lost() from error
        if self._is_lost():
            raise _lost()
        self._look_for_workers()

    def _look_for_workers(self) -> None:
        """Raise if all workers were lost and none came back."""
        now = time.monotonic()
        with contextlib.suppress(OSError):
            if self._client.scheduler_info()["workers"]:
                self._seen = now
        if now - self._seen > _ALONE:
            raise ClusterError(
                "All workers of the Dask scheduler went away. Start them and run again.",
                kind="no_workers",
            )

    def _result(self, future: Any) -> Any:
        from distributed import KilledWorker

        try:
            return future.result()
        except SegmentationError:
            raise
        except KilledWorker as error:
            raise ClusterError(
                "The processes that did the work ended again and again, most likely for want of "
                "memory. Allow more with --memory, or use files with smaller row groups.",
                kind="memory",
            ) from error
        except _CANCELLED as error:
            raise _lost() from error
        except (OSError, RuntimeError) as error:
            raise ClusterError(f"A part of the work failed: {error}.", kind="failed") from error

    def _is_lost(self) -> bool:
        return self._client.status not in {"running", "newly-created"}


def _lost() -> ClusterError:
    return ClusterError("The Dask scheduler was lost. Start it and run again.")


def _local_cluster(distributed: Any, workers: int, memory: int, folder: Path) -> Any:
    """Return a cluster on this machine that no one else can access.

    Anyone who can reach a Dask scheduler or worker can run code as its user. These processes use
    TLS with a certificate of their own that never leaves memory, and serve no web pages.
    """
    import dask

    with dask.config.set(_NO_PAGES):
        return distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=memory,
            dashboard_address="127.0.0.1:0",  # any free port: the default may be in use
            worker_dashboard_address="127.0.0.1:0",
            local_directory=str(folder),
            host="127.0.0.1",
            protocol="tls",
            security=distributed.Security.temporary(),
            silence_logs=logging.CRITICAL,
            env=_ONE_THREAD,
        )


def _connected(distributed: Any, scheduler: str) -> Any:
    """Return a client connected to a scheduler that has workers.

    Raises
    ------
    ClusterError
        The scheduler cannot be reached or has no workers.
    """
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError, RuntimeError) as error:
        raise ClusterError(
            f"There is no Dask scheduler at {scheduler}. Check the address and that it runs.",
            kind="unreachable",
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        client.close(timeout=_LOOK)
        raise ClusterError(
            f"The Dask scheduler at {scheduler} has no workers. Start some, such as: "
            f"dask worker {scheduler}.",
            kind="no_workers",
        ) from error
    return client


def _clear_leftovers(client: Any, base: Path) -> None:
    """Remove files that killed processes of this machine left on the workers."""
    with contextlib.suppress(OSError, RuntimeError):
        found = set(itertools.chain(*client.run(folders_in, base).values()))
        if gone := list(filter(is_abandoned, found)):
            client.run(remove, base, gone)
