"""How the levels of a category are distributed over segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import LEGEND_ROOM, Canvas, empty_figure, named, share_axis
from dashapp.figures.drawing.contrast import color_at, ink_on
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.figures.profile_charts import segment_axis
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Segment

MAX_LEVELS = 8
# Characters per level in the legend, which is a column on phones.
LEGEND_LABEL = 20
# Minimum percentage of a bar for its number to be written inside.
MIN_WRITTEN = 7


def level_shares(segments: Sequence[Segment], column: str, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw how often each level of a category occurs in each segment."""
    with_column = [segment for segment in segments if segment.profile.levels.get(column)]
    if not with_column:
        return empty_figure("This category has no known values.", theme=theme)
    names, shares = _level_table(with_column, column)
    canvas = Canvas(
        theme,
        f"levels {column}",
        barmode="stack",
        xaxis={**share_axis("Share of the segment"), "range": [0, 100], "showgrid": True},
        yaxis={**segment_axis(with_column, theme), "autorange": "reversed"},
        margin={"t": LEGEND_ROOM, "r": 32},
    )
    rows = [segment.name for segment in with_column]
    for place, (name, color) in enumerate(zip(names, level_colors(len(names), theme), strict=True)):
        add_share_bar(canvas, rows, 100 * shares[:, place], name, color)
    return canvas.figure()


def add_share_bar(
    canvas: Canvas, rows: Sequence[str], percents: np.ndarray, name: str, color: str
) -> None:
    """Add one level to stacked bars of shares, with its number if it fits."""
    canvas.add(
        "bar",
        x=percents,
        y=list(rows),
        orientation="h",
        **named(name, LEGEND_LABEL),
        marker={"color": color},
        text=[f"{value:.0f} %" if value >= MIN_WRITTEN else "" for value in percents],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont={"color": ink_on(color)},
        textangle=0,
        hovertemplate=f"<b>{label(name)}</b> %{{x:.1f}} %<extra></extra>",
    )


def level_colors(count: int, theme: Theme) -> list[str]:
    """Return colors of a category's levels: one scale, distinct from the segments' colors."""
    scale = theme.sequential[1:]
    if count <= 1:
        return [scale[2]]
    return [color_at(scale, float(place)) for place in np.linspace(0, 1, count)]


def level_shares_reading(segments: Sequence[Segment], column: str) -> str:
    """Name the level that is most over-represented in a segment."""
    found = [
        (level.share - level.share / level.lift, level, segment)
        for segment in segments
        for level in segment.profile.levels.get(column, ())
        if level.lift > 0
    ]
    if not found:
        return "This category has no known values."
    gain, level, segment = max(found, key=lambda one: one[0])
    if gain < 0.05:
        return f"{column} is spread alike in all segments."
    return (
        f"{formatting.percent(level.share)} of {segment.name} have {column} {level.level}, "
        f"{formatting.number(level.lift, 1)} times everybody's share."
    )


def _level_table(segments: Sequence[Segment], column: str) -> tuple[list[str], np.ndarray]:
    names = [level.level for level in segments[0].profile.levels[column]]
    shares = np.array([[level.share for level in s.profile.levels[column]] for s in segments])
    if len(names) <= MAX_LEVELS:
        return names, shares
    # The most frequent levels keep their own bar, in the column's order.
    kept = np.sort(np.argsort(-shares.mean(axis=0), kind="stable")[: MAX_LEVELS - 1])
    rest = np.delete(shares, kept, axis=1).sum(axis=1, keepdims=True)
    return [*(names[i] for i in kept), "Other"], np.hstack([shares[:, kept], rest])
