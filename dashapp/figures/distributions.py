"""The distribution of one column: histogram, box plot, bars of a category."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import (
    Canvas,
    aid,
    below_labels,
    count_axis,
    empty_figure,
    label_axis,
    measured_axis,
    named,
    whole_names,
)
from dashapp.figures.drawing.plotted_values import (
    Groups,
    bin_edges,
    box_of,
    counts_between,
    everybody,
    groups,
    is_date,
    known,
    known_in,
    numbers,
    sample_rows,
    teller,
)
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.theme import LIGHT, Theme, translucent

# Further bars are combined into "Other".
MAX_BARS = 20
# Outliers drawn per box; more would overlap.
MAX_OUTSIDE = 150


def histogram(
    frame: pd.DataFrame, column: str, *, by: str | None = None, theme: Theme = LIGHT
) -> go.Figure:
    """Draw customers in round bins of a number, optionally stacked by a category.

    Bins are counted here, so that the figure's size is independent of the number of rows.
    """
    values = numbers(frame, column)
    if not len(known(values)):
        return empty_figure(theme=theme)
    edges = bin_edges(known(values))
    parts = _split(frame, by)
    canvas = Canvas(
        theme,
        f"histogram {column} {by}",
        barmode="stack",
        bargap=0.06,
        meta=whole_names(column),
        xaxis=measured_axis(column, date=is_date(frame, column)),
        yaxis=count_axis(),
        showlegend=by is not None,
    )
    inside = known_in(values, parts.codes, len(parts.names))
    for place, name in enumerate(parts.names):
        counts = counts_between(inside[place], edges)
        canvas.add(
            "bar",
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=np.diff(edges) * 0.94,
            **named(name, extra={"range": _ranges(edges, teller(frame, column))}),
            marker={"color": _color(theme, place, by), "cornerradius": 3},
            customdata=_ranges(edges, teller(frame, column)),
            hovertemplate="%{customdata}<br><b>%{y:,.0f}</b> customers"
            + ("<extra></extra>" if by is None else f"<extra>{label(name)}</extra>"),
        )
    if by is None:
        median = box_of(known(values)).median
        _mark_median(canvas, median, teller(frame, column)(median), theme)
    return canvas.figure()


def histogram_reading(frame: pd.DataFrame, column: str) -> str:
    """Describe the interquartile range and the skew of the column.

    Examples
    --------
    >>> histogram_reading(pd.DataFrame({"Age": [20.0, 30.0, 40.0, 50.0, 60.0]}), "Age")
    'Half of the customers are between 30 and 50; the median is 40.'
    """
    values = known(numbers(frame, column))
    if not len(values):
        return "No customers with a value are left."
    say = teller(frame, column)
    box = box_of(values)
    q1, median, q3, mean = box.q1, box.median, box.q3, box.mean
    text = (
        f"Half of the customers are between {say(q1)} and {say(q3)}; the median is {say(median)}."
    )
    if q3 > q1 and abs(mean - median) > 0.25 * (q3 - q1):
        side = "high" if mean > median else "low"
        text += f" A few {side} values pull the mean to {say(mean)}."
    return text


def box_plot(
    frame: pd.DataFrame, column: str, *, by: str | None = None, theme: Theme = LIGHT
) -> go.Figure:
    """Draw median, quartiles, whiskers and outliers of a number, optionally by a category."""
    values = numbers(frame, column)
    parts = _split(frame, by)
    inside = known_in(values, parts.codes, len(parts.names))
    drawn = {place: part for place, part in enumerate(inside) if len(part)}
    if not drawn:
        return empty_figure(theme=theme)
    names = [parts.names[place] for place in drawn]
    canvas = Canvas(
        theme,
        f"box {column} {by}",
        meta=whole_names(column, by),
        xaxis=below_labels(measured_axis(column, date=is_date(frame, column))),
        yaxis={**label_axis(names, by or "Customers"), "autorange": "reversed"},
        showlegend=False,
        boxgap=0.4,
    )
    for place, part in drawn.items():
        color = _color(theme, place, by)
        add_box(canvas, part, parts.names[place], color, teller(frame, column))
    return canvas.figure()


def add_box(
    canvas: Canvas, values: np.ndarray, name: str, color: str, say: Callable[[float], str]
) -> None:
    """Add one horizontal box, computed here, and a sample of its outliers."""
    box = box_of(values)
    canvas.add(
        "box",
        y=[name],
        q1=[box.q1],
        median=[box.median],
        q3=[box.q3],
        lowerfence=[box.low],
        upperfence=[box.high],
        mean=[box.mean],
        orientation="h",
        **named(name),
        line={"color": color, "width": 1.8},
        fillcolor=translucent(color, 0.22),
        hoverinfo="skip",
        whiskerwidth=0.4,
    )
    outside = box.outside[sample_rows(len(box.outside), MAX_OUTSIDE)]
    summary = (
        f"<b>{label(name)}</b><br>median {say(box.median)}<br>"
        f"middle half {say(box.q1)} – {say(box.q3)}<br>"
        f"mean {say(box.mean)}<br>{formatting.count(len(values), 'customer')}"
    )
    canvas.add(
        "scatter",
        x=np.append(outside, box.median).astype(np.float32),
        y=np.full(len(outside) + 1, name, dtype=object),
        mode="markers",
        **aid(f"{name}: extremes"),
        marker={
            "color": color,
            "size": np.append(np.full(len(outside), 5), 14).astype(np.uint8),
            "line": {"width": 0},
            "opacity": np.append(np.full(len(outside), 0.5), 0.0).astype(np.float32),
        },
        hovertext=[*(f"extreme: {say(value)}" for value in outside), summary],
        hoverinfo="text",
    )


def box_plot_reading(frame: pd.DataFrame, column: str, *, by: str | None = None) -> str:
    """Compare the medians of groups, or count all outliers."""
    values = numbers(frame, column)
    if not len(known(values)):
        return "No customers with a value are left."
    parts = _split(frame, by)
    medians = {
        name: box_of(part).median
        for name, part in zip(
            parts.names, known_in(values, parts.codes, len(parts.names)), strict=True
        )
        if len(part)
    }
    say = teller(frame, column)
    if by is not None and len(medians) > 1:
        top, low = max(medians, key=lambda n: medians[n]), min(medians, key=lambda n: medians[n])
        return (
            f"The median is highest for {top} ({say(medians[top])}) "
            f"and lowest for {low} ({say(medians[low])})."
        )
    box = box_of(known(values))
    reach = f"{say(box.low)} to {say(box.high)}"
    if not len(box.outside):
        return f"All values lie within the usual range, {reach}."
    share = formatting.percent(len(box.outside) / len(known(values)), 1)
    found = formatting.count(len(box.outside), "customer")
    verb = "lies" if len(box.outside) == 1 else "lie"
    return f"{found} ({share}) {verb} outside the usual range, {reach}."


def category_bars(
    frame: pd.DataFrame, column: str, *, by: str | None = None, theme: Theme = LIGHT
) -> go.Figure:
    """Draw customers in each level of a category, optionally stacked by another one."""
    levels = groups(frame, column, MAX_BARS)
    if not levels.names:
        return empty_figure(theme=theme)
    parts = _split(frame, by)
    canvas = Canvas(
        theme,
        f"bars {column} {by}",
        barmode="stack",
        xaxis={**count_axis(), "showgrid": True},
        meta=whole_names(column),
        yaxis={**label_axis(levels.names, column), "autorange": "reversed"},
        showlegend=by is not None,
    )
    known_rows = max(int((levels.codes >= 0).sum()), 1)
    for place, name in enumerate(parts.names):
        inside = levels.codes[(parts.codes == place) & (levels.codes >= 0)]
        counts = np.bincount(inside, minlength=len(levels.names))
        shares = [formatting.percent(count / known_rows) for count in counts]
        canvas.add(
            "bar",
            x=counts,
            y=list(levels.names),
            orientation="h",
            **named(name),
            marker={"color": _color(theme, place, by), "cornerradius": 3},
            text=shares if by is None else None,
            textposition="outside",
            textfont={"color": theme.muted, "size": 12},
            cliponaxis=False,
            customdata=shares,
            hovertemplate="<b>%{x:,.0f}</b> customers, %{customdata}"
            + ("<extra></extra>" if by is None else f"<extra>{label(name)}</extra>"),
        )
    return canvas.figure()


def category_bars_reading(frame: pd.DataFrame, column: str) -> str:
    """Name the most frequent level and the number of levels.

    Examples
    --------
    >>> category_bars_reading(pd.DataFrame({"City": ["Rome", "Rome", "Oslo"]}), "City")
    'Rome is the most frequent of 2 levels, with 67 % of customers.'
    """
    counts = frame[column].value_counts()
    if not len(counts):
        return "No customers with a value are left."
    if len(counts) == 1:
        return f"Everybody has the same value: {formatting.cell(counts.index[0])}."
    top = formatting.cell(counts.index[0])
    share = formatting.percent(counts.iloc[0] / counts.sum())
    missing = int(frame[column].isna().sum())
    text = (
        f"{top} is the most frequent of {formatting.number(len(counts))} levels, "
        f"with {share} of customers."
    )
    return f"{text} {formatting.number(missing)} have no value." if missing else text


def _split(frame: pd.DataFrame, by: str | None) -> Groups:
    return everybody(frame) if by is None else groups(frame, by)


def _color(theme: Theme, place: int, by: str | None) -> str:
    return theme.accent if by is None else theme.segment_color(place)


def _ranges(edges: np.ndarray, say: Callable[[float], str]) -> list[str]:
    whole = np.diff(edges)[0] == 1 and edges[0] % 1 == 0.5
    if whole:
        return [say(float(edge + 0.5)) for edge in edges[:-1]]
    texts = [say(float(edge)) for edge in edges]
    return [f"{low} – {high}" for low, high in pairwise(texts)]


def _mark_median(canvas: Canvas, median: float, said: str, theme: Theme) -> None:
    line = {"color": theme.text, "width": 1.5, "dash": "dot"}
    across = {"x0": median, "x1": median, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    canvas.layout["shapes"] = [{"type": "line", "line": line, **across}]
    canvas.note(
        x=median, y=1, yref="paper", yanchor="bottom", text=f"median {said}", showarrow=False,
        font={"size": 12, "color": theme.muted},
    )  # fmt: skip
