"""Names of segments, edited in place on their cards."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update, set_props

from dashapp.page import Context, Refs, text_or_none
from dashapp.pages.segments.ids import Ids
from dashapp.session.identity import current_session
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from segmentation import ParameterError


def register(app: Dash, context: Context) -> None:
    """Add the callback that takes new names."""

    @app.callback(
        Output(Shell.REFS, "data", allow_duplicate=True),
        Output(Shell.ALERT, "children", allow_duplicate=True),
        inputs={"_names": Input({"type": Ids.NAME, "segment": ALL}, "value")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def rename(_names: list[Any], refs: object) -> tuple[Any, Any]:
        parsed = Refs.parse(refs)
        if parsed.model is None or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update
        segment_id = str(ctx.triggered_id["segment"])
        name = " ".join((text_or_none(ctx.triggered[0]["value"], limit=200) or "").split())
        model = context.training.model(current_session(), parsed.model)
        known = {segment.id: segment.name for segment in model.segments}
        if known.get(segment_id) == name or segment_id not in known:
            return no_update, no_update
        try:
            renamed = context.training.rename(current_session(), parsed.model, segment_id, name)
        except ParameterError as error:
            refuse(segment_id, known[segment_id], str(error))
            return no_update, no_update
        return parsed.with_model(renamed).to_browser(), None  # an earlier complaint is settled


def refuse(segment_id: str, name: str, sentence: str) -> None:
    """Give a field its old name back and say beside it what was wrong with the new one."""
    set_props({"type": Ids.NAME, "segment": segment_id}, {"value": name})
    set_props({"type": Ids.NAME_NOTE, "segment": segment_id}, {"children": sentence})
