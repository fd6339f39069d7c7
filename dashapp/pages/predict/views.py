"""The prediction for one customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.badges import named_badge
from dashapp.components.tables import data_table
from dashapp.theme import segment_class
from segmentation import Assignment, Change, Segment, SegmentModel

CHANGES_SHOWN = 5
# From this confidence on, a misfit warning needs an explanation.
SURE = 0.8


def answer(segment: Segment | None, found: Assignment) -> Component:
    """Return segment, confidence, runner-up and warnings; ``segment`` is None if it has none."""
    color = segment_class(segment.color) if segment else ""
    dot = html.Span(className="segment-dot", **{"aria-hidden": "true"})
    return html.Div(
        [
            html.Section(
                [
                    html.P("This customer belongs to", className="eyebrow"),
                    html.H2([dot, found.segment]),
                    confidence_line(found),
                ],
                className=f"card-soft predict-answer {color}",
                role="status",
            ),
            doubts(found),
        ],
        className="predict-parts",
    )


def doubts(found: Assignment) -> Component | None:
    """Return warnings: a customer unlike any segment, and unusual or missing values."""
    if found.fits and not found.problems:
        return None
    odd = html.Ul([html.Li(problem) for problem in found.problems], className="problem-list")
    return html.Div(
        [None if found.fits else html.P(misfit(found)), odd if found.problems else None],
        className="notice notice-warning",
    )


def beside(model: SegmentModel, segment: Segment | None, values: Mapping[str, Any]) -> Component:
    """Compare the customer with the segment's averages, and recommend actions."""
    if segment is None:
        return html.Div()
    parts = [comparison(model, segment, values), actions(segment)]
    return html.Div(parts, className=f"stack {segment_class(segment.color)}")


def confidence_line(found: Assignment) -> Component:
    """Return the confidence and the runner-up."""
    runner_up = f" · runner-up: {found.runner_up}" if found.runner_up else ""
    parts: list[Component] = [
        html.Div(
            html.Div(className="meter-fill", style={"width": f"{round(found.confidence * 100)}%"}),
            className="meter",
            role="meter",
            **{
                "aria-label": "Confidence",
                "aria-valuenow": str(round(found.confidence * 100)),
                "aria-valuemin": "0",
                "aria-valuemax": "100",
            },
        ),
        html.P(f"Confidence {formatting.percent(found.confidence)}{runner_up}"),
    ]
    return html.Div(parts)


def misfit(found: Assignment) -> str:
    """Say that a customer fits no segment, and why the confidence may still be high."""
    sentence = (
        "This customer does not fit any segment well: it is farther from the centre than "
        "99 % of that segment's customers."
    )
    if found.runner_up is None or found.confidence < SURE:
        return sentence
    return (
        f"{sentence} The confidence only compares two segments: {found.segment} is clearly "
        f"nearer than {found.runner_up}, and both are far away."
    )


def comparison(model: SegmentModel, segment: Segment, values: Mapping[str, Any]) -> Component:
    """Compare the customer's values with the averages of the segment and of all customers."""
    rows = []
    for column in model.columns:
        if column.use != "basis":
            continue
        rows.append(
            {
                "Column": column.name,
                "This customer": formatting.cell(values.get(column.name), column.name),
                segment.name: typical(segment.profile, column.name),
                "Everybody": typical(model.everybody, column.name),
            }
        )
    return html.Section(
        [
            html.H2("Beside the segment's averages"),
            data_table(pd.DataFrame(rows), right=("This customer", segment.name, "Everybody")),
        ],
        className="card-soft",
    )


def typical(profile: Any, column: str) -> str:
    """Return the mean of a number, or the most frequent level of a category with its share."""
    if column in profile.numeric:
        return formatting.column_value(column, profile.numeric[column].mean)
    levels = profile.levels.get(column, ())
    if not levels:
        return "–"
    top = max(levels, key=lambda level: level.share)
    share = formatting.percent(top.share).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{top.level} ({share})"


def actions(segment: Segment) -> Component:
    """Return the recommended actions for this segment."""
    return html.Section(
        [
            html.H2("Recommended actions"),
            html.Ul(
                [
                    html.Li(
                        [
                            html.Strong(a.title),
                            html.P(a.detail),
                            html.P(formatting.unbroken(a.because), className="because"),
                        ]
                    )
                    for a in segment.actions
                ],
                className="action-list",
            ),
        ],
        className="card-soft",
    )


def changes(found: Sequence[Change], segments: Sequence[Segment]) -> Component:
    """Return the smallest single changes that would move this customer to another segment."""
    if not found:
        return html.P(
            "No single change of a value moves this customer to another segment.",
            className="text-muted-soft",
        )
    colors = {segment.id: segment.color for segment in segments}
    return html.Ul(
        [
            html.Li(
                [
                    html.Strong(change.column),
                    html.Span(
                        f"{formatting.cell(change.current, change.column)} → "
                        f"{formatting.cell(change.needed, change.column)}"
                    ),
                    html.Span(
                        [
                            html.Span("moves to", className="text-muted-soft"),
                            named_badge(change.segment, colors.get(change.segment_id, -1)),
                        ],
                        className="change-to",
                    ),
                ]
            )
            for change in found[:CHANGES_SHOWN]
        ],
        className="change-list",
    )
