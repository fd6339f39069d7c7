"""What a session has by leave of a shared model: lent to it, or made from what was lent.

A line of the ledger says so in its info: ``lent`` (with ``through``, the shared models that a data
set came with), or ``borrowed``, the lent or borrowed things that it was made from. Each access
asks whether all of them are still there, so that taking a shared model back ends all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashapp.ledger.ledger import Item, Ledger
from dashapp.storage.keys import SHARED, Kind

# Whose info stays when the same thing is made again.
MARKS = ("lent", "through", "borrowed")

Source = tuple[str, str]


def marks(
    ledger: Ledger, session: str, made: Source, made_from: Iterable[Source]
) -> dict[str, Any]:
    """What the line of something new says about the leave that it needs.

    Parameters
    ----------
    made
        Kind and id of the new thing.
    made_from
        Kinds and ids of what it was made from.

    Returns
    -------
    dict
        Nothing where it was made from the session's own, or is the session's own already.
    """
    items = {source: ledger.item(session, *source) for source in made_from}
    borrowed = [list(source) for source, item in items.items() if item and needs_leave(item)]
    known = ledger.item(session, *made)
    if not borrowed:
        return {}
    if known is None:
        return {"borrowed": borrowed}
    # Changing a lent table and changing it back makes nobody its owner.
    return {mark: known.info[mark] for mark in MARKS if mark in known.info}


def needs_leave(item: Item) -> bool:
    """Whether a session has something only as long as something else is shared."""
    return bool(item.info.get("lent") or item.info.get("borrowed"))


def may_stay(ledger: Ledger, session: str, item: Item) -> bool:
    """Whether everything that something rests on is still shared."""
    if item.info.get("lent"):
        through = item.info.get("through", ())
        return ledger.item(SHARED, item.kind, item.id) is not None and (
            not through or any(ledger.item(SHARED, Kind.MODEL, model) for model in through)
        )
    sources = [ledger.item(session, *source) for source in item.info.get("borrowed", ())]
    return all(source is not None and may_stay(ledger, session, source) for source in sources)
