"""What several tabs ask first: the model, and the segment of each customer."""

from __future__ import annotations

import pandas as pd
from dash.exceptions import PreventUpdate

from dashapp.auth.identity import current_session
from dashapp.page.context import Context
from dashapp.page.tab_state import Seen
from segmentation import SegmentModel


def model_of(context: Context, refs: object) -> tuple[Seen, SegmentModel]:
    """What the tab looks at, with its model; stops quietly where there is none."""
    seen = Seen.at(context, refs)
    if seen.model is None:
        raise PreventUpdate
    return seen, seen.model


def scores_of(context: Context, seen: Seen) -> pd.DataFrame:
    """Segment, confidence and place of each open customer."""
    return context.training.scores(current_session(), str(seen.refs.model), seen.refs.dataset)
