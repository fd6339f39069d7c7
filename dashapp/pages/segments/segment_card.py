"""The verdict on all segments, and a card for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.badges import stability_badge
from dashapp.components.icon import icon
from dashapp.components.terms import explained
from dashapp.figures.shares import in_no_segment
from dashapp.theme import segment_class
from segmentation import Segment, SegmentModel, Verdict

WHAT_TO_TRY = (
    "What may help: leave out columns that say little about customers (“Choose how”), or bring "
    "more of what they do. In Evidence you can take a number of segments all the same: useful to "
    "sort customers, but not groups that exist by themselves."
)
LONGEST_NAME = 60
MOST_IN_ROW = 4
# From this size on, counts are written in millions.
MANY = 1_000_000
# Columns of the CSS grid in assets/portal.css; rows of one to four cards fit evenly.
COLUMNS = 12
GRADES = {
    "strong": "Strong evidence",
    "clear": "Clear evidence",
    "weak": "Weak evidence",
    "none": "No reliable segments",
}


def verdict_card(model: SegmentModel) -> Component:
    """Return the verdict in a sentence, with its reasons to expand."""
    verdict = model.verdict
    measured = "silhouette" in verdict.sentence.lower()
    details = html.Details(
        [html.Summary("Why"), html.Ul([html.Li(reason) for reason in verdict.reasons])]
    )
    return html.Section(
        [
            html.Span(grade_label(verdict), className=f"grade grade-{verdict.grade}"),
            html.P(
                [verdict.sentence, explained("silhouette") if measured else None],
                className="verdict-sentence",
            ),
            html.P(WHAT_TO_TRY, className="verdict-next") if verdict.grade == "none" else None,
            details if verdict.reasons else None,
        ],
        className="verdict card-soft",
    )


def grade_label(verdict: Verdict) -> str:
    """Return the verdict in two or three words; a single segment gets no grade."""
    one_for_all = verdict.chosen_by == "user" and verdict.k == 1
    return "As you chose" if one_for_all else GRADES[verdict.grade]


def segment_cards(
    segments: Sequence[Segment], name_type: str, note_type: str, lists: Mapping[str, str]
) -> Component:
    """Return one card per segment; names are edited in place.

    Parameters
    ----------
    name_type, note_type
        Types of the ids of the name fields and of the error messages next to them:
        ``{"type": name_type, "segment": id}``.
    lists
        Segment id → URL of its customers, if the visitor may see them.
    """
    cards = [
        segment_card(segment, name_type, note_type, width, lists.get(segment.id))
        for segment, width in zip(segments, widths(len(segments)), strict=True)
    ]
    return html.Div([html.Div(cards, className="grid-cards"), left_out(segments)])


def left_out(segments: Sequence[Segment]) -> Component | None:
    """Return how many customers have no segment; None if all have one."""
    count = in_no_segment(segments)
    if not count:
        return None
    total = count + sum(segment.size for segment in segments)
    who = f"{formatting.count(count, 'customer')} ({formatting.percent(count / total)})"
    verb = "fits" if count == 1 else "fit"
    return html.P(
        [
            html.Span(className="segment-dot", **{"aria-hidden": "true"}),
            f"{who} {verb} no segment: Unassigned.",
        ],
        className="cards-note seg-none",
    )


def widths(count: int) -> list[int]:
    """Return how many of twelve grid columns each card spans, so that every row is full.

    Rows have at most four cards and are as equal as possible, fuller rows first.

    Examples
    --------
    >>> widths(4), widths(5), widths(7)
    ([3, 3, 3, 3], [4, 4, 4, 6, 6], [3, 3, 3, 3, 4, 4, 4])
    """
    rows = -(-count // MOST_IN_ROW)
    sizes = [count // rows + (row < count % rows) for row in range(rows)]
    return [COLUMNS // size for size in sizes for _ in range(size)]


def segment_card(
    segment: Segment, name_type: str, note_type: str, width: int, customers: str | None = None
) -> Component:
    """Return a card: name, size, shares, stability, traits, first action and customer link."""
    action = segment.actions[0] if segment.actions else None
    listed = dcc.Link(
        [
            "See customers",
            html.Span(f" of segment {segment.id}", className="visually-hidden"),
            icon("arrow"),
        ],
        href=customers or "",
        className="segment-list to-view",
    )
    return html.Article(
        [
            html.Div(
                [
                    html.Span(className="segment-dot", **{"aria-hidden": "true"}),
                    html.Label(
                        [
                            html.Span(f"Name of segment {segment.id}", className="visually-hidden"),
                            dbc.Textarea(
                                id={"type": name_type, "segment": segment.id},
                                value=segment.name,
                                # The drawn name, to which an edited name is compared.
                                placeholder=segment.name,
                                debounce=True,
                                submit_on_enter=True,
                                maxlength=LONGEST_NAME,
                                rows=1,
                                spellcheck=False,
                                className="segment-name",
                            ),
                        ],
                        className="segment-label",
                        title=segment.name,
                    ),
                    stability_badge(segment),
                    html.P(
                        id={"type": note_type, "segment": segment.id},
                        className="segment-note",
                        role="alert",
                    ),
                ],
                className="segment-head",
            ),
            html.Div(
                [
                    size_of(segment.size),
                    _share(segment.share, "of customers"),
                    _share(segment.revenue_share, "of revenue")
                    if segment.revenue_share is not None
                    else None,
                ],
                className="segment-figures",
            ),
            html.Ul(
                [html.Li(formatting.unbroken(trait), title=trait) for trait in segment.traits],
                className="segment-traits",
            ),
            html.Div(
                [html.Strong(action.title), html.Span(formatting.unbroken(action.because))],
                className="segment-action",
            )
            if action
            else html.Div(),
            listed if customers else None,
        ],
        className=f"segment-card width-{width} {segment_class(segment.color)}",
    )


def size_of(customers: int) -> Component:
    """Return the segment's size; in millions from 1,000,000, so that it fits."""
    exact = formatting.number(customers)
    shown = exact if customers < MANY else formatting.compact(customers)
    return html.Div([html.Strong(shown, title=exact), html.Span("customers")])


