"""What a job's handler may do: read and write its session's data, and tell how far it is."""

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

# Told to the supervisor: stage in words and fraction done.
Tell = Callable[[str, float], None]


class Workspace:
    """The session of one job, as its handler sees it.

    Parameters
    ----------
    job : Job
        The job that runs; everything is read and written in its session.
    settings : Settings
        The portal's settings, with the limits that a handler has to keep.
    store, ledger
        The server's memory.
    tell : callable
        Passes progress on.
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
        """Public id of the session that asked."""
        return self._job.session

    def read(self, kind: Kind, value_id: str) -> bytes:
        """A value of this session, or one that was lent to it; the request's ids were checked.

        Raises
        ------
        dashapp.storage.store.SessionExpiredError
            If it is not there.
        """
        key = self._key(kind, value_id)
        try:
            return self._store.get(key)
        except SessionExpiredError:
            return self._store.get(key.shared)

    def open_stream(self, kind: Kind, value_id: str) -> Iterator[bytes]:
        """A value of this session in pieces."""
        return self._store.open_stream(self._key(kind, value_id))

    def write(self, kind: Kind, data: bytes, value_id: str | None = None) -> str:
        """Keep a value in this session, if the job still runs.

        Returns
        -------
        str
            Its id: of the content, unless another is given.

        Raises
        ------
        SessionExpiredError
            If another worker has taken the job over meanwhile, or it was cancelled.
        """
        known = self._ledger.job(self._job.id)
        if known is None or (known.state, known.attempts) != ("running", self._job.attempts):
            raise SessionExpiredError
        chosen = value_id or content_id(data)
        self._store.put(self._key(kind, chosen), data)
        return chosen

    def write_stream(self, kind: Kind, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep a value that is made piece by piece.

        Returns
        -------
        value_id, size
            A new id, and the bytes kept.
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
        """Note in the ledger that the session has something.

        Nothing is noted once the job has been cancelled or its session deleted.

        Parameters
        ----------
        made_from
            Kinds and ids of the things of the session whose content is in this one.
        """
        leave = marks(self._ledger, self.session, (kind, item_id), made_from)
        self._ledger.add_item(self.session, kind, item_id, name, info | leave, job=self._job)

    def item(self, kind: Kind, item_id: str) -> Item | None:
        """The ledger's line of something that this session has."""
        return self._ledger.item(self.session, kind, item_id)

    def items(self, kind: Kind) -> tuple[Item, ...]:
        """What this session has of one kind, newest first."""
        return self._ledger.items(self.session, kind)

    def progress(self, stage: str, fraction: float) -> None:
        """Tell the stage in words and how far the whole job is, 0 to 1."""
        self._tell(stage, min(1.0, max(0.0, fraction)))

    def _key(self, kind: Kind, value_id: str) -> Key:
        return Key(self.session, Kind(kind), value_id)
