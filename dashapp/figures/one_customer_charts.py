"""One customer: the reasons for the segment, and the position on the map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import Canvas, empty_figure, label_axis
from dashapp.figures.drawing.short_names import short_names
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.figures.map_sample import MAX_POINTS_BEHIND
from dashapp.figures.segment_map import Place, flat_map
from dashapp.theme import LIGHT, MARGIN, Theme, translucent

if TYPE_CHECKING:
    from segmentation import Assignment, SegmentModel

MAX_BARS = 8
# Pixels on the map: the plot area on a wide screen and on a phone; a character, a line, a mark, and
# the distance of a name from its center.
MAP_SIZES = ((300, 240), (160, 160))
LETTER, LINE, MARK, NAME_SHIFT = 7, 22, 18, 23
ALONE = "There is only one segment, so nothing pulls elsewhere."


def contributions_bar(found: Assignment, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw the pull of each column towards the segment and towards the runner-up."""
    pulls = found.contributions[:MAX_BARS]
    if not pulls or found.runner_up is None:
        return empty_figure(ALONE, theme=theme)
    names = [name for name, _ in pulls]
    values = np.array([value for _, value in pulls], dtype=np.float64)
    here, there = label(found.segment), label(found.runner_up)
    reach = float(np.abs(values).max()) * 1.12 or 1.0
    # Far outside the training range, pulls have seven digits: use few ticks. Take the first digit
    # from the text, because 0.3 / 0.1 would round down to 2.
    step = math.floor(math.log10(reach))
    far, decimals = float(f"{reach:.6e}"[0]) * 10.0**step, max(-step, 0)
    canvas = Canvas(
        theme,
        "contributions",
        xaxis={
            "title": {"text": "Pull (log-odds)"},
            "range": [-reach, reach],
            "tickvals": [-far, 0, far],
            "ticktext": [formatting.signed(-far, decimals), "0", formatting.signed(far, decimals)],
            "tickangle": 0,
            "showgrid": True,
            "zeroline": True,
            "zerolinecolor": theme.muted,
            "zerolinewidth": 1.5,
        },
        yaxis={**label_axis(names, "Column"), "autorange": "reversed"},
        showlegend=False,
        margin={"t": 32},
    )
    canvas.add(
        "bar",
        x=values,
        y=names,
        orientation="h",
        name="pull",
        marker={
            "color": np.where(values >= 0, theme.good, theme.bad).tolist(),
            "cornerradius": 4,
        },
        hovertext=[
            f"<b>{label(name, 48)}</b><br>pulls towards {here if value >= 0 else there}"
            for name, value in pulls
        ],
        hoverinfo="text",
    )
    for anchor, text, color in (
        ("right", "← runner-up", theme.bad),
        ("left", "this one →", theme.good),
    ):
        canvas.note(
            x=0, y=1.02, yref="paper", xanchor=anchor, yanchor="bottom", text=text,
            showarrow=False, font={"size": 12, "color": color},
        )  # fmt: skip
    return canvas.figure()


def contributions_bar_reading(found: Assignment) -> str:
    """Name the strongest pull in each direction."""
    if not found.contributions or found.runner_up is None:
        return ALONE
    towards = [name for name, value in found.contributions if value > 0]
    away = [name for name, value in found.contributions if value < 0]
    text = (
        f"{towards[0]} pulls most towards {found.segment}"
        if towards
        else f"Nothing pulls clearly towards {found.segment}"
    )
    return f"{text}; {away[0]} pulls towards {found.runner_up}." if away else f"{text}."


