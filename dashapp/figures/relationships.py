"""The relationship of two columns of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.association_heatmap import MAX_WRITTEN, STRENGTHS
from dashapp.figures.density_map import add_cells
from dashapp.figures.distributions import add_box
from dashapp.figures.drawing.canvas import (
    ABOVE,
    Canvas,
    below_labels,
    empty_figure,
    label_axis,
    measured_axis,
    scale_bar,
    whole_names,
)
from dashapp.figures.drawing.contrast import write_cells
from dashapp.figures.drawing.plotted_values import (
    groups,
    is_date,
    known,
    numbers,
    teller,
)
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.theme import LIGHT, Theme, color_scale

if TYPE_CHECKING:
    from segmentation import Column

# Up to this many customers, each is a point; beyond, all are counted in cells.
MAX_POINTS = 1500
MAX_LEVELS = 12
_NUMBER_ROLES = frozenset({"numeric", "date"})


def pair_plot(frame: pd.DataFrame, a: Column, b: Column, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw two columns together: points or density, boxes, or a table of shares, by type."""
    if not len(frame.dropna(subset=list({a.name, b.name}))):
        return empty_figure(theme=theme)
    if _is_number(a) and _is_number(b):
        return _numbers(frame, a.name, b.name, theme)
    if _is_number(a) or _is_number(b):
        number, category = (a, b) if _is_number(a) else (b, a)
        return _boxes(frame, number.name, category, theme)
    return _shares(frame, a, b, theme)


def pair_plot_reading(frame: pd.DataFrame, a: Column, b: Column) -> str:
    """Describe how two columns are related."""
    both = frame.dropna(subset=list({a.name, b.name}))
    if not len(both):
        return "No customers with both values are left."
    if _is_number(a) and _is_number(b):
        return _numbers_reading(both, a.name, b.name)
    if _is_number(a) or _is_number(b):
        number, category = (a, b) if _is_number(a) else (b, a)
        return _boxes_reading(both, number.name, category.name)
    return _shares_reading(both, a.name, b.name)


def _is_number(column: Column) -> bool:
    return str(column.role) in _NUMBER_ROLES


def _numbers(frame: pd.DataFrame, a: str, b: str, theme: Theme) -> go.Figure:
    x, y = numbers(frame, a), numbers(frame, b)
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    canvas = Canvas(
        theme,
        f"pair {a} {b}",
        meta=whole_names(a, b),
        xaxis=measured_axis(a, date=is_date(frame, a)),
        yaxis=measured_axis(b, date=is_date(frame, b)),
        showlegend=False,
    )
    if len(x) > MAX_POINTS:
        add_cells(canvas, x, y, theme)
        return canvas.figure()
    canvas.add(
        "scatter",
        x=x,
        y=y,
        mode="markers",
        name="customers",
        marker={
            "color": theme.accent,
            "size": 7,
            "opacity": 0.6,
            "line": {"color": theme.surface, "width": 0.75},
        },
        hovertemplate=f"{label(a)} %{{x}}<br>{label(b)} %{{y}}<extra></extra>",
    )
    return canvas.figure()


def _numbers_reading(both: pd.DataFrame, a: str, b: str) -> str:
    x, y = numbers(both, a), numbers(both, b)
    if a == b:
        return f"{a} beside itself: every customer lies on one line."
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return "One of the two columns has the same value for everybody."
    r = float(np.corrcoef(x, y)[0, 1])
    strength = next((word for limit, word in STRENGTHS if abs(r) >= limit), None)
    if strength is None:
        return f"{a} and {b} do not rise or fall together (correlation {r:.2f})."
    direction = "more" if r > 0 else "less"
    return f"More {a} goes {strength} with {direction} {b} (correlation {r:.2f})."


