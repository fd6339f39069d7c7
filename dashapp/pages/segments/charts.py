"""Charts of the Segments page that depend on a choice, and the customer card next to the map."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import figures, formatting
from dashapp.auth.permissions import Right, may
from dashapp.components.charts import Drawn
from dashapp.components.sampled import noun
from dashapp.page.context import Context
from dashapp.page.tab_state import Refs, Seen
from dashapp.pages.segments.current_model import scores_of
from dashapp.pages.segments.customers_tab import picked_links
from dashapp.services.masking import contact_columns, hidden
from dashapp.theme import Theme, segment_class
from segmentation import Segment, SegmentModel, Table

MAP = "Where customers stand"


class Placed(NamedTuple):
    """The loaded customers, with the segment and map position of each."""

    table: Table
    scores: pd.DataFrame


def placed_customers(context: Context, seen: Seen) -> Placed | None:
    """Return the customers, if all have a segment and the visitor may see them."""
    if seen.table is None or not seen.scored or not may(Right.DATA):
        return None
    return Placed(seen.table, scores_of(context, seen))


def customers_map(
    placed: Placed, model: SegmentModel, *, flat: bool, row: int | None, look: Theme
) -> Drawn:
    """Draw the map of all customers; the flat map can mark one row."""
    scores = placed.scores
    titles = [model.projection.axis_title(axis) for axis in range(3)]
    told = formatting.unbroken(f"{figures.segment_map_reading(model)} ")
    if flat and row is not None:
        star = scores[["x", "y", "z"]].to_numpy(dtype=float)[row]
        between = scores[["segment_id", "runner_up_id"]].iloc[row].tolist()
        names = [segment.name for segment in model.segments if segment.id in between]
        figure = figures.customer_map(
            scores, model, titles, star, written=names, legend=True, theme=look
        )
        said = f"{told}The star is the customer whose values stand beside the map."
        return Drawn(figure, said, MAP)
    draw = figures.segment_map if flat else figures.segment_map_3d
    shown = figures.sample_sentence(scores, flat=flat, thing=noun(placed.table))
    return Drawn(draw(scores, model.segments, titles, theme=look), f"{told}{shown}".strip(), MAP)


def customer_beside(
    placed: Placed, model: SegmentModel, refs: Refs, row: int | None
) -> list[Component]:
    """Return the customer of a row with a link to Predict; empty if there is no such row."""
    if row is None or not 0 <= row < placed.table.rows_used:
        return []
    score = placed.scores.iloc[row]
    segments = {segment.id: segment for segment in model.segments}
    shown = hidden(placed.table.frame.iloc[[row]], contact_columns(placed.table))
    card = customer_card(
        {str(name): value for name, value in shown.iloc[0].items()},
        segments.get(score["segment_id"]),
        float(score["confidence"]),
    )
    return card + (picked_links(refs, row)[1:] if may(Right.PREDICT) else [])


def customer_card(
    values: dict[str, Any], segment: Segment | None, confidence: float
) -> list[Component]:
    """Return the card of a customer clicked on the map; ``segment`` is None if it has none."""
    color = segment_class(segment.color if segment else -1)
    dot = html.Span(className=f"segment-dot {color}", **{"aria-hidden": "true"})
    return [
        html.H3([dot, segment.name if segment else "Unassigned"]),
        html.P(f"Confidence {formatting.percent(confidence)}", className="text-muted-soft"),
        html.Dl(
            [
                part
                for name, value in values.items()
                for part in (html.Dt(name), html.Dd(formatting.cell(value, name)))
            ]
        ),
    ]


def levels(model: SegmentModel, column: str, look: Theme) -> Drawn:
    """Draw how often each level of a category occurs in each segment."""
    title = f"{column} in each segment"
    return Drawn.of(figures.level_shares, model.segments, column, title=title, theme=look)


def spread(placed: Placed, model: SegmentModel, column: str, look: Theme) -> Drawn:
    """Draw a column of the loaded customers by segment."""
    frame, ids = placed.table.frame[[column]], placed.scores["segment_id"]
    return Drawn.of(
        figures.column_by_segment,
        frame,
        ids,
        model.segments,
        column,
        title=f"{column} by segment",
        theme=look,
    )


def comparison(model: SegmentModel, chosen: Collection[str], look: Theme) -> Drawn:
    """Compare segments over all numeric columns."""
    segments = [segment for segment in model.segments if segment.id in chosen]
    columns = numeric_columns(model)
    return Drawn.of(
        figures.compare_segments,
        segments,
        model.everybody,
        columns,
        title="Largest differences first",
        theme=look,
    )


def spread_columns(model: SegmentModel, table: Table) -> list[str]:
    """Return the model's columns that the loaded customers have too."""
    names = [*numeric_columns(model), *model.everybody.levels]
    return [name for name in names if name in table.frame]


def numeric_columns(model: SegmentModel) -> list[str]:
    """Return the numeric columns of the profile, most important first."""
    order = [entry.column for entry in model.importance]
    names: Sequence[str] = list(model.everybody.numeric)
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))
