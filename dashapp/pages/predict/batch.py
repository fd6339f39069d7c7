"""Scoring of a whole file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.downloads import masking_note
from dashapp.components.drop_zone import drop_zone
from dashapp.components.tables import data_table
from dashapp.ledger.ledger import Item
from dashapp.services.masking import hidden
from dashapp.theme import segment_class
from segmentation import Segment, SegmentModel

ROWS_SHOWN = 20
PROBLEMS_SHOWN = 10
# Columns that scoring adds to a file.
ANSWERS = ("segment_id", "segment", "runner_up", "confidence", "fits", "problems")


def batch_upload(model: SegmentModel) -> Component:
    """Return the drop zone for a file of customers, with the required columns."""
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


def first_rows(scored: pd.DataFrame, contacts: Sequence[str] = ()) -> pd.DataFrame:
    """Return the first scored rows: results, the file's own columns, then problems.

    Parameters
    ----------
    contacts
        Columns of contact data, which are masked.
    """
    some = hidden(scored.head(ROWS_SHOWN), contacts)
    answers = pd.DataFrame(
        {
            "Segment": some["segment"].astype("str"),
            "Confidence": [formatting.percent(value) for value in some["confidence"]],
            "Runner-up": some["runner_up"],
            "Fits": ["yes" if fits else "no" for fits in some["fits"].astype(bool)],
        }
    )
    problems = some["problems"].astype("str").rename("Problems")
    own = some.drop(columns=list(ANSWERS))
    # The file may have columns with the same names as the results.
    taken = {*answers, problems.name}
    own.columns = [f"{name} (file)" if name in taken else name for name in own.columns]
    return pd.concat([answers, own, problems], axis=1)


def batch_result(
    item: Item, scored: pd.DataFrame, segments: Sequence[Segment], downloads: list[Component]
) -> Component:
    """Return how a file was scored: columns, customers by segment, problems, first rows."""
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
                            html.Div(downloads, className="button-row"),
                        ],
                        className="page-head",
                    ),
                    masking_note(info.get("contact_columns", ())),
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
                [
                    html.H3("First rows"),
                    data_table(
                        first_rows(scored, info.get("contact_columns", ())),
                        colors=colors,
                        right=("Confidence",),
                    ),
                ],
                className="card-soft",
            ),
        ],
        className="stack",
    )
