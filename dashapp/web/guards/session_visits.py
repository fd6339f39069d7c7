"""Record session visits in the ledger, so that the sweeper keeps active sessions."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, g

from dashapp.storage.errors import StoreError

if TYPE_CHECKING:
    from dashapp.page.context import Context

# Sessions that one process remembers; the least recently seen ones are recorded again.
REMEMBERED = 10_000


class Visits:
    """Remember recently recorded visits, so that not every request writes to the ledger.

    Parameters
    ----------
    seconds : float
        How long one record lasts.

    Examples
    --------
    >>> visits = Visits(60)
    >>> visits.due("a", now=0), visits.due("a", now=59), visits.due("a", now=61)
    (True, False, True)
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._told: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def due(self, session: str, now: float) -> bool:
        """Whether to record a visit at a time, in seconds; it then counts as recorded."""
        with self._lock:
            told = self._told.get(session)
            if told is not None and now - told < self._seconds:
                return False
            self._told[session] = now
            self._told.move_to_end(session)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            return True


def install(server: Flask, context: Context) -> None:
    """Record the visit of each request's session."""
    visits = Visits(min(60.0, context.settings.idle_seconds / 10))

    @server.before_request
    def note() -> None:
        session = g.get("portal_session")
        if session is None or g.get("portal_is_new") or not visits.due(session, time.monotonic()):
            return
        try:
            context.ledger.touch(session)
        except StoreError:
            # The request itself fails if it needs the ledger.
            return
