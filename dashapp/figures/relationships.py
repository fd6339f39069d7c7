"""Which columns go together, and how any two of them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.canvas import (
    canvas,
    empty_figure,
    label,
    label_axis,
    labels,
    measured_axis,
    scale_bar,
)
from dashapp.figures.density import add_cells
from dashapp.figures.distributions import add_box
from dashapp.figures.values import (
    groups,
    is_date,
    known,
    numbers,
    sample_rows,
    teller,
)
from dashapp.theme import LIGHT, Theme, color_scale

if TYPE_CHECKING:
    from segmentation import Column

# Up to here every customer is a point; beyond, cells are counted and a sample lies on them.
MAX_POINTS = 1500
MAX_LEVELS = 12
# More columns than this make cells that cannot be told apart; the strongest ones are kept.
MAX_ASSOCIATED = 24
# The cells' numbers are written in up to this many columns; more would not fit.
MAX_WRITTEN = 14
# Names of strengths, after Cohen's small, medium and large effects.
STRENGTHS = ((0.5, "strongly"), (0.3, "moderately"), (0.1, "weakly"))

_NUMBER_ROLES = frozenset({"numeric", "date"})


def association_heatmap(matrix: pd.DataFrame, *, theme: Theme = LIGHT) -> go.Figure:
    """How strongly any two columns go together, 0 to 1.

    Parameters
    ----------
    matrix
        Symmetric, shape (p, p), as :func:`segmentation.association` gives it. Of more than
        MAX_ASSOCIATED columns, those that go together most are drawn.
    """
    matrix = strongest(matrix)
    names = [str(name) for name in matrix.columns]
    if len(names) < 2:
        return empty_figure("Two columns are needed to see how they go together.", theme=theme)
    values = matrix.to_numpy(dtype=np.float64).copy()
    # A column always goes with itself; the corner above repeats the one below.
    values[np.triu_indices(len(names))] = np.nan
    short = labels(names)
    figure = canvas(
        theme,
        "association",
        xaxis={
            **label_axis(names[:-1], "Column"),
            "showline": False,
            "ticks": "",
            "tickangle": -45,
        },
        yaxis={**label_axis(names[1:], "Column"), "autorange": "reversed", "ticks": ""},
    )
    figure.add_heatmap(
        z=values[1:, :-1].astype(np.float32),
        x=names[:-1],
        y=names[1:],
        zmin=0,
        zmax=1,
        colorscale=color_scale(theme.sequential),
        xgap=3,
        ygap=3,
        hoverongaps=False,
        texttemplate="%{z:.2f}" if len(names) <= MAX_WRITTEN else None,
        hovertext=[[f"{low} and {high}" for high in short[:-1]] for low in short[1:]],
        hovertemplate="%{hovertext}<br>association <b>%{z:.2f}</b><extra></extra>",
        name="association",
        meta={"measure": "association (0 to 1)"},
        # Where cells are small, the numbers in them are hidden: the scale speaks for them.
        colorbar=scale_bar("Association (0 to 1)", theme, above=True),
    )
    return figure


def association_heatmap_reading(matrix: pd.DataFrame) -> str:
    """Name the pairs that go together most.

    Examples
    --------
    >>> matrix = pd.DataFrame([[1, 0.8], [0.8, 1]], index=list("ab"), columns=list("ab"))
    >>> association_heatmap_reading(matrix)
    'The strongest pair is a and b (0.80). Click a cell to see that pair.'
    """
    values = matrix.to_numpy(dtype=np.float64)
    rows, columns = np.triu_indices(len(values), k=1)
    strengths = values[rows, columns]
    if not len(strengths):
        return "Two columns are needed to see how they go together."
    order = np.argsort(-strengths, kind="stable")
    pairs = [
        f"{matrix.columns[rows[i]]} and {matrix.columns[columns[i]]} ({strengths[i]:.2f})"
        for i in order[:3]
        if strengths[i] >= STRENGTHS[-1][0]
    ]
    if not pairs:
        return "No two columns go together in a way worth naming."
    rest = f"; then {', and '.join(pairs[1:])}" if pairs[1:] else ""
    cut = (
        f" Shown are the {MAX_ASSOCIATED} of {len(values)} columns that go together most."
        if len(values) > MAX_ASSOCIATED
        else ""
    )
    return f"The strongest pair is {pairs[0]}{rest}. Click a cell to see that pair.{cut}"


def strongest(matrix: pd.DataFrame, limit: int = MAX_ASSOCIATED) -> pd.DataFrame:
    """The columns with the strongest partners, in their own order.

    Examples
    --------
    >>> matrix = pd.DataFrame(
    ...     [[1, 0.1, 0.8], [0.1, 1, 0.2], [0.8, 0.2, 1]], index=list("abc"), columns=list("abc")
    ... )
    >>> list(strongest(matrix, 2).columns)
    ['a', 'c']
    """
    if len(matrix) <= limit:
        return matrix
    values = np.nan_to_num(matrix.to_numpy(dtype=np.float64, copy=True))
    np.fill_diagonal(values, -1)
    kept = np.sort(np.argsort(-values.max(axis=0), kind="stable")[:limit])
    return matrix.iloc[kept, kept]


def pair_plot(frame: pd.DataFrame, a: Column, b: Column, *, theme: Theme = LIGHT) -> go.Figure:
    """Two columns together: points or density, boxes, or a table of shares, by their types."""
    if not len(frame.dropna(subset=list({a.name, b.name}))):
        return empty_figure(theme=theme)
    if _is_number(a) and _is_number(b):
        return _numbers(frame, a.name, b.name, theme)
    if _is_number(a) or _is_number(b):
        number, category = (a, b) if _is_number(a) else (b, a)
        return _boxes(frame, number.name, category, theme)
    return _shares(frame, a, b, theme)


def pair_plot_reading(frame: pd.DataFrame, a: Column, b: Column) -> str:
    """Say in words how two columns go together."""
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
    figure = canvas(
        theme,
        f"pair {a} {b}",
        xaxis=measured_axis(a, date=is_date(frame, a)),
        yaxis=measured_axis(b, date=is_date(frame, b)),
        showlegend=False,
    )
    crowded = len(x) > MAX_POINTS
    if crowded:
        add_cells(figure, x, y, theme)
    shown = sample_rows(len(x), MAX_POINTS // 3 if crowded else MAX_POINTS)
    figure.add_scatter(
        x=x[shown],
        y=y[shown],
        mode="markers",
        name="customers",
        marker={
            "color": theme.accent,
            "size": 4 if crowded else 7,
            "opacity": 0.5 if crowded else 0.6,
            "line": {"color": theme.surface, "width": 0 if crowded else 0.75},
        },
        hovertemplate=f"{label(a)} %{{x}}<br>{label(b)} %{{y}}<extra></extra>",
    )
    return figure


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
    figure = canvas(
        theme,
        f"pair {number} {category.name}",
        xaxis={**measured_axis(number, date=is_date(frame, number)), "showgrid": True},
        yaxis={**label_axis([found.names[i] for i in order], category.name),
               "autorange": "reversed"},
        showlegend=False,
        boxgap=0.4,
    )  # fmt: skip
    for place in order:
        part = known(values[found.codes == place])
        if len(part):
            add_box(figure, part, found.names[place], theme.accent, teller(frame, number))
    return figure


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
    figure = canvas(
        theme,
        f"pair {a.name} {b.name}",
        xaxis={**label_axis(x, b.name), "showline": False},
        yaxis={**label_axis(y, a.name), "autorange": "reversed"},
    )
    figure.add_heatmap(
        z=shares.astype(np.float32),
        x=x,
        y=y,
        zmin=0,
        zmax=100,
        colorscale=color_scale(theme.sequential),
        xgap=3,
        ygap=3,
        customdata=counts.tolist(),
        texttemplate="%{z:.0f} %" if len(x) <= MAX_WRITTEN else None,
        hovertemplate="%{z:.0f} % of this row, <b>%{customdata:,.0f}</b> customers<extra></extra>",
        name="share of the row",
        meta={"measure": "customers"},
        showscale=len(x) > MAX_WRITTEN,
        colorbar=scale_bar("Share of the row (%)", theme, above=True),
    )
    return figure


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
