"""Models that an operator shares, and lending them to launched sessions.

Shared models belong to a separate owner. A session that may see one gets a ledger record ("lent"),
which every access checks. Nothing is copied, and sessions cannot change anything shared: names or
columns changed there make new values, which end with the sharing (see `dashapp.ledger.lending`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashapp.ledger.ledger import Item
from dashapp.ledger.lending import may_stay, needs_leave
from dashapp.services.repository import Memory
from dashapp.services.train_models import encode_scores
from dashapp.storage.keys import SHARED, Key, Kind, content_id
from dashapp.storage.store import SessionExpiredError
from segmentation import SegmentModel, Table

# Kinds of items that may be lent, or made from lent ones.
KEPT = (Kind.DATASET, Kind.MODEL, Kind.SCORES, Kind.BATCH)


@dataclass(frozen=True)
class Shared:
    """A shared model, with its data set and scores only if they were shared."""

    model: str
    dataset: str | None


class Sharing:
    """Shared models for operator commands and launches.

    Parameters
    ----------
    memory
        The server's storage of each session, including the shared owner.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def models(self) -> tuple[Item, ...]:
        """Return all shared models, newest first."""
        return self._memory.ledger.items(SHARED, Kind.MODEL)

    def share(self, data: bytes, name: str, table: Table | None = None) -> str:
        """Share a model file, optionally with customers to show, and return its id.

        Raises
        ------
        segmentation.SegmentationError
            If the file is not a model, or the customers lack its columns.
        """
        model = SegmentModel.from_bytes(data).without_customers()
        info: dict[str, Any] = {"dataset": None, "scores": None, "segments": len(model.segments)}
        if table is not None:
            info["dataset"] = self._put(Kind.DATASET, table.to_bytes())
            info["scores"] = self._put(Kind.SCORES, encode_scores(model, table.frame))
            facts = {
                "rows": table.rows_used,
                "rejects": len(table.rejects),
                "columns": len(table.columns),
            }
            self._memory.ledger.add_item(SHARED, Kind.DATASET, info["dataset"], table.name, facts)
        model_id = self._put(Kind.MODEL, model.to_bytes())
        self._memory.ledger.add_item(SHARED, Kind.MODEL, model_id, name, info)
        return model_id

    def take_back(self, model_id: str) -> None:
        """Stop sharing a model and its customers, at once and everywhere.

        Raises
        ------
        SessionExpiredError
            If no such model is shared.
        """
        item = self._item(model_id)
        self._end(item)
        for session, _ in self._memory.store.sessions():
            self._forget_borrowed(session)

    def _end(self, item: Item) -> None:
        model_id = item.id
        self._memory.ledger.remove_item(SHARED, Kind.MODEL, model_id)
        self._memory.store.delete(Key(SHARED, Kind.MODEL, model_id))
        if item.info["scores"] is not None:
            self._memory.store.delete(Key(SHARED, Kind.SCORES, item.info["scores"]))
        dataset = item.info["dataset"]
        if dataset is not None and dataset not in {
            other.info["dataset"] for other in self.models()
        }:
            self._memory.ledger.remove_item(SHARED, Kind.DATASET, dataset)
            self._memory.store.delete(Key(SHARED, Kind.DATASET, dataset))

    def _forget_borrowed(self, session: str) -> None:
        """Remove what a session has made from items that are no longer shared."""
        ledger = self._memory.ledger
        gone = [
            item
            for kind in KEPT
            for item in ledger.items(session, kind)
            if needs_leave(item) and not may_stay(ledger, session, item)
        ]
        for item in gone:
            ledger.remove_item(session, item.kind, item.id)
            self._memory.store.delete(Key(session, Kind(item.kind), item.id))
            if item.info.get("scores"):
                self._memory.store.delete(Key(session, Kind.SCORES, item.info["scores"]))

    def lend(self, session: str, model_id: str, *, customers: bool) -> Shared:
        """Lend a shared model to a session, with its customers only if the session may see them.

        Raises
        ------
        SessionExpiredError
            If no such model is shared.
        """
        item = self._item(model_id)
        info = {**item.info, "lent": True}
        if not customers:
            info |= {"dataset": None, "scores": None}
        if info["dataset"] is not None:
            data = self._memory.ledger.item(SHARED, Kind.DATASET, info["dataset"])
            own = self._memory.ledger.item(session, Kind.DATASET, info["dataset"])
            # If the session already owns the same customers, they stay its own.
            if data is not None and (own is None or needs_leave(own)):
                before = () if own is None else own.info.get("through", ())
                through = {model_id, *(model for model in before if self._shared(model))}
                facts = {**data.info, "lent": True, "through": sorted(through)}
                self._memory.ledger.add_item(session, Kind.DATASET, data.id, data.name, facts)
        self._memory.ledger.add_item(session, Kind.MODEL, model_id, item.name, info)
        return Shared(model_id, info["dataset"])

    def lent(self, session: str) -> tuple[Item, ...]:
        """Return the shared models that a session may see."""
        items = self._memory.items(session, Kind.MODEL)
        return tuple(item for item in items if item.info.get("lent"))

    def _item(self, model_id: str) -> Item:
        item = self._shared(model_id)
        if item is None:
            raise SessionExpiredError("No such model is shared.")
        return item

    def _shared(self, model_id: str) -> Item | None:
        return self._memory.ledger.item(SHARED, Kind.MODEL, model_id)

    def _put(self, kind: Kind, data: bytes) -> str:
        value_id = content_id(data)
        self._memory.store.put(Key(SHARED, kind, value_id), data)
        return value_id
