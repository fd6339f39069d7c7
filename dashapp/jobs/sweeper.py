"""Remove ended sessions and expired data from the disk every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from dashapp.ledger.ledger import Ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.errors import StoreError
from dashapp.storage.keys import SHARED
from dashapp.storage.scratch_folders import clear_scratch
from dashapp.storage.store import SessionStore
from segmentation import LargeData

logger = structlog.get_logger(__name__)

# Deleted data must be gone within a minute: this leaves Redis time to rewrite its files.
EVERY_SECONDS = 20.0
# Age at which values of a session unknown to the ledger are removed: an aborted upload, or the last
# write of a job whose session was deleted. Longer than the longest upload.
STRANGER_SECONDS = 3600.0
JUMP_SECONDS = 300.0
DOUBT_SECONDS = 3600.0


class Clock:
    """Compare the wall clock with the monotonic clock.

    A clock that jumps forward would end every session at once. After a jump of more than
    :data:`JUMP_SECONDS`, no session is ended for :data:`DOUBT_SECONDS`, so that an operator can
    correct it. A machine that slept looks the same, and its sessions end that much later.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()
        self._until = 0.0

    def is_doubtful(self) -> bool:
        """Whether the wall clock jumped forward recently."""
        offset = time.time() - time.monotonic()
        jump, self._offset = offset - self._offset, offset
        if jump > JUMP_SECONDS:
            logger.warning("clock_jumped", seconds=round(jump))
            self._until = time.monotonic() + DOUBT_SECONDS
        elif jump < -JUMP_SECONDS:
            self._until = 0.0
        return time.monotonic() < self._until


class Sweeper:
    """Remove ended sessions, expired entries and leftovers of killed processes.

    Parameters
    ----------
    settings : Settings
        Idle and absolute lifetimes of sessions.
    store, ledger
        The server's storage.
    """

    def __init__(self, settings: Settings, store: SessionStore, ledger: Ledger) -> None:
        self._settings = settings
        self._store = store
        self._ledger = ledger
        self._clock = Clock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Sweep about every 20 seconds in a separate thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current sweep."""
        self._stop.set()
        self._thread.join(timeout=5)

    def sweep(self) -> int:
        """Sweep once and return the number of sessions and entries removed.

        Failures, for example on a full disk, are logged and do not stop the other steps.
        """
        if self._clock.is_doubtful():
            return 0
        steps: tuple[Callable[[], int], ...] = (
            self._end_sessions, self._remove_leftovers, self._store.sweep
        )  # fmt: skip
        over, strangers, entries = map(self._attempt, steps)
        if self._settings.dask_scheduler:
            LargeData.clear_leftovers()
        clear_scratch(self._settings.data_dir)
        self._attempt(self._ledger.compact)
        if over or strangers or entries:
            logger.info("swept", sessions=over, strangers=strangers, entries=entries)
        return over + strangers + entries

    def _end_sessions(self) -> int:
        """Delete expired sessions; delete their values even if the ledger is full."""
        settings = self._settings
        ended = self._ledger.ended_sessions(settings.idle_seconds, settings.absolute_seconds)
        # Shared values stay until their operator stops sharing them.
        over = [session for session in ended if session != SHARED]
        for session in over:
            # The ledger first: from then on no running job can add to the session.
            self._attempt(partial(self._ledger.delete_session, session))
            self._attempt(partial(self._store.delete_session, session))
        return len(over)

    def _remove_leftovers(self) -> int:
        """Remove values of sessions that the ledger does not know."""
        now = time.time()
        strangers = [
            session
            for session, written in self._store.sessions()
            if session != SHARED
            and now - written > STRANGER_SECONDS
            and not self._ledger.knows(session)
        ]
        for session in strangers:
            self._attempt(partial(self._store.delete_leftovers, session))
        return len(strangers)

    def _attempt(self, step: Callable[[], int | None]) -> int:
        """Run one step and return its count, or 0 if it failed."""
        try:
            return step() or 0
        except StoreError as error:
            logger.warning("sweep_failed", reason=type(error).__name__)
            return 0

    def _run(self) -> None:
        while True:
            self.sweep()
            if self._stop.wait(EVERY_SECONDS):
                self._ledger.close()
                return