def _boxes(frame: pd.DataFrame, number: str, category: Column, theme: Theme) -> go.Figure:
    found = groups(frame, category.name, MAX_LEVELS)
    values = numbers(frame, number)
    order = _level_order(found.names, category.levels)
    canvas = Canvas(
        theme,
        f"pair {number} {category.name}",
        meta=whole_names(number, category.name),
        xaxis=below_labels(measured_axis(number, date=is_date(frame, number))),
        yaxis={**label_axis([found.names[i] for i in order], category.name),
               "autorange": "reversed"},
        showlegend=False,
        boxgap=0.4,
    )  # fmt: skip
    for place in order:
        part = known(values[found.codes == place])
        if len(part):
            add_box(canvas, part, found.names[place], theme.accent, teller(frame, number))
    return canvas.figure()


def _boxes_reading(both: pd.DataFrame, number: str, category: str) -> str:
    found, values = groups(both, category, MAX_LEVELS), numbers(both, number)
    medians = {
        name: float(np.median(part))
        for place, name in enumerate(found.names)
        if len(part := known(values[found.codes == place]))
    }
    top, low = max(medians, key=lambda n: medians[n]), min(medians, key=lambda n: medians[n])
    if top == low:
        return f"All customers are {top}."
    say = teller(both, number)
    return (
        f"The median of {number} goes from {say(medians[low])} for {low} "
        f"to {say(medians[top])} for {top}."
    )


def _crossed(frame: pd.DataFrame, a: str, b: str) -> tuple[Any, Any, np.ndarray]:
    rows, columns = groups(frame, a, MAX_LEVELS), groups(frame, b, MAX_LEVELS)
    keep = (rows.codes >= 0) & (columns.codes >= 0)
    counts = np.zeros((len(rows.names), len(columns.names)), dtype=np.int64)
    np.add.at(counts, (rows.codes[keep], columns.codes[keep]), 1)
    return rows, columns, counts


def _shares(frame: pd.DataFrame, a: Column, b: Column, theme: Theme) -> go.Figure:
    rows, columns, counts = _crossed(frame, a.name, b.name)
    down, across = _level_order(rows.names, a.levels), _level_order(columns.names, b.levels)
    counts = counts[np.ix_(down, across)]
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    x, y = [columns.names[i] for i in across], [rows.names[i] for i in down]
    canvas = Canvas(
        theme,
        f"pair {a.name} {b.name}",
        meta=whole_names(a.name, b.name),
        xaxis={**label_axis(x, b.name), "showline": False},
        yaxis={**label_axis(y, a.name), "autorange": "reversed"},
    )
    canvas.add(
        "heatmap",
        z=shares.astype(np.float32),
        x=x,
        y=y,
        zmin=0,
        zmax=100,
        colorscale=color_scale(theme.sequential),
        xgap=3,
        ygap=3,
        customdata=counts.tolist(),
        hovertemplate="%{z:.0f} % of this row, <b>%{customdata:,.0f}</b> customers<extra></extra>",
        name="share of the row",
        meta={"measure": "customers"},
        showscale=len(x) > MAX_WRITTEN,
        colorbar=scale_bar("Share of the row (%)", theme, **ABOVE),
    )
    if len(x) <= MAX_WRITTEN:
        texts = [[f"{share:.0f} %" for share in row] for row in shares]
        write_cells(canvas, texts, shares / 100, theme.sequential, theme=theme)
    return canvas.figure()


def _shares_reading(both: pd.DataFrame, a: str, b: str) -> str:
    rows, columns, counts = _crossed(both, a, b)
    lift = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    above = lift - counts.sum(axis=0) / counts.sum()
    i, j = np.unravel_index(int(np.argmax(above)), above.shape)
    everybody = float(counts[:, j].sum() / counts.sum())
    return (
        f"Of the customers with {a} {rows.names[i]}, {formatting.percent(float(lift[i, j]))} have "
        f"{b} {columns.names[j]}, against {formatting.percent(everybody)} of all."
    )


def _level_order(names: tuple[str, ...], levels: tuple[str, ...]) -> list[int]:
    known_order = {level: place for place, level in enumerate(levels)}
    return sorted(range(len(names)), key=lambda i: known_order.get(names[i], len(levels) + i))
