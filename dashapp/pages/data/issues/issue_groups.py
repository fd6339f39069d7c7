"""Problems found in a file, grouped by kind, with the user's decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.choice import choice
from dashapp.components.downloads import masking_note
from dashapp.components.drop_zone import drop_zone
from dashapp.components.states import message
from dashapp.components.tables import data_table
from dashapp.pages.data.import_summary import ids_of
from dashapp.pages.data.issues.issue_decisions import (
    OPENLY,
    TITLES,
    WAYS,
    asks,
    decisions,
    fix_key,
    in_force,
    is_note,
    rank,
)
from dashapp.pages.data.issues.questions import question
from dashapp.services.masking import contact_columns, hidden
from segmentation import Issue, Table

# More line numbers help nobody; the rejects file has them all.
LINES_SHOWN = 10
# Longer groups are collapsed.
ENTRIES_SHOWN = 5
ROWS_SHOWN = 6
# Up to this many notes are shown expanded.
NOTES_UNFOLDED = 4
# Issues about the whole file, shown above everything else on the page.
TOLD = ("transactions",)
# Issues without examples: masked, or already in the sentence.
UNSHOWN = ("contact_data", "recipe", "reject_columns")


@dataclass(frozen=True)
class IssueIds:
    """Ids of the controls next to the issues.

    Attributes
    ----------
    fix
        Type of the selects' ids: ``{"type": fix, "key": key}``, see :func:`fix_key`.
    fix_all
        Type of the selects for a whole kind: ``{"type": fix_all, "kind": kind}``.
    apply
        The button that applies the choices.
    in_force
        The store of current decisions, to detect changes.
    """

    fix: str
    fix_all: str
    apply: str
    in_force: str


def issue_groups(
    table: Table, ids: IssueIds, *, rejects: Component | None, can_reread: bool, said: str = ""
) -> Component:
    """Return all issues of a table: questions, then fixable issues, then notes.

    Parameters
    ----------
    rejects
        The download of the rejected rows.
    can_reread
        Whether the file can be read again; otherwise there are no choices.
    said
        Result of the choices applied last.
    """
    shown = [issue for issue in table.issues if issue.kind not in TOLD]
    parts = [
        *(
            _group_of(TITLES[kind], [_entry(issue, None) for issue in shown if issue.kind == kind])
            for kind in OPENLY
            if any(issue.kind == kind for issue in shown)
        ),
        *(_question(issue, table, ids) for issue in shown if can_reread and asks(issue, table)),
        *_fixable(shown, table, ids if can_reread else None),
        rows_aside(shown, table, rejects, can_reread=can_reread),
        _decisions(table, ids) if can_reread else None,
        _notes([issue for issue in shown if is_note(issue, can_reread=can_reread)]),
    ]
    parts = [part for part in parts if part is not None]
    if not parts:
        return message("success", "Nothing was found wrong with this file.")
    return html.Section(
        [html.H2("Issues"), *parts, _apply(table, ids, said) if can_reread else None],
        className="card-soft issues",
    )


def _apply(table: Table, ids: IssueIds, said: str) -> Component | None:
    holds = in_force(table)
    if not holds:
        return None
    return html.Div(
        [
            dcc.Store(id=ids.in_force, data=holds),
            html.Button("Apply fixes", id=ids.apply, className="btn btn-primary", disabled=True),
            html.Span(
                said or "Nothing changes until you apply it. Undo takes it back.",
                className="issues-said" if said else "text-muted-soft",
                role="status",
            ),
        ],
        className="button-row issues-apply",
    )


def _question(issue: Issue, table: Table, ids: IssueIds) -> Component:
    rows = _rows_of_customers(issue, table) if issue.kind == "repeated_customer" else None
    return question({"type": ids.fix, "key": fix_key(issue)}, issue, table, rows)


def _fixable(issues: list[Issue], table: Table, ids: IssueIds | None) -> list[Component]:
    """Return groups of issues of one kind, each with a choice."""
    if ids is None:
        return []
    fixable = [issue for issue in issues if issue.fixes and not asks(issue, table)]
    groups = []
    for kind in dict.fromkeys(sorted((issue.kind for issue in fixable), key=rank)):
        entries = [_entry(issue, ids.fix) for issue in fixable if issue.kind == kind]
        head = _for_all(kind, ids.fix_all) if len(entries) > 1 else None
        groups.append(_group_of(TITLES.get(kind, kind), entries, head))
    return groups


def _for_all(kind: str, fix_all: str) -> Component:
    ways = {"": "As chosen below", **WAYS.get(kind, {})}
    return choice({"type": fix_all, "kind": kind}, "All columns", ways, "")


def _decisions(table: Table, ids: IssueIds) -> Component | None:
    decided = decisions(table)
    if not decided:
        return None
    entries = [_decision(key, way, ids.fix) for key, way in decided.items()]
    return _group_of("Decided by you", entries)


def _notes(issues: list[Issue]) -> Component | None:
    """Return the notes, expanded if there are few."""
    if not issues:
        return None
    entries = [_entry(issue, None) for issue in sorted(issues, key=lambda i: rank(i.kind))]
    words = "1 note" if len(entries) == 1 else f"{len(entries)} notes"
    return html.Details(
        [html.Summary(f"{words} on how the file was read"),
         html.Ul(entries, className="issue-list")],
        className="issue-notes",
        open=len(entries) <= NOTES_UNFOLDED,
    )  # fmt: skip


def _group_of(title: str, entries: list[Component], head: Component | None = None) -> Component:
    first, rest = entries[:ENTRIES_SHOWN], entries[ENTRIES_SHOWN:]
    folded = html.Details(
        [html.Summary(f"{len(rest)} more"), html.Ul(rest, className="issue-list")]
    )
    title_row = [html.H3(title), head] if head else [html.H3(title)]
    return html.Div(
        [
            html.Div(title_row, className="issue-group-head"),
            html.Ul(first, className="issue-list"),
            folded if rest else None,
        ],
        className="issue-group",
    )


def _entry(issue: Issue, fix_type: str | None) -> Component:
    words: list[Any] = [
        html.Strong(f"{issue.column}: ") if issue.column else None,
        issue.suggestion,
    ]
    fix = None
    if fix_type and issue.fixes:
        fix = _select(fix_type, fix_key(issue), issue.fixes, issue.kind)
    return html.Li(
        [
            html.Div([html.Div(words), _examples(issue), _lines(issue)], className="issue-words"),
            fix,
        ],
        className="issue-entry",
    )


def _examples(issue: Issue) -> Component | None:
    unsaid = [text for text in issue.examples if text and text not in issue.suggestion]
    if not unsaid or issue.kind in UNSHOWN:
        return None
    return html.Div([html.Code(text) for text in unsaid], className="issue-examples")


def rows_aside(
    issues: list[Issue], table: Table, rejects: Component | None, *, can_reread: bool
) -> Component | None:
    """Return the rejected rows with reasons, and a way to re-upload those that can be corrected."""
    if not table.rows_set_aside:
        return None
    entries = [_entry(issue, None) for issue in issues if issue.kind == "set_aside"]
    back = None
    if can_reread:
        zone = drop_zone(
            "mended",
            "Drop the mended rows here",
            "Correct cells in the downloaded file, keep its columns, leave out what you give up",
            small=True,
        )
        back = html.Details([html.Summary("Bring mended rows back"), zone], className="bring-back")
    return html.Div(
        [
            html.Div(html.H3("Rows set aside"), className="issue-group-head"),
            html.Ul(entries, className="issue-list"),
            html.Div(
                [
                    rejects,
                    masking_note(contact_columns(table)),
                    back,
                ],
                className="rows-aside",
            ),
        ],
        className="issue-group",
    )


def _lines(issue: Issue) -> Component | None:
    if not issue.lines:
        return None
    shown = ", ".join(formatting.number(line) for line in issue.lines[:LINES_SHOWN])
    more = ", …" if issue.count > LINES_SHOWN else ""
    word = "Line" if len(issue.lines) == 1 else "Lines"
    return html.Div(f"{word} {shown}{more}", className="text-muted-soft")


def _select(fix_type: str, key: str, ways: tuple[str, ...], kind: str) -> Component:
    labels = {way: WAYS.get(kind, {}).get(way, way.replace("_", " ")) for way in ways}
    return choice({"type": fix_type, "key": key}, "What to do", labels, ways[0])


def _decision(key: str, way: str, fix_type: str) -> Component:
    kind, _, column = key.partition(":")
    ways = (way, *(other for other in WAYS[kind] if other != way))
    words = [html.Strong(f"{column}: ") if column else None, TITLES[kind]]
    return html.Li(
        [html.Div(html.Div(words), className="issue-words"), _select(fix_type, key, ways, kind)],
        className="issue-entry",
    )


def _rows_of_customers(issue: Issue, table: Table) -> Component | None:
    """Return some of the rows that share an id, for comparison."""
    rows = np.flatnonzero(np.isin(table.lines, np.array(issue.lines, dtype=np.int64)))
    if not issue.column or not len(rows):
        return None
    some = table.frame.iloc[rows]
    some = some[some[issue.column].duplicated(keep=False)]
    some = some.sort_values(issue.column, kind="stable").head(ROWS_SHOWN)
    return data_table(
        hidden(some, contact_columns(table)), caption="Rows with the same id", plain=ids_of(table)
    )
