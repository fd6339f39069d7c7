"""The canvas, axes and color bars of all figures."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashapp import units
from dashapp.figures.drawing.wrapped_labels import LONGEST_LABEL, in_lines, label, labels, wrapped
from dashapp.theme import LIGHT, Theme

# Pixels of a one-line legend, of a title next to labels, and of a title below slanted labels.
LEGEND_ROOM = 50
TITLE_ROOM, SLANT_ROOM = 48, 52
LETTER_ROOM = 5.6
# Angle in degrees of long labels below an axis.
SLANT = -45
# Characters per line of an axis title, and of a title below a plot with labels at its left.
TITLE_LINE, TITLE_BELOW_LABELS = 38, 24
CODES = {"$": "USD", "€": "EUR", "£": "GBP"}
# Position of a scale_bar above instead of below.
ABOVE = {"y": 1.02, "yanchor": "bottom"}
# Characters per line of a segment's name on an axis.
TICK_LINE = 16


class Canvas:
    """Collects the traces and layout of a figure before plotly gets them.

    Plotly would validate each property of the template, and of each trace twice, at a millisecond
    or more apiece; a contract test validates all figures instead.

    Parameters
    ----------
    uirevision
        Subject of the figure: zoom and hidden traces persist while it stays the same.
    layout
        Further layout properties.
    """

    def __init__(self, theme: Theme, uirevision: str, **layout: Any) -> None:
        margin = {**_room(layout), **layout.pop("margin", {})}
        shared = {"template": theme.template, "uirevision": uirevision, "margin": margin}
        self.layout: dict[str, Any] = {**shared, **layout}
        self.traces: list[dict[str, Any]] = []

    def add(self, kind: str, **properties: Any) -> None:
        """Add a trace of a type such as ``"bar"``; properties that are None are left out."""
        given = {name: value for name, value in properties.items() if value is not None}
        self.traces.append({"type": kind, **given})

    def note(self, **annotation: Any) -> None:
        """Add an annotation."""
        self.layout.setdefault("annotations", []).append(annotation)

    def figure(self) -> go.Figure:
        """Return the figure."""
        return go.Figure(data=self.traces, layout=self.layout, _validate=False)


def _room(layout: dict[str, Any]) -> dict[str, int]:
    """Return the margins for a legend above and labels at the left; see ``theme.MARGIN``."""
    room = {"t": LEGEND_ROOM} if layout.get("showlegend") else {}
    across, up = layout.get("xaxis", {}), layout.get("yaxis", {})
    if up.get("ticktext"):
        room["l"] = TITLE_ROOM + round(_width(up["ticktext"]))
    if across.get("ticktext") and across.get("tickangle") == SLANT:
        room["b"] = SLANT_ROOM + round(_width(across["ticktext"]) * math.sin(math.radians(-SLANT)))
    return room


def _width(texts: Sequence[str]) -> float:
    lines = [line for text in texts for line in re.sub("<[^b<>][^<>]*>", "", text).split("<br>")]
    return LETTER_ROOM * max(len(html.unescape(line)) for line in lines)


def empty_figure(
    text: str = "No customers are left. Take a filter away to see them.", *, theme: Theme = LIGHT
) -> go.Figure:
    """Return an empty figure with a friendly sentence.

    Examples
    --------
    >>> empty_figure("Nothing yet.").layout.annotations[0].text
    'Nothing yet.'
    """
    hidden = {"visible": False, "fixedrange": True, "title": {"text": "nothing"}}
    canvas = Canvas(
        theme, "empty", margin={"l": 0, "r": 0}, xaxis=hidden, yaxis=hidden, hovermode=False
    )
    canvas.note(
        text=wrapped(text, 44),
        xref="paper",
        yref="paper",
        x=0.5,
        y=0.5,
        showarrow=False,
        font={"size": 14, "color": theme.muted},
    )
    return canvas.figure()


def named(name: str, longest: int = LONGEST_LABEL, **told: Any) -> dict[str, Any]:
    """Return a trace's short name for the legend and its full name for the CSV file.

    Parameters
    ----------
    told
        Further entries of ``meta``: ``extra``, additional CSV columns as header → values, and
        ``measure``, the header of the values; see ``assets/charts.js``.

    Examples
    --------
    >>> named("VIP")
    {'name': 'VIP', 'meta': {'name': 'VIP'}}
    """
    return {"name": label(name, longest), "meta": {"name": name, **told}}


def whole_names(*names: str | None) -> dict[str, dict[str, str]]:
    """Return the ``meta`` with the full names that the axes shorten, for the CSV file.

    Examples
    --------
    >>> whole_names("Age", None), list(whole_names("x" * 60)["names"].values()) == ["x" * 60]
    ({'names': {}}, True)
    """
    return {"names": {label(n, 48): n for n in names if n is not None and len(n) > 48}}


def aid(name: str) -> dict[str, Any]:
    """Return the name of a trace that is only a visual aid; the CSV file omits it."""
    return {"name": label(name), "meta": {"helper": True}}


def number_axis(name: str) -> dict[str, Any]:
    """Return an axis for a numeric column, with its name and currency."""
    return {
        "title": {"text": axis_title(name)},
        "tickformat": ",.2~f",
        "tickprefix": units.currency_of(name),
    }


def measured_axis(name: str, *, date: bool) -> dict[str, Any]:
    """Return an axis for a column of numbers or dates."""
    if date:
        return {"title": {"text": f"{label(name, 36)} (date)"}, "type": "date"}
    return number_axis(name)


def below_labels(axis: Mapping[str, Any], told: str = "") -> dict[str, Any]:
    """Return an axis with grid lines for a plot with labels at its left.

    On a phone, the labels leave little width for its title.

    Parameters
    ----------
    told
        Text in front of the title.
    """
    title = told + axis["title"]["text"].replace("…<br>", "…").replace("<br>", " ")
    return {**axis, "title": {"text": in_lines(title, TITLE_BELOW_LABELS)}, "showgrid": True}


def axis_title(name: str) -> str:
    """Return a column's name with its unit, in lines that fit on a phone.

    Examples
    --------
    >>> units.use_units({"Total Spend": "$", "Umsatz (€)": "€"})
    >>> axis_title("Total Spend"), axis_title("Umsatz (€)"), axis_title("Age")
    ('Total Spend ($)', 'Umsatz (€)', 'Age')
    >>> axis_title("Number of purchases in the last twelve months")
    'Number of purchases in the last twelve<br>months'
    >>> units.use_units({})
    """
    unit = units.currency_of(name).strip()
    unsaid = unit and unit not in name and CODES.get(unit, unit) not in name
    return in_lines(f"{label(name, 48)} ({unit})" if unsaid else label(name, 48), TITLE_LINE)


def count_axis(what: str = "Customers") -> dict[str, Any]:
    """Return an axis of counts."""
    return {"title": {"text": f"{what} (number)"}, "tickformat": ",.0f", "rangemode": "tozero"}


def share_axis(title: str) -> dict[str, Any]:
    """Return an axis of percentages, 0 to 100."""
    return {
        "title": {"text": f"{title} (%)"},
        "tickformat": ",.0f",
        "ticksuffix": " %",
        "rangemode": "tozero",
    }


def label_axis(values: Sequence[object], title: str, texts: Sequence[str] | None = None) -> Any:
    """Return a category axis with the raw values as data and safe labels as ticks.

    By default, labels are wrapped into short lines, to leave the chart its width.
    """
    names = [str(value) for value in values]
    return {
        "title": {"text": label(title, 48)},
        "type": "category",
        "tickmode": "array",
        "tickvals": names,
        "ticktext": [in_lines(name, TICK_LINE) for name in labels(names)]
        if texts is None
        else list(texts),
        "showgrid": False,
        "categoryorder": "array",
        "categoryarray": names,
    }


def scale_bar(title: str, theme: Theme, **more: Any) -> dict[str, Any]:
    """Return a flat color bar, by default below the heatmap, which keeps its full width."""
    return {
        "orientation": "h",
        "title": {"text": title, "side": "top", "font": {"size": 12, "color": theme.muted}},
        "thickness": 8,
        "len": 0.6,
        "x": 0.5,
        "xanchor": "center",
        "y": -0.02,
        "yanchor": "top",
        "outlinewidth": 0,
        "tickangle": 0,
        "tickfont": {"size": 11, "color": theme.muted},
        **more,
    }
