"""The tabs of the Segments page, rendered from a model and its data."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp import figures
from dashapp.components.charts import HEIGHT, SQUARE, TALL, Drawn, chart
from dashapp.components.choice import choice, choices
from dashapp.components.icon import icon
from dashapp.components.states import empty_state
from dashapp.components.tables import data_table
from dashapp.figures.profile_charts import MAX_SIDE_BY_SIDE, MAX_TRAITS
from dashapp.page.address import Address
from dashapp.pages.segments import charts
from dashapp.pages.segments.charts import Placed
from dashapp.pages.segments.ids import Ids
from dashapp.theme import Theme, segment_class
from segmentation import Segment, SegmentModel

# Axes of the radar: more cannot be read, fewer form no shape.
RADAR_COLUMNS = 7
RADAR_FEWEST = 3
# With at most this many rows the heatmap fits a chart of normal height.
SHORT_HEATMAP = 9
# On phones, a category's legend is a column above the bars.
LEVELS_KEY = 220
LEVELS_BAR = 36
# Pixels of a row with a two-line segment name, and of what is above and below the rows.
NAMED_ROW = 34
AROUND_ROWS = 104
ONE_SEGMENT = ("One segment", "All customers are in one segment: there is nothing to compare.")
# Chart of the evidence → its glossary term.
EVIDENCE = {
    Ids.SILHOUETTE: "silhouette",
    Ids.INERTIA: "elbow",
    Ids.STABILITY: "stability",
    Ids.SMALLEST: "smallest",
}
FLAT = "2d"
VIEWS = {FLAT: "2D", "3d": "3D"}


def map_view(view: str, drawn: Drawn, customer: list[Component]) -> Component:
    """Return the 2D or 3D map and, if requested, the customer next to it."""
    return html.Div(
        [
            html.Div(
                [
                    dbc.RadioItems(
                        options=[{"label": text, "value": key} for key, text in VIEWS.items()],
                        value=view,
                        id=Ids.MAP_VIEW,
                        inline=True,
                        class_name="segmented",
                    )
                ],
                className="toolbar",
            ),
            html.Div(
                [
                    chart(Ids.MAP, drawn, explain="PCA", height=TALL, movable=True),
                    html.Aside(
                        customer or [icon("people"), html.P("Click a point to see the customer.")],
                        id=Ids.MAP_CUSTOMER,
                        className="card-soft map-customer",
                        **{"aria-live": "polite", "aria-label": "The customer you clicked"},
                    ),
                ],
                className="with-aside",
            ),
        ]
    )


def profiles_view(model: SegmentModel, address: Address, look: Theme) -> Component:
    """Return the index heatmap, radar, category levels, and the table in original units."""
    segments = model.segments
    return html.Div(
        [
            *_shapes(segments, charts.numeric_columns(model), look),
            _levels(model, address, look) if model.everybody.levels else None,
            html.Section(
                [
                    html.H2("Averages in original units"),
                    data_table(
                        figures.profile_table(segments, model.everybody),
                        colors={s.name: segment_class(s.color) for s in segments},
                    ),
                ],
                className="card-soft span-all",
            ),
        ],
        className="grid-2",
    )


def _levels(model: SegmentModel, address: Address, look: Theme) -> Component:
    categories = list(model.everybody.levels)
    column = address.one(Ids.LEVELS_COLUMN, categories, categories[0]) or categories[0]
    return html.Section(
        [
            choice(Ids.LEVELS_COLUMN, "Category", categories, column),
            chart(
                Ids.LEVELS,
                charts.levels(model, column, look),
                height=max(HEIGHT, LEVELS_KEY + LEVELS_BAR * len(model.segments)),
            ),
        ],
        className="span-all",
    )


def _shapes(segments: Sequence[Segment], columns: Sequence[str], look: Theme) -> list[Component]:
    """Return the charts that compare segments in numbers; empty if nothing can be compared."""
    if len(segments) < 2 or not columns:
        return []
    parts = []
    # Cells keep their height, and the chart alongside has the same height.
    many = min(len(columns), MAX_TRAITS) > SHORT_HEATMAP or len(segments) > MAX_SIDE_BY_SIDE
    height = TALL if many else SQUARE
    heatmap = figures.index_heatmap(segments, columns, theme=look)
    if heatmap.data:
        reading = figures.index_heatmap_reading(segments, columns)
        drawn = Drawn(heatmap, reading, "What sets each segment apart")
        parts.append(chart(Ids.HEATMAP, drawn, explain="index", height=height))
    axes = columns[:RADAR_COLUMNS]
    if len(axes) >= RADAR_FEWEST:
        title = "Shape of each segment"
        drawn = Drawn.of(figures.profile_radar, segments, axes, title=title, theme=look)
        tall = height if parts else SQUARE
        parts.append(chart(Ids.RADAR, drawn, explain="radar", height=tall))
    return parts


def distribution_view(
    model: SegmentModel, placed: Placed | None, address: Address, look: Theme
) -> Component:
    """Return customers and revenue by segment, and any column by segment."""
    columns = charts.spread_columns(model, placed.table) if placed else []
    parts = _shares(model, look) if len(model.segments) > 1 else []
    if placed and columns:
        column = address.one(Ids.SPREAD_COLUMN, columns, columns[0]) or columns[0]
        parts.append(
            html.Section(
                [
                    choice(Ids.SPREAD_COLUMN, "Column by segment", columns, column),
                    chart(
                        Ids.SPREAD,
                        charts.spread(placed, model, column, look),
                        height=_rows_height(model),
                    ),
                ],
                className="span-all",
            )
        )
    if not parts:
        return empty_state(*ONE_SEGMENT)
    return html.Div(parts, className="grid-2")


def _shares(model: SegmentModel, look: Theme) -> list[Component]:
    compared = "Customers against revenue" if model.monetary else "Share of customers"
    shown = [
        (Ids.DONUT, figures.customers_donut, "Customers by segment"),
        (Ids.SHARES, figures.share_bars, compared),
    ]
    return [
        chart(
            id_,
            Drawn.of(figure, model.segments, title=title, theme=look),
            height=_rows_height(model),
        )
        for id_, figure, title in shown
    ]


def _rows_height(model: SegmentModel) -> int:
    """Return the pixels needed for one labeled row per segment."""
    return max(HEIGHT, AROUND_ROWS + NAMED_ROW * len(model.segments))


def compare_view(model: SegmentModel, address: Address, look: Theme) -> Component:
    """Return a comparison of segments over several metrics."""
    if len(model.segments) < 2:
        return empty_state(*ONE_SEGMENT)
    if not model.everybody.numeric:
        return empty_state(
            "No numbers to compare",
            "These segments were found in categories alone; Profiles shows how those differ.",
        )
    options = [{"label": segment.name, "value": segment.id} for segment in model.segments]
    every = [option["value"] for option in options]
    chosen = address.several(Ids.COMPARE_SEGMENTS, every) or every
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.Div("Segments to compare", className="field-label"),
                            choices(Ids.COMPARE_SEGMENTS, options, chosen),
                        ],
                        className="field field-wide",
                    )
                ],
                className="toolbar",
            ),
            chart(
                Ids.COMPARE,
                charts.comparison(model, chosen, look),
                explain="deviations",
                height=TALL,
            ),
        ]
    )


def evidence_view(model: SegmentModel, look: Theme, *, can_choose: bool) -> Component:
    """Return the evidence for the number of segments: four charts over k."""
    evidence, k = model.evidence, model.verdict.k
    if not evidence:
        return empty_state("No evidence to show", "No other number of segments was compared.")
    views = [
        (Ids.SILHOUETTE, figures.silhouette_by_k, "How separate segments are (silhouette)"),
        (Ids.INERTIA, figures.inertia_by_k, "What one more segment brings (elbow)"),
        (Ids.STABILITY, figures.stability_by_k, "How surely segments come back (stability)"),
        (Ids.SMALLEST, figures.smallest_share_by_k, "How small the smallest segment gets"),
    ]
    if all(row.stability is None for row in evidence):
        del views[2]
    return html.Div(
        [
            html.P(
                "Click a number of segments in the first chart to take it instead.",
                className="text-muted-soft span-all",
            )
            if can_choose and len(evidence) > 1
            else None,
            *(
                chart(
                    id_,
                    Drawn.of(figure, evidence, k, title=title, theme=look),
                    explain=EVIDENCE[id_],
                )
                for id_, figure, title in views
            ),
        ],
        className="grid-2",
    )
