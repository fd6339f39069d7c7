"""Segment names, edited in place on their cards."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update, set_props

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.page.context import Context
from dashapp.page.inputs import record, text_or_none
from dashapp.page.tab_state import Refs
from dashapp.pages.segments.ids import Ids
from dashapp.shell import Ids as Shell
from segmentation import ParameterError


def register(app: Dash, context: Context) -> None:
    """Add the callbacks that save new names."""
    app.clientside_callback(
        ClientsideFunction("portal", "renamed"),
        Output(Ids.NAMES, "data"),
        Input({"type": Ids.NAME, "segment": ALL}, "value"),
        State({"type": Ids.NAME, "segment": ALL}, "placeholder"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Shell.REFS, "data", allow_duplicate=True),
        Output(Shell.ALERT, "children", allow_duplicate=True),
        inputs={"names": Input(Ids.NAMES, "data")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def rename(names: object, refs: object) -> tuple[Any, Any]:
        before = Refs.parse(refs)
        if before.model is None or names is None:
            return no_update, no_update
        after = before
        for segment_id, name in record(names).items():
            after = renamed(
                context, after, segment_id, " ".join((text_or_none(name, limit=200) or "").split())
            )
        if after == before:
            return no_update, no_update
        return after.to_browser(), None  # clears an earlier error message


def renamed(context: Context, refs: Refs, segment_id: str, name: str) -> Refs:
    """Rename a segment and return the new references; a rejected name changes nothing."""
    assert refs.model is not None
    model = context.training.model(current_session(), refs.model)
    known = {segment.id: segment.name for segment in model.segments}
    if known.get(segment_id, name) == name:
        return refs
    try:
        return refs.with_model(
            context.training.rename(current_session(), refs.model, segment_id, name)
        )
    except ParameterError as error:
        refuse(segment_id, known[segment_id], str(error))
        return refs


def refuse(segment_id: str, name: str, sentence: str) -> None:
    """Restore a field's old name and show next to it why the new one was rejected."""
    set_props({"type": Ids.NAME, "segment": segment_id}, {"value": name})
    set_props({"type": Ids.NAME_NOTE, "segment": segment_id}, {"children": sentence})
