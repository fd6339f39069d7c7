"""Wait for a condition with a deadline, instead of sleeping and hoping."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

POLL_SECONDS = 0.02


def until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Return as soon as the condition holds.

    Raises
    ------
    AssertionError
        If it does not hold within the seconds.
    """
    deadline = time.monotonic() + seconds
    pause = Event()
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        pause.wait(POLL_SECONDS)
