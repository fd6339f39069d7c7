"""What distinguishes segments: index against the average, shape, categories, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting, units
from dashapp.figures.drawing.canvas import Canvas, empty_figure, label_axis, named, scale_bar
from dashapp.figures.drawing.contrast import write_cells
from dashapp.figures.drawing.short_names import dotted, short_names, stacked
from dashapp.figures.drawing.wrapped_labels import in_lines, label, labels
from dashapp.theme import LIGHT, Theme, color_scale, translucent

if TYPE_CHECKING:
    from segmentation import Profile, Segment

# Indexes at which the color scale ends: half and twice the overall average.
INDEX_LOW, INDEX_HIGH = 50, 200
# More columns would make the cells unreadable; the most important ones are kept.
MAX_TRAITS = 16
# Indexes closer to 100 than this (as a binary logarithm) count as 100.
SAME = 0.007
NO_INDEX = "no index: everybody's average is not clearly above zero"
NO_VALUES = "no known values in this segment"
# Characters per line next to the radar, and by how many a word may exceed it on a phone.
RING = (11, 2)
# More segments do not fit side by side; they become the rows.
MAX_SIDE_BY_SIDE = 6


def compared(segments: Sequence[Segment], columns: Sequence[str]) -> list[str]:
    """Return the numeric columns to compare, in the given order, at most MAX_TRAITS.

    Dates are left out, because ratios of days mean nothing. Empty if no column has an index in any
    segment.
    """
    names = [
        name
        for name in columns
        if not units.is_day(name) and all(name in s.profile.numeric for s in segments)
    ]
    has_index = any(s.profile.numeric[n].index is not None for n in names for s in segments)
    return names[:MAX_TRAITS] if has_index else []


def index_table(segments: Sequence[Segment], columns: Sequence[str]) -> np.ndarray:
    """Return the index of each column (row) in each segment (column), NaN if there is none."""
    rows = [[_index(s, name) for s in segments] for name in columns]
    return np.array(rows, dtype=np.float64).reshape(len(columns), len(segments))


def _index(segment: Segment, name: str) -> float:
    index = segment.profile.numeric[name].index
    return np.nan if index is None else index


def _ratio(index: np.ndarray, end: float) -> np.ndarray:
    """Return log2(index / 100) clipped to ±end; NaN stays NaN, zero or less becomes −end."""
    known = np.isfinite(index) & (index > 0)
    ratio = np.clip(np.log2(np.where(known, index, 100.0) / 100), -end, end)
    return np.where(np.isnan(index), np.nan, np.where(known, ratio, -end))


def index_heatmap(
    segments: Sequence[Segment], columns: Sequence[str], *, theme: Theme = LIGHT
) -> go.Figure:
    """Draw each segment's averages as an index (overall average = 100).

    Colors follow the logarithm, so that half and twice are equally far from 100. A column whose
    average is not clearly above zero has no index: its cells are empty and say why.

    Parameters
    ----------
    columns
        Most important first; those beyond MAX_TRAITS are left out.
    """
    names = compared(segments, columns)
    if not names or not segments:
        return empty_figure("No numeric column can be compared with everybody.", theme=theme)
    index = index_table(segments, names)
    ends = np.log2(INDEX_HIGH / 100)
    ratio = _ratio(index, float(ends))
    sideways = len(segments) > MAX_SIDE_BY_SIDE
    own = segment_axis(segments, theme, across=not sideways)
    # Slanted column names stay on one line.
    written = labels(names) if sideways else None
    traits = {**label_axis(names, "Column", written), "ticks": "", "showline": False}
    canvas = Canvas(
        theme,
        "index",
        xaxis={**traits, "tickangle": -45} if sideways else {**own, "side": "top", "tickangle": 0},
        yaxis={**(own if sideways else traits), "autorange": "reversed"},
        margin={} if sideways else {"t": 80, "b": 72},  # names above, the scale below
    )
    told = [
        [formatting.MISSING if np.isnan(v) else formatting.number(v) for v in row] for row in index
    ]
    hover = _index_hover(segments, names)
    rows = [segment.name for segment in segments]
    canvas.add(
        "heatmap",
        z=(ratio.T if sideways else ratio).astype(np.float32),
        x=names if sideways else rows,
        y=rows if sideways else names,
        customdata=(index.T if sideways else index).round(1).tolist(),
        hovertext=_turned(hover) if sideways else hover,
        zmin=-ends,
        zmax=ends,
        colorscale=color_scale(theme.diverging),
        xgap=3,
        ygap=3,
        hovertemplate="%{hovertext}<extra></extra>",
        hoverongaps=True,  # an empty cell says why it is empty
        name="index",
        meta={"measure": "index (everybody = 100)"},
        showscale=not sideways,
        colorbar=scale_bar(
            "Index (everybody = 100)",
            theme,
            tickvals=[-ends, 0, ends],
            ticktext=[f"≤ {INDEX_LOW}", "100", f"≥ {INDEX_HIGH}"],
        ),
    )
    shown = ratio.T if sideways else ratio
    texts = _turned(told) if sideways else told
    write_cells(canvas, texts, (shown + ends) / (2 * ends), theme.diverging, theme=theme)
    return canvas.figure()


def _turned(rows: list[list[str]]) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


def index_heatmap_reading(segments: Sequence[Segment], columns: Sequence[str]) -> str:
    """Describe the cell that is furthest from the overall average."""
    names = compared(segments, columns)
    if not names or not segments:
        return "No numeric column can be compared with everybody."
    index = index_table(segments, names)
    distance = np.abs(np.log2(np.where(index > 0, index, np.nan) / 100))
    shown = "100 is everybody's average."
    if len(names) == MAX_TRAITS < len(columns):
        shown = f"The {len(names)} most telling of {len(columns)} columns. {shown}"
    if np.all(np.isnan(distance)) or np.nanmax(distance) < SAME:
        return shown
    i, j = np.unravel_index(int(np.nanargmax(distance)), distance.shape)
    found = segments[int(j)].profile.numeric[names[int(i)]]
    value = formatting.column_value(names[int(i)], found.mean)
    return (
        f"{shown} {segments[int(j)].name} stands out most: "
        f"{names[int(i)]} is {value} on average, index {formatting.number(index[i, j])}."
    )


def profile_radar(
    segments: Sequence[Segment], columns: Sequence[str], *, theme: Theme = LIGHT
) -> go.Figure:
    """Draw the shape of each segment: 0 is the lowest segment average, 100 the highest."""
    names = [name for name in columns if all(name in s.profile.numeric for s in segments)]
    if len(names) < 3 or not segments:
        return empty_figure("A radar needs at least three numeric columns.", theme=theme)
    means = np.array([[s.profile.numeric[name].mean for name in names] for s in segments])
    places = means * [units.direction(name) for name in names]
    spread = np.ptp(places, axis=0)
    scaled = np.where(
        spread > 0, 100 * (places - places.min(axis=0)) / np.where(spread > 0, spread, 1), 50
    )
    ring = [in_lines(label(name, 24), *RING) for name in (*names, names[0])]
    canvas = Canvas(
        theme,
        "radar",
        margin={"l": 96, "r": 96, "t": 44, "b": 96},
        polar={
            "radialaxis": {"range": [0, 105], "tickvals": [0, 50, 100], "angle": 90,
                           "tickangle": 90, "showline": False},
            "angularaxis": {"rotation": 90, "direction": "clockwise"},
        },
        legend={"y": -0.12, "yanchor": "top", "x": 0.5, "xanchor": "center"},
    )  # fmt: skip
    short = short_names([segment.name for segment in segments])
    for segment, values, real in zip(segments, scaled, means, strict=True):
        color = theme.segment_color(segment.color)
        say = [formatting.column_value(n, float(v)) for n, v in zip(names, real, strict=True)]
        told = [formatting.told(n, float(v)) for n, v in zip(names, real, strict=True)]
        canvas.add(
            "scatterpolar",
            r=np.append(values, values[0]).astype(np.float32),
            theta=ring,
            **named(
                segment.name,
                measure="place (0 = lowest average of a segment, 100 = highest)",
                traits=[*names, names[0]],
                extra={"average": [*told, told[0]]},
            )
            | {"name": short[segment.name]},
            line={"color": color, "width": 2.2},
            marker={"color": color, "size": 6},
            mode="lines+markers",
            fill="toself",
            fillcolor=translucent(color, 0.08),
            customdata=[*say, say[0]],
            text=[label(name, 80) for name in (*names, names[0])],
            hovertemplate="%{text}<br><b>%{customdata}</b> on average",
        )
    return canvas.figure()


def profile_radar_reading(segments: Sequence[Segment], columns: Sequence[str]) -> str:
    """Explain the scale and name the segment that leads most often."""
    names = [name for name in columns if all(name in s.profile.numeric for s in segments)]
    if len(names) < 3 or not segments:
        return "A radar needs at least three numeric columns."
    means = np.array([[s.profile.numeric[name].mean for name in names] for s in segments])
    places = means * [units.direction(name) for name in names]
    wins = np.bincount(np.argmax(places, axis=0), minlength=len(segments))
    leader = int(np.argmax(wins))
    return (
        "On each axis 100 is the segment with the highest average and 0 the one with the "
        f"lowest. {segments[leader].name} leads on {wins[leader]} of {len(names)} "
        "axes."
    )


def profile_table(segments: Sequence[Segment], everybody: Profile) -> pd.DataFrame:
    """Return averages in original units: one row per segment and one for all customers.

    Returns
    -------
    DataFrame
        Columns Segment, Customers, the mean of each numeric column, and the most frequent
        level of each category with its share.
    """
    rows = [(segment.name, segment.profile) for segment in segments]
    return pd.DataFrame([_profile_row(n, p) for n, p in [*rows, ("Everybody", everybody)]])


def _profile_row(name: str, profile: Profile) -> dict[str, Any]:
    row: dict[str, Any] = {"Segment": name, "Customers": profile.size}
    row |= {column: found.mean for column, found in profile.numeric.items()}
    for column, levels in profile.levels.items():
        top = max(levels, key=lambda level: level.share, default=None)
        row[column] = (
            f"{top.level} ({formatting.percent(top.share)})" if top else formatting.MISSING
        )
    return row


def segment_axis(
    segments: Sequence[Segment], theme: Theme, *, across: bool = False
) -> dict[str, Any]:
    """Return an axis of segments, each with a colored dot; wrapped if it is horizontal."""
    ticks = stacked(segments, theme) if across else dotted(segments, theme)
    axis: dict[str, Any] = label_axis([s.name for s in segments], "Segment", ticks)
    return axis | {"tickfont": {"size": 12, "color": theme.text}, "showline": False, "ticks": ""}


def _index_hover(segments: Sequence[Segment], names: Sequence[str]) -> list[list[str]]:
    return [[_index_words(segment, name) for segment in segments] for name in names]


def _index_words(segment: Segment, name: str) -> str:
    found = segment.profile.numeric[name]
    head = f"<b>{label(segment.name)}</b><br>{label(name, 48)}"
    if np.isnan(found.mean):
        return f"{head}<br>{NO_VALUES}"
    index = NO_INDEX if found.index is None else f"index {formatting.number(found.index)}"
    return f"{head} {formatting.column_value(name, found.mean)} on average<br>{index}"
