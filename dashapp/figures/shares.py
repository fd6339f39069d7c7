"""How customers and revenue are divided among segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import Canvas, empty_figure, label_axis, share_axis
from dashapp.figures.drawing.contrast import blended
from dashapp.figures.drawing.short_names import dotted, short_names
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Segment

# Characters of a name in the donut's legend.
SLICE_NAME = 34
# From this number of customers on, the donut's hole abbreviates it.
WHOLE_NUMBER = 1_000_000
# Space beyond the longest bar for its number, as a fraction of that bar.
ROOM = 0.35
# Ratio of revenue share to customer share from which a segment is mentioned.
NOTABLE_RATIO = 1.2


def in_no_segment(segments: Sequence[Segment]) -> int:
    """Return the number of customers without a segment, computed from the segments' shares.

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
    """Draw the share of customers in each segment, in the segments' order and colors.

    Customers in no segment have their own slice, so that shares match those of the cards.
    """
    slices = [(s.name, s.size, theme.segment_color(s.color)) for s in segments]
    left_out = in_no_segment(segments)
    if left_out:
        slices.append(("Unassigned", left_out, theme.unassigned))
    total = sum(size for _, size, _ in slices)
    if not total:
        return empty_figure("There are no customers in segments.", theme=theme)
    canvas = Canvas(
        theme,
        "donut",
        xaxis={"visible": False, "title": {"text": "share"}},
        yaxis={"visible": False, "title": {"text": "share"}},
        # Names next to the slices would be cut off on a phone; the legend has space for them.
        legend={"y": -0.06, "yanchor": "top", "x": 0.5, "xanchor": "center"},
        # Space for the numbers around the ring and the legend below it.
        margin={"l": 56, "r": 56, "t": 32, "b": 76},
    )
    # Write 12,000 in full, as "12 k" is less precise; seven digits would not fit the hole.
    written = formatting.number(total) if total < WHOLE_NUMBER else formatting.compact(total)
    short = list(short_names([name for name, _, _ in slices], SLICE_NAME).values())
    whole = [label(name, 400) for name, _, _ in slices]
    canvas.add(
        "pie",
        # Plotly would merge slices with the same label.
        labels=short if len(set(short)) == len(slices) else whole,
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
        outsidetextfont={"color": theme.text, "size": 12},
        hovertemplate="<b>%{hovertext}</b><br>%{value:,.0f} customers, %{customdata}"
        "<extra></extra>",
    )
    canvas.note(
        text=f"<b>{written}</b><br>customers",
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 16, "color": theme.text},
    )
    return canvas.figure()


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
    """Draw the share of customers next to the share of revenue, by segment."""
    if not segments:
        return empty_figure("There are no segments.", theme=theme)
    ticks = dotted(segments, theme)
    names = [segment.name for segment in segments]
    has_revenue = any(segment.revenue_share is not None for segment in segments)
    longest = max(max(s.share, s.revenue_share or 0.0) for s in segments) or 1.0
    canvas = Canvas(
        theme,
        "shares",
        barmode="group",
        bargroupgap=0.08,
        xaxis={
            **share_axis("Share"),
            "showgrid": True,
            "nticks": 4,
            "range": [0, 100 * longest * (1 + ROOM)],
        },
        yaxis={**label_axis(names, "Segment", ticks), "autorange": "reversed"},
        showlegend=has_revenue,
        uniformtext={"mode": False},
    )
    colors = [theme.segment_color(segment.color) for segment in segments]
    # The customers' bars are paler, unless there is no revenue.
    pale = [blended(color, theme.surface, 0.45) for color in colors]
    parts = [("Customers", [s.share for s in segments], pale if has_revenue else colors)]
    if has_revenue:
        parts.append(("Revenue", [s.revenue_share or 0.0 for s in segments], colors))
    for name, shares, fill in parts:
        canvas.add(
            "bar",
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
    return canvas.figure()


def share_bars_reading(segments: Sequence[Segment]) -> str:
    """Name the segment with the most revenue relative to its number of customers."""
    with_revenue = [s for s in segments if s.revenue_share is not None and s.share > 0]
    if not with_revenue:
        return "No column says what customers spend or pay, so only customers are shown."
    best = max(with_revenue, key=lambda s: (s.revenue_share or 0.0) / s.share)
    ratio = (best.revenue_share or 0.0) / best.share
    if ratio < NOTABLE_RATIO:
        return "Each segment brings in about as much revenue as its number of customers suggests."
    return (
        f"{best.name} is {formatting.percent(best.share)} of customers and "
        f"{formatting.percent(best.revenue_share)} of revenue."
    )
