"""Any column, by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.distributions import add_box
from dashapp.figures.drawing.canvas import (
    Canvas,
    below_labels,
    empty_figure,
    label_axis,
    measured_axis,
    share_axis,
)
from dashapp.figures.drawing.plotted_values import (
    box_of,
    groups,
    is_date,
    is_measured,
    known_in,
    numbers,
    places,
    teller,
)
from dashapp.figures.drawing.short_names import dotted
from dashapp.figures.levels import add_share_bar, level_colors
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Segment

MAX_LEVELS = 8


def column_by_segment(
    frame: pd.DataFrame,
    segment_ids: pd.Series,
    segments: Sequence[Segment],
    column: str,
    *,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw any column by segment: box plots of a number, stacked shares of a category.

    Parameters
    ----------
    segment_ids
        Segment of each row of ``frame``, in the same order.
    """
    code = places(segment_ids, [segment.id for segment in segments])
    inside = np.flatnonzero(np.bincount(code + 1, minlength=len(segments) + 1)[1:])
    if not len(inside):
        return empty_figure(theme=theme)
    present = [segments[place] for place in inside.tolist()]
    if len(present) < len(segments):
        code = np.searchsorted(inside, code) - (code < 0)
    names = [segment.name for segment in present]
    ticks = dotted(present, theme)
    rows = {**label_axis(names, "Segment", ticks), "autorange": "reversed"}
    if is_measured(frame, column):
        return _boxes(frame, code, present, column, rows=rows, theme=theme)
    return _stacked(frame, code, present, column, rows=rows, theme=theme)


def _boxes(
    frame: pd.DataFrame,
    code: np.ndarray,
    segments: Sequence[Segment],
    column: str,
    *,
    rows: dict[str, object],
    theme: Theme,
) -> go.Figure:
    canvas = Canvas(
        theme,
        f"by segment {column}",
        xaxis=below_labels(measured_axis(column, date=is_date(frame, column))),
        yaxis=rows,
        showlegend=False,
        boxgap=0.4,
    )
    values = numbers(frame, column)
    for segment, part in zip(segments, known_in(values, code, len(segments)), strict=True):
        if len(part):
            color = theme.segment_color(segment.color)
            add_box(canvas, part, segment.name, color, teller(frame, column))
    return canvas.figure()


def _stacked(
    frame: pd.DataFrame,
    code: np.ndarray,
    segments: Sequence[Segment],
    column: str,
    *,
    rows: dict[str, object],
    theme: Theme,
) -> go.Figure:
    levels = groups(frame, column, MAX_LEVELS)
    canvas = Canvas(
        theme,
        f"by segment {column}",
        barmode="stack",
        xaxis={**share_axis("Share of the segment"), "range": [0, 100], "showgrid": True},
        yaxis=rows,
    )
    shares = np.zeros((len(segments), len(levels.names)))
    for place in range(len(segments)):
        inside = levels.codes[(code == place) & (levels.codes >= 0)]
        counts = np.bincount(inside, minlength=len(levels.names))
        shares[place] = 100 * counts / max(int(counts.sum()), 1)
    names = [segment.name for segment in segments]
    for place, color in enumerate(level_colors(len(levels.names), theme)):
        add_share_bar(canvas, names, shares[:, place], levels.names[place], color)
    return canvas.figure()


def column_by_segment_reading(
    frame: pd.DataFrame, segment_ids: pd.Series, segments: Sequence[Segment], column: str
) -> str:
    """Compare the segments' medians, or name the segment where a level is most frequent."""
    code = places(segment_ids, [segment.id for segment in segments])
    if not is_measured(frame, column):
        return _level_reading(frame, code, segments, column)
    values = numbers(frame, column)
    medians = {
        segment.name: box_of(part).median
        for segment, part in zip(segments, known_in(values, code, len(segments)), strict=True)
        if len(part)
    }
    if len(medians) < 2:
        return "No customers with a value are left." if not medians else "There is one segment."
    top, low = max(medians, key=lambda n: medians[n]), min(medians, key=lambda n: medians[n])
    say = teller(frame, column)
    return (
        f"The median of {column} is highest in {top} ({say(medians[top])}) "
        f"and lowest in {low} ({say(medians[low])})."
    )


def _level_reading(
    frame: pd.DataFrame, code: np.ndarray, segments: Sequence[Segment], column: str
) -> str:
    levels = groups(frame, column, MAX_LEVELS)
    shares = [
        (float((inside == level_place).mean()), segment.name, level)
        for place, segment in enumerate(segments)
        if len(inside := levels.codes[(code == place) & (levels.codes >= 0)])
        for level_place, level in enumerate(levels.names)
    ]
    if not shares:
        return "No customers with a value are left."
    share, segment_name, level = max(shares)
    return f"{level} is most frequent in {segment_name}: {formatting.percent(share)} of it."
