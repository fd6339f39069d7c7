"""The answer for one customer, and the answer for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.badges import named_badge
from dashapp.components.tables import data_table
from dashapp.components.upload import drop_zone
from dashapp.session.ledger import Item
from dashapp.theme import segment_class
from segmentation import Assignment, Change, Segment, SegmentModel

ROWS_SHOWN = 20
CHANGES_SHOWN = 5
PROBLEMS_SHOWN = 10
# Columns that scoring adds to a file, but for the problems, which stand at the end.
ANSWERS = ("segment_id", "segment", "runner_up", "confidence", "fits")
# Confidence from which "does not fit" beside it needs a word.
SURE = 0.8


def answer(segment: Segment | None, found: Assignment) -> Component:
    """Segment, confidence, runner-up and problems; ``segment`` is None where it is in none."""
    return html.Section(
        [
            html.P("This customer belongs to", className="eyebrow"),
            html.H2([html.Span(className="segment-dot", **{"aria-hidden": "true"}), found.segment]),
            confidence_line(found),
            html.Ul([html.Li(problem) for problem in found.problems], className="problem-list")
            if found.problems
            else None,
        ],
        className=f"card-soft predict-answer {segment_class(segment.color) if segment else ''}",
        role="status",
    )


def beside(model: SegmentModel, segment: Segment | None, values: Mapping[str, Any]) -> Component:
    """The customer beside the segment's averages, and what to do with it."""
    if segment is None:
        return html.Div()
    parts = [comparison(model, segment, values), actions(segment)]
    return html.Div(parts, className=f"stack {segment_class(segment.color)}")


def confidence_line(found: Assignment) -> Component:
    """How sure the answer is and what came second."""
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
    if not found.fits:
        parts.append(
            html.P(
                misfit(found),
                className="notice notice-warning",
            )
        )
    return html.Div(parts)


def misfit(found: Assignment) -> str:
    """Say that a customer fits nowhere, and why the confidence may be high all the same."""
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
    """The customer's values beside the averages of the segment and of everybody."""
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
    """The mean of a number, or the most frequent level of a category with its share."""
    if column in profile.numeric:
        return formatting.column_value(column, profile.numeric[column].mean)
    levels = profile.levels.get(column, ())
    if not levels:
        return "–"
    top = max(levels, key=lambda level: level.share)
    return f"{top.level} ({formatting.percent(top.share)})"


def actions(segment: Segment) -> Component:
    """What to do with customers of this segment."""
    return html.Section(
        [
            html.H2("Recommended actions"),
            html.Ul(
                [
                    html.Li(
                        [
                            html.Strong(a.title),
                            html.P(a.detail),
                            html.P(a.because, className="because"),
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
    """The smallest single changes that would move this customer elsewhere."""
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


def batch_upload(model: SegmentModel) -> Component:
    """The drop zone for a file of customers, and the columns that it needs."""
    needed = [column.name for column in model.columns if column.use == "basis"]
    return html.Section(
        [
            drop_zone(
                "batch",
                "Drop a file of customers to score",
                "Each row gets its segment, the confidence and the runner-up",
            ),
            html.Div(
                [
                    html.Span("Columns that decide", className="field-label"),
                    html.Ul([html.Li(name, title=name) for name in needed], className="chips"),
                    html.P(
                        "A typical value stands in for what is missing; other columns stay in the "
                        "file as they are.",
                        className="text-muted-soft",
                    ),
                ],
                className="needed",
            ),
        ],
        className="card-soft batch",
    )


def first_rows(scored: pd.DataFrame) -> pd.DataFrame:
    """The first scored rows: the answer before the file's own columns, written for people."""
    some = scored.head(ROWS_SHOWN)
    answers = pd.DataFrame(
        {
            "Segment": some["segment"].astype("str"),
            "Confidence": [formatting.percent(value) for value in some["confidence"]],
            "Runner-up": some["runner_up"],
            "Fits": ["yes" if fits else "no" for fits in some["fits"].astype(bool)],
        }
    )
    own = some.drop(columns=list(ANSWERS))
    # A file may call a column as the answer is called here.
    own.columns = [f"{name} (file)" if name in answers else name for name in own.columns]
    return pd.concat([answers, own], axis=1)


def batch_result(
    item: Item, scored: pd.DataFrame, segments: Sequence[Segment], href: str
) -> Component:
    """How a file was scored: columns, customers by segment, problems, first rows."""
    info = item.info
    colors = {segment.name: segment_class(segment.color) for segment in segments}
    counts = scored["segment"].value_counts()
    summary = pd.DataFrame(
        {
            "Segment": counts.index.astype("str"),
            "Customers": counts.to_numpy(),
            "Share": counts.to_numpy() / len(scored),
        }
    )
    problems = scored["problems"].astype("str")
    problems = problems[problems != ""]
    missing = info["missing_columns"]
    aside, duplicates = formatting.number(info["set_aside"]), formatting.number(info["duplicates"])
    scored_rows = formatting.count(info["rows"], "row")
    notes = [f"{scored_rows} scored, {aside} set aside, {duplicates} duplicate."]
    if missing:
        notes.append(
            f"Not in the file: {', '.join(missing)}. A typical value stood in for each of them."
        )
    if info.get("renamed_columns"):
        pairs = (f"“{old}” is now “{new}”" for old, new in info["renamed_columns"].items())
        notes.append(f"Columns called like ours were renamed: {', '.join(pairs)}.")
    if info["other_columns"]:
        notes.append(f"Not used for the segment: {', '.join(info['other_columns'])}.")
    misfits = int((~scored["fits"].astype(bool)).sum())
    notes.append(f"{formatting.count(misfits, 'customer')} fit no segment well.")
    return html.Div(
        [
            html.Section(
                [
                    html.Div(
                        [
                            html.H2(item.name),
                            html.A("Download scored CSV", href=href, className="btn btn-primary"),
                        ],
                        className="page-head",
                    ),
                    html.Ul([html.Li(note) for note in notes]),
                    data_table(summary, colors=colors),
                ],
                className="card-soft",
            ),
            html.Section(
                [
                    html.H3(f"Problems in {formatting.count(len(problems), 'row')}"),
                    html.Ul(
                        [
                            html.Li(f"{text} ({formatting.count(int(times), 'row')})")
                            for text, times in problems.value_counts().head(PROBLEMS_SHOWN).items()
                        ]
                    ),
                ],
                className="card-soft",
            )
            if len(problems)
            else None,
            html.Section(
                [html.H3("First rows"), data_table(first_rows(scored), colors=colors)],
                className="card-soft",
            ),
        ],
        className="stack",
    )
