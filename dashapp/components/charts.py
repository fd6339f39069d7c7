"""The one way to put a chart on a page.

Every chart has a title, a sentence that says what it shows, a text alternative and its two
downloads; ``assets/charts.js`` does the downloads in the browser, without the server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import figures
from dashapp.components.icon import icon
from dashapp.components.terms import explained
from dashapp.theme import Theme

# Plotly offers to upload charts to a vendor's cloud unless told otherwise.
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
    """A figure and the sentence that says what it shows; what a chart's callback returns."""

    figure: go.Figure
    reading: str

    @classmethod
    def of(
        cls, figure: Callable[..., go.Figure], *data: Any, theme: Theme, **choices: Any
    ) -> Drawn:
        """Draw a figure whose ``…_reading`` takes the same data and choices."""
        reading = getattr(figures, f"{figure.__name__}_reading")
        return cls(figure(*data, theme=theme, **choices), reading(*data, **choices))


def chart(
    id_: str | dict[str, str],
    reading_id: str | dict[str, str],
    title: str,
    *,
    explain: str | None = None,
    subtitle: str | None = None,
    height: int = HEIGHT,
    movable: bool = False,
    drawn: Drawn | None = None,
) -> Component:
    """A titled chart with its reading and downloads.

    Parameters
    ----------
    id_, reading_id
        Ids of the graph and of the sentence below it.
    title
        What the chart shows, in words.
    explain
        A term of the glossary, or a sentence, behind a question mark after the title.
    subtitle
        A quieter second line.
    height
        In pixels; :data:`TALL` for a map, :data:`SQUARE` for what is as high as it is wide.
    movable
        Whether zoom and pan buttons are offered.
    drawn
        What it shows. A chart that comes with its picture is drawn once, without asking again;
        None where a callback brings it later.
    """
    config = CONFIG | MOVABLE if movable else CONFIG
    empty = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False},
                                    "paper_bgcolor": "rgba(0,0,0,0)",
                                    "plot_bgcolor": "rgba(0,0,0,0)"}}  # fmt: skip
    return html.Figure(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(
                                [html.H2(title), explained(explain) if explain else None],
                                className="chart-title",
                            ),
                            html.P(subtitle, className="chart-subtitle") if subtitle else None,
                        ]
                    ),
                    html.Div(
                        [_download("png", "PNG", title), _download("csv", "CSV", title)],
                        className="chart-tools",
                    ),
                ],
                className="chart-head",
            ),
            # The frame keeps the chart's place while the browser still loads plotly.
            html.Div(
                dcc.Graph(
                    id=id_,
                    figure=empty if drawn is None else drawn.figure,
                    config=config,
                    className="chart-graph",
                    style={"height": f"{height}px"},
                    responsive=True,
                ),
                className="chart-frame",
                style={"minHeight": f"{height}px"},
                # One picture: its hundreds of labels, read one by one, would tell nothing. What
                # it shows stands in the sentence below and in the table behind “CSV”.
                # A map has buttons of its own, which a picture cannot have.
                role="group" if movable else "img",
                **{"aria-label": f"Chart: {title}"},
            ),
            html.Figcaption(
                drawn.reading if drawn else "", id=reading_id, className="chart-reading"
            ),
        ],
        className="chart-card card-soft",
        **{"aria-label": title, "data-chart": title},
    )


def _download(kind: str, label: str, title: str) -> Component:
    return html.Button(
        [icon("download"), label],
        type="button",
        className="btn btn-quiet btn-small",
        **{"data-chart-download": kind, "aria-label": f"Download “{title}” as {label}"},
    )
