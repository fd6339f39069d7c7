"""Stages of a long work: how far it is, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from segmentation.cluster.selection.evidence import Progress


@dataclass
class Stopwatch:
    """Measures stages, and passes progress on as a share of the whole.

    Attributes
    ----------
    progress
        Told the stage in words and the share done, 0 to 1; may raise to stop the work.
    seconds
        Wall time of each finished stage.
    """

    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, words: str, share: float) -> Iterator[None]:
        """Announce a stage, and record how long it takes under ``name``."""
        if self.progress is not None:
            self.progress(words, share)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def within(self, low: float, high: float) -> Progress | None:
        """Return a progress for a part of the whole that reaches from ``low`` to ``high``."""
        if self.progress is None:
            return None
        progress = self.progress
        return lambda words, share: progress(words, low + (high - low) * min(max(share, 0.0), 1.0))
