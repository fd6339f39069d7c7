"""The standard way to put a chart on a page.

Every chart has a title, a sentence that says what it shows, a text alternative and two
downloads, which ``assets/charts.js`` creates in the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import plotly.graph_objects as go
from dash import Output, Patch, dcc, html
from dash.development.base_component import Component

from dashapp import figures, formatting
from dashapp.components.icon import icon
from dashapp.components.terms import explained
from dashapp.theme import Theme

# By default, Plotly offers to upload charts to a vendor's cloud.
CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "responsive": True,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": "reset",
    "toImageButtonOptions": {"format": "png", "scale": 2},
}
MOVABLE = {
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": [
        "toImage", "select2d", "lasso2d", "autoScale2d", "resetCameraLastSave3d",
        "tableRotation", "orbitRotation", "hoverClosest3d",
    ],
}  # fmt: skip
HEIGHT = 340
SQUARE = 420
TALL = 520


class Drawn(NamedTuple):
    """A figure with its description and title; the return value of a chart's callback."""

    figure: go.Figure | Patch
    reading: str
    title: str

    @classmethod
    def of(
        cls, figure: Callable[..., go.Figure], *data: Any, title: str, theme: Theme, **choices: Any
    ) -> Drawn:
        """Draw a figure; its ``…_reading`` function takes the same data and choices."""
        reading = getattr(figures, f"{figure.__name__}_reading")
        told = formatting.unbroken(reading(*data, **choices))
        return cls(figure(*data, theme=theme, **choices), told, title)


def reading_of(id_: str) -> str:
    """Return the id of the sentence below a chart."""
    return f"{id_}-reading"


def title_of(id_: str) -> str:
    """Return the id of a chart's title."""
    return f"{id_}-title"


def drawn_anew(id_: str, **options: Any) -> tuple[Output, Output, Output]:
    """Return the outputs for a callback that returns :class:`Drawn`.

    Parameters
    ----------
    id_
        Id of the chart.
    options
        Keyword arguments for each output, such as ``allow_duplicate``.
    """
    return (
        Output(id_, "figure", **options),
        Output(reading_of(id_), "children", **options),
        Output(title_of(id_), "children", **options),
    )


def chart(
    id_: str,
    drawn: Drawn,
    *,
    explain: str | None = None,
    height: int = HEIGHT,
    movable: bool = False,
) -> Component:
    """Return a titled chart with its description and downloads.

    Parameters
    ----------
    id_
        Id of the graph; its title and sentence have ids of their own, see :func:`drawn_anew`.
    drawn
        The figure, its description and its title.
    explain
        A glossary term or a sentence, shown behind a question mark after the title.
    height
        In pixels; :data:`TALL` for a map, :data:`SQUARE` for a square chart.
    movable
        Whether to offer zoom and pan buttons.
    """
    title = title_of(id_)
    return html.Figure(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H2(drawn.title, id=title),
                            explained(explain) if explain else None,
                        ],
                        className="chart-title",
                    ),
                    html.Div(
                        [_download(id_, "png", "PNG"), _download(id_, "csv", "CSV")],
                        className="chart-tools",
                    ),
                ],
                className="chart-head",
            ),
            # The frame reserves the chart's space while the browser loads plotly.
            html.Div(
                dcc.Graph(
                    id=id_,
                    figure=drawn.figure,
                    config=CONFIG | MOVABLE if movable else CONFIG,
                    className="chart-graph",
                    style={"height": f"{height}px"},
                    responsive=True,
                ),
                className="chart-frame",
                style={"minHeight": f"{height}px"},
                # Screen readers get one image instead of hundreds of labels; the sentence below and
                # the table behind “CSV” say what it shows. A map contains buttons, which an image
                # cannot.
                role="group" if movable else "img",
                **{"aria-labelledby": title},
            ),
            html.Figcaption(drawn.reading, id=reading_of(id_), className="chart-reading"),
        ],
        className="chart-card card-soft",
        **{"aria-labelledby": title, "data-chart": id_},
    )


def _download(id_: str, kind: str, label: str) -> Component:
    return html.Button(
        [icon("download"), label],
        type="button",
        className="btn btn-quiet btn-small",
        **{
            "aria-label": f"Download as {label}",
            "aria-describedby": title_of(id_),
            "data-chart-download": kind,
        },
    )
