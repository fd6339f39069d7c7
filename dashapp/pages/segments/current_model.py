"""The current model, and the segment of each customer."""

from __future__ import annotations

import pandas as pd
from dash.exceptions import PreventUpdate

from dashapp.auth.identity import current_session
from dashapp.page.context import Context
from dashapp.page.tab_state import Seen
from segmentation import SegmentModel


def model_of(context: Context, refs: object) -> tuple[Seen, SegmentModel]:
    """Return what the tab shows, with its model; raise PreventUpdate if it has none."""
    seen = Seen.at(context, refs)
    if seen.model is None:
        raise PreventUpdate
    return seen, seen.model


def scores_of(context: Context, seen: Seen) -> pd.DataFrame:
    """Return the segment, confidence and map position of each loaded customer."""
    return context.training.scores(current_session(), str(seen.refs.model), seen.refs.dataset)
