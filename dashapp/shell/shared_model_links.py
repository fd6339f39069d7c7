"""Links to shared models: signed-in users can open them by URL."""

from __future__ import annotations

from dashapp.auth.audit_log import note
from dashapp.auth.permissions import Right, is_person, may
from dashapp.page.context import Context
from dashapp.page.tab_state import Refs
from dashapp.storage.store import SessionExpiredError


def with_shared(context: Context, session: str, asked: Refs) -> Refs:
    """Return the references of a URL after granting the session its shared model.

    Any signed-in user may open a shared model, so its URL can be sent to colleagues. The model
    comes with the customers that were shared with it, unless the URL names other data.
    """
    if asked.model is None or not is_person():
        return asked
    known = context.ledger.item(session, "model", asked.model)
    if known is not None and not known.info.get("lent"):
        return asked
    try:
        lent = context.sharing.lend(session, asked.model, customers=may(Right.DATA))
    except SessionExpiredError:  # it is not shared
        return asked
    if known is None:  # only the first access is logged
        note("open_shared", model=asked.model, customers=lent.dataset is not None)
    return Refs(asked.dataset or lent.dataset, asked.model, asked.upload)