def customer_map(
    points: pd.DataFrame | None,
    model: SegmentModel,
    axis_titles: Sequence[str],
    place: Place,
    *,
    written: Sequence[str] = (),
    legend: bool = False,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw the map with one customer marked.

    Parameters
    ----------
    points
        The training customers' ``x, y, z, segment_id``; None for a loaded model, which contains no
        customers: then only the centers are drawn.
    place
        The customer's coordinates.
    written
        Names of the segments to label on the map, such as the first and the runner-up; more would
        overlap on a phone.
    legend
        Whether to show a legend of all segments, as on the map without a mark.
    """
    centers = np.asarray(model.projection.transform(np.asarray(model.centers)))
    if points is None or not len(points):
        points = pd.DataFrame(centers[:, :3], columns=["x", "y", "z"])
        points["segment_id"] = [segment.id for segment in model.segments]
    canvas = flat_map(
        points, model.segments, axis_titles, centers, limit=MAX_POINTS_BEHIND, theme=theme
    )
    # Other points fade; the relevant centers are labeled.
    if not legend:
        canvas.layout["showlegend"] = False
        canvas.layout["margin"] |= {"t": MARGIN["t"], "r": MARGIN["r"]}
    for trace in canvas.traces:
        if "customdata" in trace:
            trace["marker"]["opacity"] = 0.4
    star, names = customer_mark(model, place, written=written, theme=theme)
    canvas.traces.append(star)
    canvas.layout["annotations"] = names
    return canvas.figure()


def customer_mark(
    model: SegmentModel, place: Place, *, written: Sequence[str] = (), theme: Theme = LIGHT
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the customer-specific parts of :func:`customer_map`: last trace and annotations."""
    centers = np.asarray(model.projection.transform(np.asarray(model.centers)))
    named = [at for at, segment in enumerate(model.segments) if segment.name in written]
    short = short_names([segment.name for segment in model.segments], 22)
    names = [short[model.segments[at].name] for at in named]
    above = sides(centers, named, names, place)
    return _star(place, theme), [
        _name(centers[at], name, above=up, theme=theme)
        for at, name, up in zip(named, names, above, strict=True)
    ]


def sides(
    centers: np.ndarray, named: Sequence[int], names: Sequence[str], customer: Place
) -> tuple[bool, ...]:
    """Return for each labeled center whether its name goes above, so that names stay readable.

    Tries all combinations, with the sizes on a wide screen and on a phone, and picks the one that
    covers the least of other names, the star and the centers.

    Parameters
    ----------
    centers
        Shape (k, 2) or (k, 3).
    named
        Indices of the labeled centers: two, rarely three.
    """
    spread = np.ptp(np.vstack([centers[:, :2], np.array([customer[:2]])]), axis=0)
    scales = [
        min((size[axis] / spread[axis] for axis in (0, 1) if spread[axis] > 0), default=1.0)
        for size in MAP_SIZES
    ]

    def covered(above: tuple[bool, ...], scale: float) -> float:
        marks = [_box(center, scale, MARK, MARK) for center in (*centers, customer)]
        boxes = [
            _box(centers[at], scale, LETTER * len(name), LINE, NAME_SHIFT if up else -NAME_SHIFT)
            for at, name, up in zip(named, names, above, strict=True)
        ]
        others = [_overlap(box, mark) for box in boxes for mark in marks]
        return sum(others) + sum(_overlap(a, b) for a, b in combinations(boxes, 2))

    ways = product((True, False), repeat=len(named))
    return min(ways, key=lambda above: sum(covered(above, scale) for scale in scales))


def _box(
    place: Place, scale: float, width: float, height: float, shift: float = 0.0
) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top in pixels of a box around a position."""
    x, y = float(place[0]) * scale, float(place[1]) * scale + shift
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    across, up = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
    return max(across, 0.0) * max(up, 0.0)


def _name(center: Place, name: str, *, above: bool, theme: Theme) -> dict[str, Any]:
    """Return a segment's name at its center, on the side away from the star."""
    return {
        "x": float(center[0]),
        "y": float(center[1]),
        "yshift": 12 if above else -12,
        "yanchor": "bottom" if above else "top",
        "text": name,
        "showarrow": False,
        "font": {"size": 12, "color": theme.text},
        "bgcolor": translucent(theme.surface, 0.86),
        "bordercolor": theme.border,
        "borderpad": 3,
    }


def _star(place: Place, theme: Theme) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [float(place[0])],
        "y": [float(place[1])],
        "mode": "markers",
        "name": "This customer",
        "marker": {
            "color": theme.surface,
            "size": 18,
            "symbol": "star",
            "line": {"color": theme.text, "width": 2},
        },
        "hovertemplate": "this customer<extra></extra>",
        "showlegend": False,
    }


def customer_map_reading(found: Assignment) -> str:
    """Say how far the customer is from the border between segments."""
    sure = formatting.percent(found.confidence)
    if not found.fits:
        return f"The star is this customer, far from all customers of {found.segment}."
    if found.runner_up is None:
        return f"The star is this customer, in {found.segment}."
    where = (
        f"clearly nearer to {found.segment} than to {found.runner_up}"
        if found.confidence >= 0.8
        else f"between {found.segment} and {found.runner_up}"
    )
    return f"The star is this customer, {where} ({sure} confidence)."
