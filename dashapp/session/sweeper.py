"""Every minute: what is over leaves the disk."""

from __future__ import annotations

import threading
import time

import structlog

from dashapp.session.errors import StoreError
from dashapp.session.keys import SHARED
from dashapp.session.ledger import Ledger
from dashapp.session.scratch import clear_scratch
from dashapp.session.store import SessionStore
from dashapp.settings import Settings
from segmentation import LargeData

logger = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
# Values of a session that the ledger does not know: an upload that was broken off, or the last
# write of a job whose session was deleted. Longer than the longest upload.
STRANGER_SECONDS = 3600.0


class Sweeper:
    """Removes sessions that are over, expired entries and what killed processes left.

    Parameters
    ----------
    settings : Settings
        Idle and absolute life of sessions.
    store, ledger
        The server's memory.
    """

    def __init__(self, settings: Settings, store: SessionStore, ledger: Ledger) -> None:
        self._settings = settings
        self._store = store
        self._ledger = ledger
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Sweep now and then every minute, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the present sweep."""
        self._stop.set()
        self._thread.join(timeout=5)

    def sweep(self) -> int:
        """Sweep once; returns how many sessions and entries were removed."""
        ended = self._ledger.ended_sessions(
            self._settings.idle_seconds, self._settings.absolute_seconds
        )
        # What is shared stays until its operator takes it back.
        over = [session for session in ended if session != SHARED]
        for session in over:
            # The ledger first: from then on no running job can add to the session.
            self._ledger.delete_session(session)
            self._store.delete_session(session)
        strangers = self._strangers()
        for session in strangers:
            self._store.delete_session(session)
        if self._settings.dask_scheduler:
            LargeData.clear_leftovers()
        clear_scratch(self._settings.data_dir)
        entries = self._store.sweep()
        self._ledger.compact()
        if over or strangers or entries:
            logger.info("swept", sessions=len(over), strangers=len(strangers), entries=entries)
        return len(over) + len(strangers) + entries

    def _strangers(self) -> list[str]:
        now = time.time()
        return [
            session
            for session, written in self._store.sessions()
            if session != SHARED
            and now - written > STRANGER_SECONDS
            and not self._ledger.knows(session)
        ]

    def _run(self) -> None:
        while True:
            try:
                self.sweep()
            except StoreError as error:
                logger.warning("sweep_failed", exc_info=error)
            if self._stop.wait(EVERY_SECONDS):
                self._ledger.close()
                return
