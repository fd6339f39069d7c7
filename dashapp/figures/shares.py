"""How customers and revenue divide among segments, and any column by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.canvas import (
    canvas,
    dotted,
    empty_figure,
    label,
    label_axis,
    measured_axis,
    share_axis,
)
from dashapp.figures.distributions import add_box
from dashapp.figures.levels import add_share_bar, level_colors
from dashapp.figures.values import groups, is_date, is_measured, known, numbers, places, teller
from dashapp.theme import LIGHT, Theme, translucent

if TYPE_CHECKING:
    from segmentation import Segment

MAX_LEVELS = 8
# Characters of a name in the donut's legend.
SLICE_NAME = 34
# Room beyond the longest bar for its number, as a part of that bar.
ROOM = 0.35
# Revenue share over customer share from which a segment is worth naming.
NOTABLE_RATIO = 1.2


def in_no_segment(segments: Sequence[Segment]) -> int:
    """Customers that an algorithm left out of all segments, from the segments' own shares.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> in_no_segment([SimpleNamespace(size=30, share=0.3), SimpleNamespace(size=50, share=0.5)])
    20
    """
    sized = [segment for segment in segments if segment.share > 0]
    if not sized:
        return 0
    largest = max(sized, key=lambda segment: segment.size)
    total = round(largest.size / largest.share)
    return max(total - sum(segment.size for segment in segments), 0)


def customers_donut(segments: Sequence[Segment], *, theme: Theme = LIGHT) -> go.Figure:
    """Share of customers in each segment, in the segments' own order and colors.

    Customers in no segment have a slice of their own, so that the shares are those of the cards.
    """
    slices = [(s.name, s.size, theme.segment_color(s.color)) for s in segments]
    left_out = in_no_segment(segments)
    if left_out:
        slices.append(("Unassigned", left_out, theme.unassigned))
    total = sum(size for _, size, _ in slices)
    if not total:
        return empty_figure("There are no customers in segments.", theme=theme)
    figure = canvas(
        theme,
        "donut",
        xaxis={"visible": False, "title": {"text": "share"}},
        yaxis={"visible": False, "title": {"text": "share"}},
        # Names beside the slices would be cut on a phone: the legend has room for them.
        legend={"y": -0.06, "yanchor": "top", "x": 0.5, "xanchor": "center"},
        margin={"l": 24, "r": 24, "t": 32, "b": 24},
    )
    short = [label(name, SLICE_NAME) for name, _, _ in slices]
    whole = [label(name, 400) for name, _, _ in slices]
    figure.add_pie(
        # Slices with the same label would become one.
        labels=short if len(set(short)) == len(short) else whole,
        meta={"labels": [name for name, _, _ in slices]},
        hovertext=whole,
        customdata=[formatting.percent(size / total) for _, size, _ in slices],
        values=np.array([size for _, size, _ in slices], dtype=np.int64),
        hole=0.66,
        sort=False,
        direction="clockwise",
        name="customers",
        marker={
            "colors": [color for _, _, color in slices],
            "line": {"color": theme.surface, "width": 3},
        },
        texttemplate="%{customdata}",
        textposition="outside",
        automargin=True,
        outsidetextfont={"color": theme.text, "size": 12},
        hovertemplate="<b>%{hovertext}</b><br>%{value:,.0f} customers, %{customdata}"
        "<extra></extra>",
    )
    figure.add_annotation(
        text=f"<b>{formatting.compact(total)}</b><br>customers",
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 16, "color": theme.text},
    )
    return figure


def customers_donut_reading(segments: Sequence[Segment]) -> str:
    """Name the largest and the smallest segment."""
    total = sum(segment.size for segment in segments) + in_no_segment(segments)
    if not total:
        return "There are no customers in segments."
    largest = max(segments, key=lambda s: s.size)
    smallest = min(segments, key=lambda s: s.size)
    text = (
        f"{largest.name} is the largest segment with {formatting.number(largest.size)} customers "
        f"({formatting.percent(largest.size / total)})"
    )
    if largest.id == smallest.id:
        return f"{text}."
    return (
        f"{text}, {smallest.name} the smallest with {formatting.number(smallest.size)} "
        f"({formatting.percent(smallest.size / total)})."
    )


def share_bars(segments: Sequence[Segment], *, theme: Theme = LIGHT) -> go.Figure:
    """Share of customers beside share of revenue, segment by segment."""
    if not segments:
        return empty_figure("There are no segments.", theme=theme)
    ticks = [dotted(s.name, theme.segment_color(s.color)) for s in segments]
    names = [segment.name for segment in segments]
    has_revenue = any(segment.revenue_share is not None for segment in segments)
    longest = max(max(s.share, s.revenue_share or 0.0) for s in segments) or 1.0
    figure = canvas(
        theme,
        "shares",
        barmode="group",
        bargroupgap=0.08,
        xaxis={**share_axis("Share"), "showgrid": True, "range": [0, 100 * longest * (1 + ROOM)]},
        yaxis={**label_axis(names, "Segment", ticks), "autorange": "reversed"},
        legend={"traceorder": "normal"},
        showlegend=has_revenue,
        uniformtext={"mode": False},
    )
    colors = [theme.segment_color(segment.color) for segment in segments]
    parts = [("Customers", [s.share for s in segments], [translucent(c, 0.45) for c in colors])]
    if has_revenue:
        parts.append(("Revenue", [s.revenue_share or 0.0 for s in segments], colors))
    for name, shares, fill in parts:
        figure.add_bar(
            x=100 * np.array(shares),
            y=names,
            orientation="h",
            name=name,
            marker={"color": fill, "cornerradius": 3},
            text=[formatting.percent(share) for share in shares],
            textposition="outside",
            textfont={"color": theme.muted, "size": 12},
            cliponaxis=False,
            hovertemplate=f"<b>%{{text}}</b> of {name.lower()}<extra></extra>",
        )
    return figure


def share_bars_reading(segments: Sequence[Segment]) -> str:
    """Name the segment that brings in more than its number of customers suggests."""
    with_revenue = [s for s in segments if s.revenue_share is not None and s.share > 0]
    if not with_revenue:
        return "The data have no spend column, so only customers are shown."
    best = max(with_revenue, key=lambda s: (s.revenue_share or 0.0) / s.share)
    ratio = (best.revenue_share or 0.0) / best.share
    if ratio < NOTABLE_RATIO:
        return "Each segment brings in about as much revenue as its number of customers suggests."
    return (
        f"{best.name} is {formatting.percent(best.share)} of customers and "
        f"{formatting.percent(best.revenue_share)} of revenue."
    )


def column_by_segment(
    frame: pd.DataFrame,
    segment_ids: pd.Series,
    segments: Sequence[Segment],
    column: str,
    *,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Any column by segment: boxes of a number, stacked shares of a category.

    Parameters
    ----------
    segment_ids
        Segment of each row of ``frame``, in its order.
    """
    code = places(segment_ids, [segment.id for segment in segments])
    inside = np.unique(code[code >= 0])
    if not len(inside):
        return empty_figure(theme=theme)
    present = [segments[place] for place in inside]
    code = np.searchsorted(inside, code) - (code < 0)
    names = [segment.name for segment in present]
    ticks = [dotted(s.name, theme.segment_color(s.color)) for s in present]
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
    figure = canvas(
        theme,
        f"by segment {column}",
        xaxis={**measured_axis(column, date=is_date(frame, column)), "showgrid": True},
        yaxis=rows,
        showlegend=False,
        boxgap=0.4,
    )
    values = numbers(frame, column)
    for place, segment in enumerate(segments):
        part = known(values[code == place])
        if len(part):
            color = theme.segment_color(segment.color)
            add_box(figure, part, segment.name, color, teller(frame, column))
    return figure


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
    figure = canvas(
        theme,
        f"by segment {column}",
        barmode="stack",
        xaxis={**share_axis("Share of the segment"), "range": [0, 100], "showgrid": True},
        yaxis=rows,
        legend={"title": {"text": label(column)}, "traceorder": "normal"},
    )
    shares = np.zeros((len(segments), len(levels.names)))
    for place in range(len(segments)):
        inside = levels.codes[(code == place) & (levels.codes >= 0)]
        counts = np.bincount(inside, minlength=len(levels.names))
        shares[place] = 100 * counts / max(int(counts.sum()), 1)
    names = [segment.name for segment in segments]
    for place, color in enumerate(level_colors(len(levels.names), theme)):
        add_share_bar(figure, names, shares[:, place], levels.names[place], color)
    return figure


def column_by_segment_reading(
    frame: pd.DataFrame, segment_ids: pd.Series, segments: Sequence[Segment], column: str
) -> str:
    """Compare the segments' medians, or name the segment where a level is most frequent."""
    code = places(segment_ids, [segment.id for segment in segments])
    if not is_measured(frame, column):
        return _level_reading(frame, code, segments, column)
    values = numbers(frame, column)
    medians = {
        segment.name: float(np.median(part))
        for place, segment in enumerate(segments)
        if len(part := known(values[code == place]))
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
