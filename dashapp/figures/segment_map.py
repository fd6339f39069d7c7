"""The map of customers: all as a density, some as points, segments as colors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.density_map import add_contours
from dashapp.figures.drawing.canvas import LEGEND_ROOM, Canvas, aid, empty_figure, named
from dashapp.figures.drawing.plotted_values import places
from dashapp.figures.drawing.short_names import short_names
from dashapp.figures.drawing.wrapped_labels import in_lines, label
from dashapp.figures.map_sample import MAX_POINTS, MAX_POINTS_3D, sample_points
from dashapp.theme import LIGHT, Theme

if TYPE_CHECKING:
    from segmentation import Segment, SegmentModel

# From here on, points have no outline, which costs as much as the point itself.
OUTLINED_POINTS = 800
UNASSIGNED_ID = "unassigned"
AXES = ("x", "y", "z")
# Characters per line of the titles below and left of the flat map.
FLAT_WIDTHS = (46, 36)
TITLE_LINE = 16
# Pixels at the right for the buttons that appear on hover.
BUTTONS_ROOM = 36

# Far enough to keep the axis titles inside.
CAMERA = {"eye": {"x": 1.3, "y": 1.3, "z": 0.75}, "center": {"x": 0.0, "y": 0.0, "z": -0.08}}

Place = Sequence[float] | npt.NDArray[np.floating[Any]]


def segment_map(
    points: pd.DataFrame,
    segments: Sequence[Segment],
    axis_titles: Sequence[str],
    *,
    centers: npt.NDArray[np.float64] | None = None,
    limit: int = MAX_POINTS,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw customers along the two directions in which they differ most.

    Parameters
    ----------
    points
        Columns ``x, y, z, segment_id``, one row per customer; the row numbers become the points'
        ``customdata``.
    segments
        In the order of the legend.
    axis_titles
        Titles of the axes, at least two.
    centers
        Shape (k, 2) or (k, 3), in the order of ``segments``; computed from the points if absent.
    limit
        Number of customers drawn as points; small segments may add ``MIN_POINTS`` each.
    """
    if not len(points):
        return empty_figure("There are no customers to place on the map.", theme=theme)
    found = _centers(points, segments) if centers is None else centers
    return flat_map(points, segments, axis_titles, found, limit=limit, theme=theme).figure()


def flat_map(
    points: pd.DataFrame,
    segments: Sequence[Segment],
    axis_titles: Sequence[str],
    centers: npt.NDArray[np.float64],
    *,
    limit: int,
    theme: Theme,
) -> Canvas:
    """Return the canvas of :func:`segment_map`, to which callers can add."""
    canvas = Canvas(
        theme,
        "map",
        xaxis=_flat_axis(axis_titles[0], theme, FLAT_WIDTHS[0]),
        yaxis={**_flat_axis(axis_titles[1], theme, FLAT_WIDTHS[1]), "scaleanchor": "x"},
        legend={"itemsizing": "constant"},
        margin=_flat_room(axis_titles),
        dragmode="pan",
    )
    add_contours(canvas, points, theme)
    shown = sample_points(points, limit)
    outline = 0.75 if len(shown) <= OUTLINED_POINTS else 0
    for one, short, color, part in _by_segment(shown, segments, theme):
        canvas.add(
            "scatter",
            x=part["x"].to_numpy(np.float32),
            y=part["y"].to_numpy(np.float32),
            mode="markers",
            **named(one) | {"name": short},
            customdata=part.index.tolist(),  # click events lose the customdata of typed arrays
            marker={
                "color": color,
                "size": 7,
                "opacity": 0.75,
                "line": {"color": theme.surface, "width": outline},
            },
            hovertemplate=f"<b>{label(one)}</b><br>click to see the customer<extra></extra>",
        )
    _add_centers(canvas, centers, segments, theme)
    return canvas


