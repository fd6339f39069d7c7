"""Which items of a session depend on a shared model: lent ones, and those made from them.

The ledger records this in the item's info: ``lent`` (with ``through``, the shared models that a
data set came with), or ``borrowed``, the lent or borrowed items that it was made from. Each access
checks that all of them still exist, so that unsharing a model ends access to everything made from
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashapp.ledger.ledger import Item, Ledger
from dashapp.storage.keys import SHARED, Kind

# Info that stays when the same item is made again.
MARKS = ("lent", "through", "borrowed")

Source = tuple[str, str]


def marks(
    ledger: Ledger, session: str, made: Source, made_from: Iterable[Source]
) -> dict[str, Any]:
    """Return the info of a new item that records what it depends on.

    Parameters
    ----------
    made
        Kind and id of the new item.
    made_from
        Kinds and ids of its sources.

    Returns
    -------
    dict
        Empty if all sources are the session's own, or if the item already is.
    """
    items = {source: ledger.item(session, *source) for source in made_from}
    borrowed = [list(source) for source, item in items.items() if item and needs_leave(item)]
    known = ledger.item(session, *made)
    if not borrowed:
        return {}
    if known is None:
        return {"borrowed": borrowed}
    # Changing a lent table and changing it back does not make the session its owner.
    return {mark: known.info[mark] for mark in MARKS if mark in known.info}


def needs_leave(item: Item) -> bool:
    """Whether access to an item ends when something else is no longer shared."""
    return bool(item.info.get("lent") or item.info.get("borrowed"))


def may_stay(ledger: Ledger, session: str, item: Item) -> bool:
    """Whether everything that an item depends on is still shared."""
    if item.info.get("lent"):
        through = item.info.get("through", ())
        return ledger.item(SHARED, item.kind, item.id) is not None and (
            not through or any(ledger.item(SHARED, Kind.MODEL, model) for model in through)
        )
    sources = [ledger.item(session, *source) for source in item.info.get("borrowed", ())]
    return all(source is not None and may_stay(ledger, session, source) for source in sources)
