"""Independent tasks: one after the other, in threads, or wherever joblib was told to run them.

`joblib.parallel_config("dask", client=…)` around a training sends them to a cluster. A task
carries all that it needs, random numbers as well, so that the results are the same anywhere.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from threadpoolctl import threadpool_limits

Result = TypeVar("Result")


def results_of(
    tasks: Sequence[Callable[[], Result]], n_jobs: int | None = None
) -> Generator[Result, None, None]:
    """Run tasks and yield their results in their order.

    Parameters
    ----------
    tasks : sequence of callable
    n_jobs : int, optional
        How many at once, the scikit-learn way. None is one, here, unless joblib was configured.
    """
    if len(tasks) < 2 or (n_jobs in {None, 1} and not _is_configured()):
        yield from (task() for task in tasks)
        return
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    results = pool(delayed(_on_one_thread)(task) for task in tasks)
    try:
        # Not "yield from", which would close them with a warning.
        for result in results:  # noqa: UP028
            yield result
    finally:
        # Someone who cancels does not want the rest; joblib warns of results nobody took.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.close()


def _on_one_thread(task: Callable[[], Result]) -> Result:
    with threadpool_limits(1):  # sums must not depend on the threads of whoever runs it
        return task()


def _is_configured() -> bool:
    """Tell whether the caller runs under a backend of joblib's that takes several tasks at once.

    Whoever chose one has imported joblib; nobody else has to.
    """
    if "joblib" not in sys.modules:
        return False
    from joblib.parallel import get_active_backend

    return bool(get_active_backend()[1] != 1)
