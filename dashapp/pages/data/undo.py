"""Undo and Redo: move between the versions of a data set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.ledger.ledger import Item
from dashapp.page.context import Context
from dashapp.page.inputs import content_id_or_none, number_or_none
from dashapp.page.tab_state import Refs
from dashapp.pages.data.ids import Ids
from dashapp.shell import Ids as Shell

# More clicks than anybody makes before a button is redrawn.
MOST_STEPS = 50


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of the two buttons."""
    for button, step in ((Ids.UNDO, context.datasets.before), (Ids.REDO, context.datasets.after)):
        _register(app, context, button, step)


def _register(
    app: Dash, context: Context, button: Ids, step: Callable[[str, str], Item | None]
) -> None:
    @app.callback(
        Output(Shell.REFS, "data", allow_duplicate=True),
        Output(Shell.ALERT, "children", allow_duplicate=True),
        inputs={"clicks": Input(button, "n_clicks")},
        # The browser drops the response if the tab shows something else by then.
        state={"start": State(button, "value"), "_refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def take(clicks: object, start: object, _refs: object) -> Any:
        item = stepped(step, content_id_or_none(start), number_or_none(clicks))
        if item is None:
            return no_update, no_update
        model = context.training.latest(current_session(), item.id)
        # The error message no longer applies.
        return Refs(item.id, model.id if model else None).to_browser(), None


def stepped(
    step: Callable[[str, str], Item | None], start: str | None, clicks: float | None
) -> Item | None:
    """Return the data set some steps away; None if there is none.

    Parameters
    ----------
    step
        Returns the version before or after a data set.
    start
        The data set for which the button was drawn.
    clicks
        Clicks since then; each counts, even before the previous response arrives.
    """
    item = None
    for _ in range(min(int(clicks or 0), MOST_STEPS) if start else 0):
        following = step(current_session(), item.id if item else str(start))
        if following is None:
            break
        item = following
    return item
