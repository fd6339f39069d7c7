"""The one way to put a chart on a page.

Every chart has a title, a sentence that says what it shows, a text alternative and its two
downloads; ``assets/charts.js`` does the downloads in the browser, without the server.
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
    """What a chart shows, in a picture and in words; what a chart's callback returns."""

    figure: go.Figure | Patch
    reading: str
    title: str

    @classmethod
    def of(
        cls, figure: Callable[..., go.Figure], *data: Any, title: str, theme: Theme, **choices: Any
    ) -> Drawn:
        """Draw a figure whose ``…_reading`` takes the same data and choices."""
        reading = getattr(figures, f"{figure.__name__}_reading")
        told = formatting.unbroken(reading(*data, **choices))
        return cls(figure(*data, theme=theme, **choices), told, title)


def reading_of(id_: str) -> str:
    """Id of the sentence below a chart."""
    return f"{id_}-reading"


def title_of(id_: str) -> str:
    """Id of a chart's title."""
    return f"{id_}-title"


def drawn_anew(id_: str, **options: Any) -> tuple[Output, Output, Output]:
    """Where a callback's :class:`Drawn` goes.

    Parameters
    ----------
    id_
        Of the chart.
    options
        For each output, such as ``allow_duplicate``.
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
    """A titled chart with its reading and downloads.

    Parameters
    ----------
    id_
        Of the graph; its title and its sentence have ids of their own, for :func:`drawn_anew`.
    drawn
        What it shows.
    explain
        A term of the glossary, or a sentence, behind a question mark after the title.
    height
        In pixels; :data:`TALL` for a map, :data:`SQUARE` for what is as high as it is wide.
    movable
        Whether zoom and pan buttons are offered.
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
            # The frame keeps the chart's place while the browser still loads plotly.
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
                # One picture: its hundreds of labels, read one by one, would tell nothing. What
                # it shows stands in the sentence below and in the table behind “CSV”.
                # A map has buttons of its own, which a picture cannot have.
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