def segment_map_3d(
    points: pd.DataFrame,
    segments: Sequence[Segment],
    axis_titles: Sequence[str],
    *,
    centers: npt.NDArray[np.float64] | None = None,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw the map in three dimensions; see :func:`segment_map`."""
    if not len(points):
        return empty_figure("There are no customers to place on the map.", theme=theme)
    scene = {
        f"{axis}axis": {
            "title": {"text": _short_title(title)},
            "nticks": 5,
            "showticklabels": False,  # as on the flat map, only distances have a meaning
        }
        for axis, title in zip(AXES, axis_titles, strict=False)
    }
    canvas = Canvas(
        theme,
        "map 3d",
        scene={**scene, "aspectmode": "data", "camera": CAMERA},
        legend={"itemsizing": "constant"},
        dragmode="turntable",
        margin={"l": 0, "r": BUTTONS_ROOM, "t": 24, "b": 24},
    )
    for one, short, color, shown in _by_segment(
        sample_points(points, MAX_POINTS_3D), segments, theme
    ):
        canvas.add(
            "scatter3d",
            **{axis: shown[axis].to_numpy(np.float32) for axis in AXES},
            mode="markers",
            **named(one) | {"name": short},
            customdata=shown.index.tolist(),  # click events lose the customdata of typed arrays
            marker={"color": color, "size": 3.5, "opacity": 0.8, "line": {"width": 0}},
            hovertemplate=f"<b>{label(one)}</b><br>click to see the customer<extra></extra>",
        )
    found = _centers(points, segments) if centers is None else centers
    for place, segment in zip(found, segments, strict=True):
        color = theme.segment_color(segment.color)
        _add_mark_3d(canvas, place, f"centre of {segment.name}", color, theme)
    return canvas.figure()


def segment_map_reading(model: SegmentModel) -> str:
    """Say how much of the variation the map keeps and which segments are neighbors."""
    kept = float(np.sum(model.explained_variance[:2]))
    text = (
        f"Near means alike. The flat map keeps {formatting.percent(kept)} of the differences "
        f"between customers"
    )
    third = float(np.sum(model.explained_variance[:3]))
    text += f", the 3D map {formatting.percent(third)}." if third > kept + 0.005 else "."
    if len(model.segments) < 3:
        return text
    centers = np.asarray(model.centers, dtype=np.float64)
    apart = np.linalg.norm(centers[:, None] - centers[None], axis=-1)
    apart[np.diag_indices(len(centers))] = np.inf
    i, j = np.unravel_index(int(np.argmin(apart)), apart.shape)
    first, second = model.segments[int(i)].name, model.segments[int(j)].name
    return f"{text} {first} and {second} are the most alike."


def _add_mark_3d(canvas: Canvas, place: Place, name: str, color: str, theme: Theme) -> None:
    canvas.add(
        "scatter3d",
        **{axis: [float(value)] for axis, value in zip(AXES, place, strict=False)},
        mode="markers",
        name=label(name, 60),
        marker={
            "color": color,
            "size": 8,
            "symbol": "diamond",
            "line": {"color": theme.text, "width": 1.5},
        },
        hovertemplate=f"<b>{label(name, 60)}</b><extra></extra>",
        showlegend=False,
    )


def _short_title(title: str) -> str:
    """Return the title for a rotating axis: component and share, without the columns.

    Examples
    --------
    >>> _short_title("PC1 · spend, items (45 %)"), _short_title("PC2")
    ('PC1 (45 %)', 'PC2')
    """
    name, _, rest = title.partition(" · ")
    share = rest.rpartition(" (")[2]
    return label(f"{name} ({share}" if share.endswith(")") else name, 24)


def _flat_room(axis_titles: Sequence[str]) -> dict[str, int]:
    """Return the margins for one- or two-line axis titles and the legend; see ``theme.MARGIN``."""
    below, left = (
        TITLE_LINE * (1 + _flat_title(title, width).count("<br>"))
        for title, width in zip(axis_titles, FLAT_WIDTHS, strict=False)
    )
    return {"l": 34 + left, "r": BUTTONS_ROOM, "b": 22 + below, "t": LEGEND_ROOM}


def _flat_title(title: str, width: int) -> str:
    """Return a title of at most two lines, with as many of the names as fit."""
    longest = 2 * width - 8
    while (text := in_lines(label(title, longest), width)).count("<br>") > 1:
        longest -= 2
    return text


def _flat_axis(title: str, theme: Theme, width: int) -> dict[str, Any]:
    return {
        "title": {"text": _flat_title(title, width)},
        "showgrid": True,
        "zeroline": False,
        "showticklabels": False,
        "gridcolor": theme.grid,
        "showline": False,
    }


def _by_segment(shown: pd.DataFrame, segments: Sequence[Segment], theme: Theme) -> Any:
    ids = shown["segment_id"].to_numpy(dtype=object)
    short = short_names([segment.name for segment in segments])
    for segment in segments:
        part = shown[ids == segment.id]
        if len(part):
            yield segment.name, short[segment.name], theme.segment_color(segment.color), part
    part = shown[ids == UNASSIGNED_ID]
    if len(part):
        yield "Unassigned", "Unassigned", theme.unassigned, part


def _centers(points: pd.DataFrame, segments: Sequence[Segment]) -> npt.NDArray[np.float64]:
    code = places(points["segment_id"], [segment.id for segment in segments]) + 1
    sizes = np.bincount(code, minlength=len(segments) + 1)
    sums = [np.bincount(code, points[axis], minlength=len(segments) + 1) for axis in AXES]
    with np.errstate(invalid="ignore"):
        means: npt.NDArray[np.float64] = (np.stack(sums, axis=1) / sizes[:, None])[1:]
    return means


def _add_centers(
    canvas: Canvas,
    centers: npt.NDArray[np.float64],
    segments: Sequence[Segment],
    theme: Theme,
) -> None:
    canvas.add(
        "scatter",
        x=centers[:, 0],
        y=centers[:, 1],
        mode="markers",
        cliponaxis=False,
        **aid("Centres"),
        marker={
            "color": [theme.segment_color(segment.color) for segment in segments],
            "size": 15,
            "symbol": "diamond",
            "line": {"color": theme.text, "width": 2},
        },
        hovertext=[f"centre of <b>{label(segment.name)}</b>" for segment in segments],
        hoverinfo="text",
        showlegend=False,
    )
