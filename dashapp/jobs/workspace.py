"""What a job's handler can do: read and write its session's data, and report progress."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dashapp.ledger.ledger import Ledger
from dashapp.ledger.lending import Source, marks
from dashapp.ledger.records import Item, Job
from dashapp.settings.portal_settings import Settings
from dashapp.storage.errors import SessionExpiredError
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.store import SessionStore

# Reports the stage in words and the fraction done to the supervisor.
Tell = Callable[[str, float], None]


class Workspace:
    """The session of one job, as its handler sees it.

    Parameters
    ----------
    job : Job
        The running job; it reads and writes only in its session.
    settings : Settings
        The portal's settings, with the limits that a handler must respect.
    store, ledger
        The server's storage.
    tell : callable
        Receives progress.
    """

    def __init__(
        self, job: Job, settings: Settings, store: SessionStore, ledger: Ledger, tell: Tell
    ) -> None:
        self._job = job
        self._store = store
        self._ledger = ledger
        self._tell = tell
        self.settings = settings

    @property
    def session(self) -> str:
        """Public id of the job's session."""
        return self._job.session

    def read(self, kind: Kind, value_id: str) -> bytes:
        """Return a value of this session, or one lent to it; the request's ids are already checked.

        Raises
        ------
        dashapp.storage.store.SessionExpiredError
            If it does not exist.
        """
        key = self._key(kind, value_id)
        try:
            return self._store.get(key)
        except SessionExpiredError:
            return self._store.get(key.shared)

    def open_stream(self, kind: Kind, value_id: str) -> Iterator[bytes]:
        """Return a value of this session in chunks."""
        return self._store.open_stream(self._key(kind, value_id))

    def write(self, kind: Kind, data: bytes, value_id: str | None = None) -> str:
        """Store a value in this session, if the job still runs.

        Returns
        -------
        str
            Its id: the content id, unless another is given.

        Raises
        ------
        SessionExpiredError
            If the job was cancelled or taken over by another worker.
        """
        known = self._ledger.job(self._job.id)
        if known is None or (known.state, known.attempts) != ("running", self._job.attempts):
            raise SessionExpiredError
        chosen = value_id or content_id(data)
        self._store.put(self._key(kind, chosen), data)
        return chosen

    def write_stream(self, kind: Kind, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store a value that is made in chunks.

        Returns
        -------
        value_id, size
            A new id, and the number of bytes stored.
        """
        value_id = secrets.token_hex(16)
        return value_id, self._store.put_stream(self._key(kind, value_id), chunks)

    def add_item(
        self,
        kind: Kind,
        item_id: str,
        name: str,
        info: dict[str, Any],
        *,
        made_from: Iterable[Source] = (),
    ) -> None:
        """Record an item of the session in the ledger.

        Nothing is recorded once the job has been cancelled or its session deleted.

        Parameters
        ----------
        made_from
            Kinds and ids of the session's items that this one was made from.
        """
        leave = marks(self._ledger, self.session, (kind, item_id), made_from)
        self._ledger.add_item(self.session, kind, item_id, name, info | leave, job=self._job)

    def item(self, kind: Kind, item_id: str) -> Item | None:
        """Return the ledger's record of an item of this session."""
        return self._ledger.item(self.session, kind, item_id)

    def items(self, kind: Kind) -> tuple[Item, ...]:
        """Return this session's items of one kind, newest first."""
        return self._ledger.items(self.session, kind)

    def progress(self, stage: str, fraction: float) -> None:
        """Report the stage in words and the progress of the whole job, 0 to 1."""
        self._tell(stage, min(1.0, max(0.0, fraction)))

    def _key(self, kind: Kind, value_id: str) -> Key:
        return Key(self.session, Kind(kind), value_id)
