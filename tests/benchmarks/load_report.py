"""Memory over time, and the table that a load leaves behind."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from load_users import Tally

EVERY_SECONDS = 2.0
SHOWN = 8


def resident_mb(pid: int) -> float:
    """Memory that a process holds in MB, shared libraries included."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0 kB")
    return int(found.split()[1]) / 1024


class Watch:
    """Memory of gunicorn's workers, looked at every two seconds.

    Parameters
    ----------
    arbiter
        Process id of gunicorn.
    """

    def __init__(self, arbiter: int) -> None:
        self._arbiter = arbiter
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.memory: dict[int, list[float]] = {}
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began

    def _look(self) -> None:
        while True:
            children = Path(f"/proc/{self._arbiter}/task/{self._arbiter}/children").read_text()
            for pid in map(int, children.split()):
                self.memory.setdefault(pid, []).append(resident_mb(pid))
            if self._stop.wait(EVERY_SECONDS):
                return


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(tally: Tally, watch: Watch, title: str) -> bool:
    """Print everything; whether nothing happened that should not."""
    print(f"\n{title}: {tally.journeys} whole journeys, "  # noqa: T201
          f"{sum(map(len, tally.seconds.values())) / watch.seconds:.1f} answers/s")  # fmt: skip
    print(f"{'action':32} {'count':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")  # noqa: T201
    for name, values in [*tally.seconds.items(), ("all callbacks", tally.callbacks)]:
        if values:
            shown = [f"{1000 * percentile(values, share):8.0f}" for share in (0.5, 0.95, 0.99)]
            print(f"{name:32} {len(values):7,} {' '.join(shown)}")  # noqa: T201
    print(f"refused: {dict(tally.refused) or 'none'}")  # noqa: T201
    print(f"errors: {dict(tally.errors) or 'none'}; values of others seen: {tally.mixed}")  # noqa: T201
    for pid, values in watch.memory.items():
        shown = [f"{value:.0f}" for value in values[:: max(1, len(values) // SHOWN)]]
        print(f"memory of web worker {pid}, MB: {' '.join(shown)}")  # noqa: T201
    return not tally.errors and not tally.mixed


def idle(arbiter: int, seconds: float) -> None:
    """What web workers hold once nobody has asked for anything for a while."""
    time.sleep(seconds)
    pids = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    shown = ", ".join(f"{resident_mb(int(pid)):.0f}" for pid in pids)
    print(f"memory of web workers {seconds:g} s after the last request, MB: {shown}")  # noqa: T201
