"""What was found wrong, grouped by kind, and what the user decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.choice import choice
from dashapp.components.review import hidden, ids_of
from dashapp.components.tables import data_table
from segmentation import Issue, Table

# More line numbers than this tell nobody anything; the rejects file has them all.
LINES_SHOWN = 10
# Longer groups are folded from here on.
ENTRIES_SHOWN = 5
ROWS_SHOWN = 6
# Kinds that ask the user something come first.
QUESTIONS = ("ambiguous_date", "ambiguous_number", "repeated_customer")
# These are about the whole file and stand above everything else on the page.
TOLD = ("transactions",)
# These are about rows: one decision for the whole file.
ABOUT_ROWS = ("repeated_customer", "short_row", "duplicate_row")
TITLES: Mapping[str, str] = {
    "ambiguous_date": "Day or month first?",
    "ambiguous_number": "Decimal point or comma?",
    "repeated_customer": "One customer, several rows",
    "recipe": "What the recipe no longer fits",
    "set_aside": "Rows set aside",
    "not_a_number": "Cells that are not numbers",
    "not_a_date": "Cells that are not dates",
    "missing_word": "Words that mean “missing”",
    "missing": "Empty cells",
    "spelling": "Different spellings of the same value",
    "decorated_number": "Numbers with signs around them",
    "short_row": "Rows with too few cells",
    "duplicate_row": "Exact copies",
    "contact_data": "Contact data",
    "empty_column": "Columns without values",
    "other_sheets": "Other sheets",
    "reject_columns": "Mended rows",
    "no_header": "No column names",
    "missing_name": "Columns without a name",
    "duplicate_name": "Column names that come twice",
    "long_name": "Very long column names",
    "long_cell": "Very long cells",
    "nul_character": "Damaged characters",
}
# Examples of these say nothing: masked, or in the sentence already.
UNSHOWN = ("contact_data", "recipe", "reject_columns")
# Kind → what can be done, in words; the first is what happens by itself.
WAYS: Mapping[str, Mapping[str, str]] = {
    "not_a_number": {"missing": "Treat as missing", "set_aside": "Set the rows aside"},
    "not_a_date": {"missing": "Treat as missing", "set_aside": "Set the rows aside"},
    "missing_word": {"missing": "Treat as missing", "keep": "Keep as a value"},
    "spelling": {"merge": "Use one spelling", "keep": "Keep them apart"},
    "ambiguous_date": {"month_first": "Month first", "day_first": "Day first"},
    "ambiguous_number": {"point": "Decimal point", "comma": "Decimal comma"},
    "short_row": {"repair": "Fill with empty cells", "set_aside": "Set the rows aside"},
    "duplicate_row": {"drop": "Leave the copies out", "keep": "Keep them all"},
    "repeated_customer": {
        "keep_all": "Keep all rows",
        "keep_last": "Keep the last row of each",
        "stop": "Stop, I mend the file",
    },
}


def issue_groups(
    table: Table, *, fix_type: str, apply_id: str, rejects_href: str, can_reread: bool
) -> Component:
    """All issues of a table with their fixes.

    Parameters
    ----------
    fix_type
        Type of the selects' ids: ``{"type": fix_type, "key": key}``, see :func:`fix_key`.
    apply_id
        Id of the button that applies what was chosen.
    rejects_href
        Where the rows set aside are downloaded.
    can_reread
        Whether there is a file to read again; without one nothing can be chosen.
    """
    kinds = dict.fromkeys(sorted((i.kind for i in table.issues if i.kind not in TOLD), key=_rank))
    groups = [
        _group(
            kind, [_entry(i, table, fix_type, can_reread) for i in table.issues if i.kind == kind]
        )
        for kind in kinds
    ]
    decided = decisions(table) if can_reread else {}
    if decided:
        entries = [_decision(key, way, fix_type) for key, way in decided.items()]
        groups.append(_group_of("Decided by you", entries))
    if not groups:
        groups = [html.P("Nothing was found wrong with this file.")]
    return html.Section(
        [html.H2("Issues"), *groups, _buttons(table, apply_id, rejects_href, can_reread)],
        className="card-soft issues",
    )


def fix_key(issue: Issue) -> str:
    """Under which key the decision about an issue is kept.

    Examples
    --------
    >>> fix_key(Issue("not_a_number", "Spend", 3)), fix_key(Issue("duplicate_row", None, 2))
    ('not_a_number:Spend', 'duplicate_row')
    """
    return issue.kind if issue.kind in ABOUT_ROWS else f"{issue.kind}:{issue.column}"


def decisions(table: Table) -> dict[str, str]:
    """What was decided about issues that are therefore no longer there: key → way."""
    open_ = {fix_key(issue) for issue in table.issues if issue.fixes}
    fixes = dict(table.recipe.get("fixes", {}))
    return {
        key: way
        for key, way in fixes.items()
        if key not in open_ and way in WAYS.get(key.partition(":")[0], {})
    }


def choices_of(table: Table) -> dict[str, tuple[str, ...]]:
    """What can be decided about a table: key → ways, the one in force first."""
    found = {fix_key(issue): issue.fixes for issue in table.issues if issue.fixes}
    for key, way in decisions(table).items():
        others = (other for other in WAYS[key.partition(":")[0]] if other != way)
        found[key] = (way, *others)
    return found


def is_choosable(table: Table) -> bool:
    """Whether there is anything to decide."""
    return bool(choices_of(table))


def _rank(kind: str) -> int:
    known = tuple(dict.fromkeys([*QUESTIONS, *TITLES]))
    return known.index(kind) if kind in known else len(known)


def _buttons(table: Table, apply_id: str, rejects_href: str, can_reread: bool) -> Component | None:
    parts = [
        html.Button("Apply fixes", id=apply_id, className="btn btn-secondary")
        if can_reread and is_choosable(table)
        else None,
        html.A("Download the rows set aside", href=rejects_href, className="btn btn-secondary")
        if table.rows_set_aside
        else None,
    ]
    shown = [part for part in parts if part is not None]
    return html.Div(shown, className="button-row") if shown else None


def _group(kind: str, entries: list[Component]) -> Component:
    return _group_of(TITLES.get(kind, kind.replace("_", " ").capitalize()), entries)


def _group_of(title: str, entries: list[Component]) -> Component:
    first, rest = entries[:ENTRIES_SHOWN], entries[ENTRIES_SHOWN:]
    folded = html.Details(
        [html.Summary(f"{len(rest)} more"), html.Ul(rest, className="issue-list")]
    )
    return html.Div(
        [html.H3(title), html.Ul(first, className="issue-list"), folded if rest else None],
        className="issue-group",
    )


def _entry(issue: Issue, table: Table, fix_type: str, can_reread: bool) -> Component:
    words: list[Any] = [
        html.Strong(f"{issue.column}: ") if issue.column else None,
        issue.suggestion,
    ]
    rows = _rows_of_customers(issue, table) if issue.kind == "repeated_customer" else None
    fix = None
    if can_reread and issue.fixes:
        fix = _select(fix_type, fix_key(issue), issue.fixes, issue.kind)
    return html.Li(
        [
            html.Div([html.Div(words), _examples(issue), _lines(issue)], className="issue-words"),
            fix,
            rows,
        ],
        className="issue-entry",
    )


def _examples(issue: Issue) -> Component | None:
    unsaid = [text for text in issue.examples if text and text not in issue.suggestion]
    if not unsaid or issue.kind in UNSHOWN:
        return None
    return html.Div([html.Code(text) for text in unsaid], className="issue-examples")


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
    """Some of the rows that share an id, below each other, to compare."""
    rows = np.flatnonzero(np.isin(table.lines, np.array(issue.lines, dtype=np.int64)))
    if not issue.column or not len(rows):
        return None
    some = table.frame.iloc[rows]
    some = some[some[issue.column].duplicated(keep=False)]
    some = some.sort_values(issue.column, kind="stable").head(ROWS_SHOWN)
    return data_table(hidden(some, table), caption="Rows with the same id", plain=ids_of(table))
