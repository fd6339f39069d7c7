"""Segments compared over several metrics, the largest differences first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from dashapp import formatting, units
from dashapp.figures.drawing.canvas import LEGEND_ROOM, Canvas, aid, empty_figure, label_axis, named
from dashapp.figures.drawing.short_names import short_names
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Profile, Segment

# More rows cannot be read at a glance.
MAX_COLUMNS = 14
# Two lines, short enough for a phone; the hover text gives the size of one step.
AXIS = "Standard deviations<br>from everybody"
CHOOSE = "Choose at least one segment to compare."
ALIKE = "There is no number in which these segments differ from everybody."


def _differences(
    segments: Sequence[Segment], columns: Sequence[str]
) -> tuple[list[str], np.ndarray]:
    """Rank columns by their range between segments and return their standardized distances.

    Percentages would rank noise first: near a mean of zero any difference is thousands of percent.

    Returns
    -------
    names : list of m str
    distances : ndarray of shape (m, k)
        (segment mean − overall mean) / overall standard deviation; NaN if unknown.
    """
    names = [name for name in columns if all(name in s.profile.numeric for s in segments)]
    if not names or not segments:
        return [], np.empty((0, len(segments)))
    distances = np.array([[_distance(s, name) for s in segments] for name in names])
    # A single segment has no range; use its distance from the overall mean instead.
    low = np.fmin.reduce(distances, axis=1, initial=0 if len(segments) == 1 else np.inf)
    high = np.fmax.reduce(distances, axis=1, initial=0 if len(segments) == 1 else -np.inf)
    ranges = np.where(high > low, high - low, 0)
    order = [i for i in np.argsort(-ranges, kind="stable") if ranges[i] > 0][:MAX_COLUMNS]
    return [names[i] for i in order], distances[order]


def _distance(segment: Segment, name: str) -> float:
    found = segment.profile.numeric[name]
    return found.z * units.direction(name) if np.isfinite(found.mean) else np.nan


def compare_segments(
    segments: Sequence[Segment],
    everybody: Profile,
    columns: Sequence[str],
    *,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw each segment's means, in standard deviations from the overall mean.

    Parameters
    ----------
    segments
        The segments to compare, at least one.
    everybody
        Profile of all customers, for the hover text.
    columns
        Numeric columns; constant ones are left out.
    """
    names, distances = _differences(segments, columns)
    if not names:
        return empty_figure(ALIKE if segments else CHOOSE, theme=theme)
    canvas = Canvas(
        theme,
        "compare",
        xaxis={
            "title": {"text": AXIS},
            "tickformat": ",.1~f",
            "showgrid": True,
            "zeroline": True,
            "zerolinecolor": theme.muted,
            "zerolinewidth": 1.5,
        },
        yaxis={**label_axis(names, "Column"), "autorange": "reversed"},
        hovermode="closest",
        margin={"t": LEGEND_ROOM, "b": 68},  # a two-line title
    )
    for name, row in zip(names, distances, strict=True):
        canvas.add(
            "scatter",
            x=[float(np.nanmin(row)), float(np.nanmax(row))],
            y=[name, name],
            mode="lines",
            line={"color": theme.border, "width": 4},
            hoverinfo="skip",
            showlegend=False,
            **aid(f"{name}: range"),
        )
    short = short_names([segment.name for segment in segments])
    for place, segment in enumerate(segments):
        averages = [formatting.told(n, segment.profile.numeric[n].mean) for n in names]
        overall = [formatting.told(n, everybody.numeric[n].mean) for n in names]
        canvas.add(
            "scatter",
            x=distances[:, place],
            y=names,
            mode="markers",
            marker={
                "color": theme.segment_color(segment.color),
                "size": 14,
                "line": {"color": theme.surface, "width": 2},
            },
            hovertext=[_hover(segment, everybody, name) for name in names],
            hoverinfo="text",
            **named(
                segment.name, extra={"segment's average": averages, "everybody's average": overall}
            )
            | {"name": short[segment.name]},
        )
    return canvas.figure()


def compare_segments_reading(
    segments: Sequence[Segment], everybody: Profile, columns: Sequence[str]
) -> str:
    """Name the column that differs most between the segments, in original units."""
    names, distances = _differences(segments, columns)
    if not names:
        return ALIKE if segments else CHOOSE
    top = segments[int(np.nanargmax(distances[0]))]
    low = segments[int(np.nanargmin(distances[0]))]
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
    against = f"<br>everybody {formatting.column_value(name, overall.mean)}"
    if found.index is not None:
        against += f" ({formatting.signed(found.index - 100)} %)"
    away = formatting.signed(found.z * units.direction(name), 1)
    return (
        f"<b>{label(segment.name)}</b><br>{label(name, 48)} "
        f"{formatting.column_value(name, found.mean)} on average{against}"
        f"<br>{away} standard deviations from everybody"
    )
