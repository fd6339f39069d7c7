"""Segments side by side over several metrics, the largest differences first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.canvas import canvas, empty_figure, label, label_axis
from dashapp.figures.profiles import index_table, indexed
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Profile, Segment

# More rows than this cannot be read at a glance.
MAX_COLUMNS = 14


def _differences(
    segments: Sequence[Segment], columns: Sequence[str]
) -> tuple[list[str], np.ndarray]:
    """Columns with the largest range between segments first, and percent above everybody."""
    names = indexed(segments, columns)
    if not names or not segments:
        return [], np.empty((0, len(segments)))
    percents = index_table(segments, names) - 100
    order = np.argsort(-np.ptp(np.nan_to_num(percents), axis=1), kind="stable")[:MAX_COLUMNS]
    return [names[i] for i in order], percents[order]


def compare_segments(
    segments: Sequence[Segment],
    everybody: Profile,
    columns: Sequence[str],
    *,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Each segment's averages as percent above or below everybody's.

    Parameters
    ----------
    segments
        The segments to compare, at least one.
    everybody
        Profile of all customers, for the hover.
    columns
        Numeric columns; those without an index are left out.
    """
    names, percents = _differences(segments, columns)
    if not names:
        return empty_figure("Choose at least one segment to compare.", theme=theme)
    figure = canvas(
        theme,
        "compare",
        xaxis={
            "title": {"text": "Average compared to everybody (%)"},
            "tickformat": "+,.0f",
            "ticksuffix": " %",
            "showgrid": True,
            "zeroline": True,
            "zerolinecolor": theme.muted,
            "zerolinewidth": 1.5,
        },
        yaxis={**label_axis(names, "Column"), "autorange": "reversed"},
        hovermode="closest",
    )
    for name, row in zip(names, percents, strict=True):
        figure.add_scatter(
            x=[float(np.nanmin(row)), float(np.nanmax(row))],
            y=[name, name],
            mode="lines",
            line={"color": theme.border, "width": 4},
            hoverinfo="skip",
            showlegend=False,
            name=label(f"{name}: range"),
        )
    for place, segment in enumerate(segments):
        figure.add_scatter(
            x=percents[:, place],
            y=names,
            mode="markers",
            name=label(segment.name),
            marker={
                "color": theme.segment_color(segment.color),
                "size": 14,
                "line": {"color": theme.surface, "width": 2},
            },
            hovertext=[_hover(segment, everybody, name) for name in names],
            hoverinfo="text",
        )
    return figure


def compare_segments_reading(
    segments: Sequence[Segment], everybody: Profile, columns: Sequence[str]
) -> str:
    """Name the column in which the chosen segments differ most, in original units."""
    names, percents = _differences(segments, columns)
    if not names:
        return "Choose at least one segment to compare."
    top, low = segments[int(np.nanargmax(percents[0]))], segments[int(np.nanargmin(percents[0]))]
    say = formatting.column_value
    name = names[0]
    if top.id == low.id:
        return (
            f"{top.name} differs from everybody most in {name}: "
            f"{say(name, top.profile.numeric[name].mean)} on average against "
            f"{say(name, everybody.numeric[name].mean)}."
        )
    return (
        f"They differ most in {name}: {say(name, top.profile.numeric[name].mean)} on average in "
        f"{top.name}, {say(name, low.profile.numeric[name].mean)} in {low.name}."
    )


def _hover(segment: Segment, everybody: Profile, name: str) -> str:
    found, overall = segment.profile.numeric[name], everybody.numeric[name]
    return (
        f"<b>{label(segment.name)}</b><br>{label(name, 48)} "
        f"{formatting.column_value(name, found.mean)} on average"
        f"<br>everybody {formatting.column_value(name, overall.mean)}"
    )
