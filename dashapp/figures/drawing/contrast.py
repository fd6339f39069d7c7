"""Color contrast: readable text on any color, and paler, opaque bars."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

import numpy as np

from dashapp.figures.drawing.canvas import Canvas, aid
from dashapp.theme import Theme

# Nearly black and white: one of them has at least 4.5 : 1 on any color, as WCAG AA requires.
DARK_INK = "#04060a"
LIGHT_INK = "#ffffff"


def blended(color: str, ground: str, share: float) -> str:
    """Return the opaque color that looks like ``color`` with opacity ``share`` on ``ground``.

    Examples
    --------
    >>> blended("#ff0000", "#0000ff", 0.5)
    '#800080'
    """
    pairs = zip(*(bytes.fromhex(each[1:]) for each in (color, ground)), strict=True)
    return "#" + "".join(f"{round(top * share + below * (1 - share)):02x}" for top, below in pairs)


def luminance(color: str) -> float:
    """Return the relative luminance of a hex color, 0 for black to 1 for white.

    References
    ----------
    W3C, "Web Content Accessibility Guidelines 2.2", definition of relative luminance.

    Examples
    --------
    >>> luminance("#000000"), luminance("#ffffff")
    (0.0, 1.0)
    """
    channels = (value / 255 for value in bytes.fromhex(color[1:]))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return round(float(sum(map(mul, linear, (0.2126, 0.7152, 0.0722)))), 6)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two hex colors, 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return round((high + 0.05) / (low + 0.05), 2)


def ink_on(color: str) -> str:
    """Return the more readable text color on a background color.

    Examples
    --------
    >>> ink_on("#ffffff") == DARK_INK, ink_on("#3a2080") == LIGHT_INK
    (True, True)
    """
    return max((DARK_INK, LIGHT_INK), key=lambda ink: contrast(ink, color))


def color_at(scale: Sequence[str], place: float) -> str:
    """Return the color at a position of a scale, 0 to 1, interpolated as plotly does.

    Examples
    --------
    >>> color_at(("#000000", "#ffffff"), 0.5)
    '#808080'
    """
    last = len(scale) - 1
    at = min(max(place, 0.0), 1.0) * last
    low = min(int(at), last - 1)
    part = at - low
    mixed = (
        int(scale[low][i : i + 2], 16) * (1 - part) + int(scale[low + 1][i : i + 2], 16) * part
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{round(value):02x}" for value in mixed)


def write_cells(
    canvas: Canvas,
    texts: Sequence[Sequence[str]],
    places: np.ndarray,
    scale: Sequence[str],
    *,
    theme: Theme,
) -> None:
    """Write a text on each cell of a heatmap, in a readable color.

    Parameters
    ----------
    texts
        One per cell; empty for no text.
    places
        Position of each cell on the color scale, 0 to 1, same shape; NaN for an empty cell, whose
        text is on the card's background.
    scale
        The heatmap's colors.
    """
    heatmap = canvas.traces[-1]
    cells = [
        (x, y, text, theme.muted if np.isnan(place) else ink_on(color_at(scale, float(place))))
        for y, row, spots in zip(heatmap["y"], texts, places, strict=True)
        for x, text, place in zip(heatmap["x"], row, spots, strict=True)
        if text
    ]
    canvas.add(
        "scatter",
        x=[cell[0] for cell in cells],
        y=[cell[1] for cell in cells],
        mode="text",
        text=[cell[2] for cell in cells],
        textfont={"size": 12, "color": [cell[3] for cell in cells]},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        **aid("numbers"),
    )
    # Text traces would extend the axes beyond the cells.
    across, down = len(heatmap["x"]), len(heatmap["y"])
    canvas.layout["xaxis"] |= {"autorange": False, "range": [-0.5, across - 0.5]}
    canvas.layout["yaxis"] |= {"autorange": False, "range": [down - 0.5, -0.5]}
