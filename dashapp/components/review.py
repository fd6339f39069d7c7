"""What was read from a file: in words, as a sum that reconciles, and what was wrong with it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from segmentation import Issue, Table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
# More line numbers than this tell nobody anything; the rejects file has them all.
LINES_SHOWN = 10


def detected(table: Table) -> str:
    """What the reader found out about the file, in words."""
    recipe = table.recipe
    # A table that was made, not read, has no file format to speak of.
    parts = [str(recipe["format"]).upper()] if recipe.get("format") not in (None, "frame") else []
    if recipe.get("encoding"):
        parts.append(str(recipe["encoding"]).upper())
    if recipe.get("sheet"):
        parts.append(f"sheet “{recipe['sheet']}”")
    if recipe.get("delimiter"):
        parts.append(DELIMITERS.get(recipe["delimiter"], f"“{recipe['delimiter']}”"))
    if recipe.get("decimal"):
        parts.append("decimal comma" if recipe["decimal"] == "," else "decimal point")
    if recipe.get("header_line"):
        parts.append(f"header in line {formatting.number(recipe['header_line'])}")
    size = f"{formatting.number(table.rows_used)} rows × {len(table.columns)} columns"
    return ", ".join([*parts, size])


def reconciliation(table: Table) -> Component:
    """The sum that shows that no row was lost."""
    terms = (
        ("rows read", table.rows_read, "="),
        ("used", table.rows_used, "+"),
        ("set aside", table.rows_set_aside, "+"),
        ("duplicate", table.rows_duplicate, ""),
    )
    children: list[Component] = []
    for label, count, sign in terms:
        children.append(
            html.Span([html.Strong(formatting.number(count)), f" {label}"], className="sum-term")
        )
        if sign:
            children.append(html.Span(sign, className="sum-sign"))
    return html.Div(children, className="sum-strip", role="note")


def issues(table: Table, rejects_href: str) -> Component:
    """What was found wrong, grouped by kind, with what to do about each."""
    if not table.issues:
        return html.Section(
            [html.H2("Issues"), html.P("Nothing was found wrong with this file.")],
            className="card-soft",
        )
    download = html.A(
        "Download the rows set aside", href=rejects_href, className="btn btn-secondary"
    )
    return html.Section(
        [
            html.H2("Issues"),
            html.Ul([html.Li(_issue(issue)) for issue in table.issues], className="issue-list"),
            download if table.rows_set_aside else None,
        ],
        className="card-soft",
    )


def _issue(issue: Issue) -> list[Component]:
    kind = issue.kind.replace("_", " ")
    parts: list[Component] = [
        html.Div(
            [
                html.Strong(issue.column or "Whole file"),
                html.Span(kind, className="issue-kind"),
                html.Span(f"{formatting.number(issue.count)} ×", className="issue-count"),
            ],
            className="issue-head",
        ),
        html.Div(issue.suggestion),
    ]
    if issue.lines:
        shown = ", ".join(formatting.number(line) for line in issue.lines[:LINES_SHOWN])
        more = ", …" if issue.count > LINES_SHOWN else ""
        parts.append(html.Div(f"Lines {shown}{more}", className="text-muted-soft"))
    return parts
