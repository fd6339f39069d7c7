"""Colors and chart templates, light and dark; ``assets/tokens.css`` has the same values.

A test compares both files, so change a color in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go

FONT = (
    'Inter, "Segoe UI Variable Text", "Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, '
    '"Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, system-ui, sans-serif'
)
FONT_SIZE = 13
# Pixels around a plot: on the left a title and numbers of four digits, below a title and one line
# of labels. If plotly needs more, it draws the whole chart a second time.
MARGIN = {"l": 70, "r": 20, "t": 16, "b": 56}

# Found by a search over hue, chroma and lightness that maximizes the smallest distance between any
# two colors in normal vision, deuteranopia, protanopia and tritanopia, with at least 3 : 1 contrast
# to the surface; the first ones are the furthest apart. A position has the same hue in both themes,
# so that a segment stays "the amber one".
SEGMENT_COLORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": (
            "#7033ba",
            "#d27b15",
            "#02a2a7",
            "#9d1048",
            "#1a5c7b",
            "#3e4400",
            "#8e62b8",
            "#a25f16",
            "#467c55",
            "#6a6ef3",
        ),
        "dark": (
            "#7f6ee2",
            "#fabc1f",
            "#4acdd2",
            "#d14f6c",
            "#a4ebfe",
            "#b28c01",
            "#b98dfe",
            "#ff8482",
            "#c4d7a3",
            "#4f9dc1",
        ),
    }
)
UNASSIGNED: Mapping[str, str] = MappingProxyType({"light": "#737c8c", "dark": "#8b95a7"})


@dataclass(frozen=True)
class Theme:
    """Colors of a theme for figures.

    Attributes
    ----------
    name
        ``"light"`` or ``"dark"``.
    background, surface, surface_soft
        Page, cards and areas within cards.
    text, muted, border, grid
        Text, secondary text, lines around and in charts.
    accent, accent_soft
        The color of data outside segments, and its pale companion.
    good, bad
        Positive and negative contributions.
    sequential, diverging
        Color scales from low to high, and from below to above average.
    segments
        One color for each position in the palette.
    unassigned
        Color of customers in no segment.
    """

    name: str
    background: str
    surface: str
    surface_soft: str
    text: str
    muted: str
    border: str
    grid: str
    accent: str
    accent_soft: str
    good: str
    bad: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    segments: tuple[str, ...] = field(repr=False)
    unassigned: str = field(repr=False)

    @property
    def tokens(self) -> dict[str, str]:
        """CSS custom properties that must have the same values in ``tokens.css``."""
        named = ("background", "surface", "surface_soft", "text", "muted", "border", "grid",
                 "accent", "accent_soft", "good", "bad")  # fmt: skip
        tokens = {f"--{name.replace('_', '-')}": str(getattr(self, name)) for name in named}
        tokens |= {f"--segment-{place}": color for place, color in enumerate(self.segments)}
        return tokens | {"--segment-none": self.unassigned}

    @property
    def template(self) -> go.layout.Template:
        """The plotly template of this theme."""
        return _template(self)

    def segment_color(self, place: int) -> str:
        """Return a segment's color by its position in the palette; negative means unassigned.

        Examples
        --------
        >>> LIGHT.segment_color(0) == LIGHT.segment_color(len(LIGHT.segments))
        True
        >>> LIGHT.segment_color(-1) == LIGHT.unassigned
        True
        """
        return self.unassigned if place < 0 else self.segments[place % len(self.segments)]


LIGHT = Theme(
    name="light",
    background="#f6f7fb",
    surface="#ffffff",
    surface_soft="#f1f3f9",
    text="#141a2b",
    muted="#545f75",
    border="#e2e6ef",
    grid="#e9ecf3",
    accent="#4656d8",
    accent_soft="#c5cbf6",
    good="#0f7a72",
    bad="#b4436a",
    sequential=("#f3f5fc", "#d5dcf6", "#a9b8ee", "#7587e2", "#4a56d2", "#312f9d", "#1e1a63"),
    diverging=("#8d3a5f", "#c97a99", "#ecc8d5", "#f5f6fa", "#b8dfda", "#4fa59c", "#0c655e"),
    segments=SEGMENT_COLORS["light"],
    unassigned=UNASSIGNED["light"],
)
DARK = Theme(
    name="dark",
    background="#0c111d",
    surface="#141a29",
    surface_soft="#1c2436",
    text="#e9edf6",
    muted="#a4afc3",
    border="#283247",
    grid="#232c40",
    accent="#8d9bff",
    accent_soft="#3a4480",
    good="#4fc3b5",
    bad="#f08bb0",
    sequential=("#182036", "#253060", "#37479a", "#5567d2", "#7f93f0", "#b2c2fb", "#e6ecff"),
    diverging=("#f296b8", "#a95377", "#54304a", "#1e2638", "#1f4b52", "#2f8a82", "#6fdccc"),
    segments=SEGMENT_COLORS["dark"],
    unassigned=UNASSIGNED["dark"],
)
THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK)})


def theme(name: object) -> Theme:
    """Return the theme that a browser asks for; light if unknown.

    Examples
    --------
    >>> theme("dark").name, theme(None).name, theme({"a": 1}).name
    ('dark', 'light', 'light')
    """
    return THEMES.get(name, LIGHT) if isinstance(name, str) else LIGHT


def segment_class(place: int) -> str:
    """Return the CSS class that sets ``--segment`` to a segment's color in either theme.

    Examples
    --------
    >>> segment_class(2), segment_class(-1)
    ('seg-2', 'seg-none')
    """
    return "seg-none" if place < 0 else f"seg-{place % len(LIGHT.segments)}"


def translucent(color: str, alpha: float) -> str:
    """Return a hex color with an opacity, 0 to 1, in plotly's format.

    Examples
    --------
    >>> translucent("#ff8000", 0.25)
    'rgba(255,128,0,0.25)'
    """
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def color_scale(colors: tuple[str, ...]) -> list[list[float | str]]:
    """Return evenly spaced color stops for plotly.

    Examples
    --------
    >>> color_scale(("#000000", "#ffffff"))
    [[0.0, '#000000'], [1.0, '#ffffff']]
    """
    last = len(colors) - 1
    return [[place / last, color] for place, color in enumerate(colors)]


@cache
def _template(look: Theme) -> go.layout.Template:
    axis: dict[str, Any] = {
        "automargin": True,
        "gridcolor": look.grid,
        "linecolor": look.border,
        "zerolinecolor": look.border,
        "tickcolor": look.border,
        "tickfont": {"size": 12, "color": look.muted},
        "title": {"font": {"size": 12, "color": look.muted}, "standoff": 12},
    }
    label = {
        "bgcolor": look.surface,
        "bordercolor": look.border,
        "font": {"family": FONT, "size": 13, "color": look.text},
        "align": "left",
    }
    space = {
        **{key: axis[key] for key in ("gridcolor", "linecolor", "tickfont")},
        "title": {"font": {"size": 12, "color": look.muted}},
        "backgroundcolor": look.surface,
        "zerolinecolor": look.border,
        "showspikes": False,
    }
    layout = go.Layout(
        font={"family": FONT, "size": FONT_SIZE, "color": look.text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=list(look.segments),
        colorscale={
            "sequential": color_scale(look.sequential),
            "diverging": color_scale(look.diverging),
        },
        margin=MARGIN,
        xaxis={**axis, "showgrid": False, "showline": True, "zeroline": False},
        yaxis={
            **axis,
            "ticklabelstandoff": 6,
            "showgrid": True,
            "showline": False,
            "zeroline": False,
        },
        hoverlabel=label,
        legend={
            "traceorder": "normal",  # like the rows and boxes next to them
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.02,
            "xanchor": "left",
            "x": 0,
            "font": {"size": 12, "color": look.muted},
            "bgcolor": "rgba(0,0,0,0)",
            "title": {"font": {"size": 12, "color": look.muted}},
        },
        modebar={
            "bgcolor": "rgba(0,0,0,0)",
            "color": look.muted,
            "activecolor": look.accent,
            "orientation": "v",  # horizontally, it would overlap the legend
        },
        scene={"xaxis": space, "yaxis": space, "zaxis": space, "bgcolor": "rgba(0,0,0,0)"},
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                "gridcolor": look.grid,
                "linecolor": look.border,
                "tickfont": {"size": 11, "color": look.muted},
            },
            "angularaxis": {
                "gridcolor": look.grid,
                "linecolor": look.border,
                "tickfont": {"size": 12, "color": look.text},
            },
        },
        separators=".,",
        dragmode=False,
        hovermode="closest",
        bargap=0.28,
        uniformtext={"minsize": 10, "mode": "hide"},
        transition={"duration": 0},
    )
    return go.layout.Template(layout=layout)
