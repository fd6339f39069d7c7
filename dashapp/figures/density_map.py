"""Customer density: counts in cells, drawn as a heatmap or as contours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashapp.figures.drawing.canvas import Canvas, aid
from dashapp.figures.drawing.plotted_values import Numbers, bin_edges
from dashapp.theme import Theme, color_scale, translucent

# Cells along each axis: fine enough for the shape, few enough for the browser.
PAIR_CELLS = 48
MAP_CELLS = 56
# Empty cells around the outermost points, so that contours close.
MARGIN_CELLS = 4


def counts_in_cells(
    x: Numbers, y: Numbers, x_edges: Numbers, y_edges: Numbers
) -> npt.NDArray[np.int64]:
    """Count the rows in each cell of an even grid; shape (len(x_edges) − 1, len(y_edges) − 1).

    Examples
    --------
    >>> edges = np.array([0.0, 1.0, 2.0])
    >>> counts_in_cells(np.array([0.5, 2.0]), np.array([0.5, 1.5]), edges, edges).tolist()
    [[1, 0], [0, 1]]
    """
    across, down = len(x_edges) - 1, len(y_edges) - 1
    column = _bins(x, x_edges)
    cells: npt.NDArray[np.int64] = np.bincount(
        column * down + _bins(y, y_edges), minlength=across * down
    )
    return cells.reshape(across, down)


def _bins(values: Numbers, edges: Numbers) -> npt.NDArray[np.intp]:
    last = len(edges) - 2
    width = (edges[-1] - edges[0]) / (last + 1)
    place: npt.NDArray[np.intp] = ((values - edges[0]) / width).astype(np.intp)
    return np.clip(place, 0, last)


def add_cells(canvas: Canvas, x: np.ndarray, y: np.ndarray, theme: Theme) -> None:
    """Add a heatmap of the number of customers in each cell of two numbers."""
    # Round bins: otherwise whole numbers would show stripes that are not in the data.
    x_edges, y_edges = bin_edges(x, PAIR_CELLS), bin_edges(y, PAIR_CELLS)
    counts = counts_in_cells(x, y, x_edges, y_edges)
    # The square root keeps sparse regions visible next to dense ones.
    height = np.where(counts > 0, np.sqrt(counts), np.nan).T
    canvas.add(
        "heatmap",
        z=height.astype(np.float32),
        x=(x_edges[:-1] + x_edges[1:]) / 2,
        y=(y_edges[:-1] + y_edges[1:]) / 2,
        customdata=counts.T.astype(int).tolist(),
        colorscale=color_scale(theme.sequential[1:]),
        showscale=False,
        name="all customers",
        meta={"measure": "customers in this cell"},
        hovertemplate="<b>%{customdata:,.0f}</b> customers here<extra></extra>",
    )


def add_contours(canvas: Canvas, points: pd.DataFrame, theme: Theme) -> None:
    """Add soft contours of the density of a map's points, columns ``x`` and ``y``."""
    x, y = (_edges(points[axis].to_numpy(np.float64)) for axis in ("x", "y"))
    counts = counts_in_cells(
        points["x"].to_numpy(np.float64), points["y"].to_numpy(np.float64), x, y
    )
    clear = translucent(theme.accent, 0)
    canvas.add(
        "contour",
        z=np.sqrt(_smoothed(counts)).T.astype(np.float32),
        x=((x[:-1] + x[1:]) / 2).astype(np.float32),
        y=((y[:-1] + y[1:]) / 2).astype(np.float32),
        colorscale=[[0, clear], [0.12, clear], [1, translucent(theme.accent, 0.3)]],
        contours={"coloring": "fill", "showlines": False},
        line={"width": 0},
        ncontours=10,
        showscale=False,
        hoverinfo="skip",
        **aid("density of all"),
    )  # fmt: skip


def _edges(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    cell = (high - low or 1) / (MAP_CELLS - 2 * MARGIN_CELLS)
    return np.linspace(low - MARGIN_CELLS * cell, high + MARGIN_CELLS * cell, MAP_CELLS + 1)


def _smoothed(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    # Three passes of a 1-2-1 kernel approximate a Gaussian without another library.
    result = np.pad(counts.astype(np.float64), 1)
    for _ in range(3):
        for axis in (0, 1):
            before, after = np.roll(result, 1, axis), np.roll(result, -1, axis)
            result = (before + 2 * result + after) / 4
    return result[1:-1, 1:-1]