def _share(share: float, label: str) -> Component:
    """Return a share as text and as a bar, to compare cards at a glance."""
    bar = html.Div(
        html.Div(style={"width": f"{share:.1%}"}),
        className="share-bar",
        **{"aria-hidden": "true"},
    )
    return html.Div([html.Strong(formatting.percent(share)), html.Span(label), bar])


def action_list(segments: Sequence[Segment]) -> Component:
    """Return the recommended actions of every segment, with their supporting numbers."""
    return html.Div(
        [
            html.Section(
                [
                    html.H2(
                        [
                            html.Span(className="segment-dot", **{"aria-hidden": "true"}),
                            segment.name,
                        ]
                    ),
                    html.Ul(
                        [
                            html.Li(
                                [
                                    html.Strong(action.title),
                                    html.P(action.detail),
                                    html.P(
                                        formatting.unbroken(action.because), className="because"
                                    ),
                                ]
                            )
                            for action in segment.actions
                        ],
                        className="action-list",
                    ),
                    html.Details(
                        [
                            html.Summary("Who is in this segment, as rules"),
                            html.Ul(
                                [
                                    html.Li(
                                        f"{rule.text} — covers {formatting.percent(rule.coverage)} "
                                        f"of the segment, right in "
                                        f"{formatting.percent(rule.precision)} of cases"
                                    )
                                    for rule in segment.rules
                                ]
                            ),
                        ]
                    )
                    if segment.rules
                    else None,
                ],
                className=f"card-soft {segment_class(segment.color)}",
            )
            for segment in segments
        ],
        className="grid-2",
    )
