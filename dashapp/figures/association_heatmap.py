"""Which columns are associated: all pairs at a glance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import ABOVE, Canvas, empty_figure, label_axis, scale_bar
from dashapp.figures.drawing.contrast import write_cells
from dashapp.figures.drawing.wrapped_labels import labels
from dashapp.theme import LIGHT, Theme, color_scale

# More columns would make the cells unreadable; the most strongly associated ones are kept.
MAX_ASSOCIATED = 24
# Numbers are written into the cells for up to this many columns; more would not fit.
MAX_WRITTEN = 14
# Position in the empty corner above the diagonal, for two or more cells.
IN_CORNER = {"x": 1, "xanchor": "right", "y": 1, "yanchor": "top", "len": 0.4}
# Labels of strengths, after Cohen's small, medium and large effects.
STRENGTHS = ((0.5, "strongly"), (0.3, "moderately"), (0.1, "weakly"))


def association_heatmap(matrix: pd.DataFrame, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw how strongly each pair of columns is associated, 0 to 1.

    Parameters
    ----------
    matrix
        Symmetric, shape (p, p), from :func:`segmentation.association`. Beyond MAX_ASSOCIATED
        columns, only the most strongly associated ones are drawn.
    """
    matrix = strongest(matrix)
    names = [str(name) for name in matrix.columns]
    if len(names) < 2:
        return empty_figure("Two columns are needed to see how they go together.", theme=theme)
    values = matrix.to_numpy(dtype=np.float64).copy()
    # The diagonal is always 1, and the upper triangle repeats the lower one.
    values[np.triu_indices(len(names))] = np.nan
    short = labels(names)
    canvas = Canvas(
        theme,
        "association",
        xaxis={
            **label_axis(names[:-1], "Column", short[:-1]),
            "showline": False,
            "ticks": "",
            # Slanted names need space between the columns.
            "tickangle": -45 if len(names) <= MAX_WRITTEN else -90,
        },
        yaxis={**label_axis(names[1:], "Column"), "autorange": "reversed", "ticks": ""},
        margin={"t": 24 if len(names) > 2 else 100},
    )
    canvas.add(
        "heatmap",
        z=values[1:, :-1].astype(np.float32),
        x=names[:-1],
        y=names[1:],
        zmin=0,
        zmax=1,
        colorscale=color_scale(theme.sequential),
        xgap=3,
        ygap=3,
        hoverongaps=False,
        hovertext=[[f"{low} and {high}" for high in short[:-1]] for low in short[1:]],
        hovertemplate="%{hovertext}<br>association <b>%{z:.2f}</b><extra></extra>",
        name="association",
        meta={"measure": "association (0 to 1)"},
        # Small cells have no numbers; the color scale is enough.
        colorbar=scale_bar(
            "Association (0 to 1)", theme, **(IN_CORNER if len(names) > 2 else ABOVE)
        ),
    )
    if len(names) <= MAX_WRITTEN:
        cells = values[1:, :-1]
        texts = [["" if np.isnan(value) else f"{value:.2f}" for value in row] for row in cells]
        write_cells(canvas, texts, cells, theme.sequential, theme=theme)
    return canvas.figure()


def association_heatmap_reading(matrix: pd.DataFrame, *, measured: int = 0, total: int = 0) -> str:
    """Name the most strongly associated pairs.

    Parameters
    ----------
    measured, total
        Number of customers in the measurement and overall; mentioned if they differ.

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
    if measured < total:
        some, everybody = formatting.number(measured), formatting.number(total)
        cut += f" Measured on {some} of {everybody} customers, chosen at random."
    return f"The strongest pair is {pairs[0]}{rest}. Click a cell to see that pair.{cut}"


def strongest(matrix: pd.DataFrame, limit: int = MAX_ASSOCIATED) -> pd.DataFrame:
    """Return the columns with the strongest associations, in their original order.

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
