"""Dask at work: processes of this machine or of a cluster, waited for with progress and cancel."""

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

#: Seconds to find a scheduler, and to miss it before it counts as lost.
_PATIENCE = 20

#: Seconds that a cluster may be without workers: lost ones are replaced sooner.
_ALONE = 30

#: Seconds between two looks at whether the user wants to stop, or the scheduler is gone.
_LOOK = 0.5

#: Who would write tracebacks of its own where a connection ends.
_LOUD = ("distributed", "distributed.client", "tornado.application")

#: Processes of this machine run one thread each: Python's parts of the work would wait for each
#: other, and numpy's threads would be more than the machine has.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)


#: Routes of Dask's own web servers, some of which end workers.
_NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

#: What waiting for a scheduler that is gone ends in.
_CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)


class Workers:
    """Processes that run functions on parts.

    Use as a context: on leaving, processes that were started here are ended and their files
    removed.

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
            Address such as ``tcp://10.0.0.1:8786``. Whoever can talk to a scheduler can run code
            on its workers: connect to your own only.
        memory
            For all processes started here together, such as ``"2GB"``; half of the machine's by
            default.
        local_directory
            Where they put what does not fit; the system's temporary folder by default.

        Raises
        ------
        ParameterError
            Dask is not installed, or too little memory.
        ClusterError
            No such scheduler, or one without processes.
        """
        try:
            import distributed
        except ImportError as error:
            raise ParameterError(
                "Data in parts need Dask: install it with pip install "
                "'customer-segmentation-portal[scale]'."
            ) from error
        for name in _LOUD:  # what matters is raised here
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
        if not self._is_lost():  # a cluster that is gone cannot tidy up
            with contextlib.suppress(Exception):
                self._client.run(shutil.rmtree, self._folder, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=_LOOK if self._is_lost() else _PATIENCE)
        if self._cluster is not None:
            with contextlib.suppress(Exception):
                self._cluster.close()

    def new_folder(self) -> str:
        """Name a folder in which processes may keep what they can make anew."""
        return f"{self._folder}/{next(self._uses)}"

    @property
    def address(self) -> str:
        """Where others find the scheduler."""
        return str(self._client.scheduler.address)

    @property
    def processes(self) -> list[int]:
        """Process numbers of the workers, by which their memory can be watched."""
        return sorted(self._client.run(os.getpid).values())

    def keep(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> list[Any]:
        """Run a function for each item; results stay with the processes that made them."""
        kept: list[Any] = self._client.map(function, *arguments, pure=False)
        return kept

    def compute(self, delayed: Sequence[Any]) -> list[Any]:
        """Start what is delayed; results stay with the processes that made them."""
        started: list[Any] = self._client.compute(list(delayed))
        return started

    def one(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function once and wait for its result."""
        return next(self.results([self._client.submit(function, *arguments, pure=False)]))[1]

    def each(self, function: Callable[..., Any], items: Sequence[Any]) -> list[Any]:
        """Run a function for each item; return the results in order."""
        return list(self.in_order(self.keep(function, items)))

    def in_order(
        self, kept: Sequence[Any], progress: Progress | None = None, words: str = ""
    ) -> Iterator[Any]:
        """Yield results in the order of the items, so that sums do not depend on who is first."""
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
        """Yield results as they come, with their positions.

        Raises
        ------
        SegmentationError
            What a part says of its file; `ClusterError` when the cluster is gone.
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
        """Wait until one of them is done, or for a moment."""
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
        """Give up where all workers went away and none comes back."""
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
    """Start processes on this machine that nobody else can talk to.

    Who reaches a Dask scheduler or worker runs code as its user. Here all of them speak TLS with a
    certificate that was made for them and never leaves their memory, and serve no pages.
    """
    import dask

    with dask.config.set(_NO_PAGES):
        return distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=memory,
            dashboard_address="127.0.0.1:0",  # any free port: the usual one may be taken
            worker_dashboard_address="127.0.0.1:0",
            local_directory=str(folder),
            host="127.0.0.1",
            protocol="tls",
            security=distributed.Security.temporary(),
            silence_logs=logging.CRITICAL,
            env=_ONE_THREAD,
        )


def _connected(distributed: Any, scheduler: str) -> Any:
    """Connect to a scheduler that has processes.

    Raises
    ------
    ClusterError
        There is none.
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
    """Remove what killed processes of this machine left with the workers."""
    with contextlib.suppress(OSError, RuntimeError):
        found = set(itertools.chain(*client.run(folders_in, base).values()))
        if gone := list(filter(is_abandoned, found)):
            client.run(remove, base, gone)
