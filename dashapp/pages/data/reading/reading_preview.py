"""A preview of how a file would be read: a description, its first rows, and the raw lines."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.states import message
from dashapp.pages.data.import_summary import words_of
from dashapp.services.data_import.previews import Preview

WAIT = "Reading the first lines…"


def preview_pane(id_: str, seen: Preview, *, title: str) -> Component:
    """Return the preview's container with its initial content; changes are announced."""
    return html.Div(
        preview_content(seen, title=title),
        id=id_,
        className="preview-pane",
        **{"aria-live": "polite"},
    )


def preview_content(seen: Preview, *, title: str) -> list[Component]:
    """Return a preview: its first rows or the error, then the raw lines."""
    parts = [html.H3(title), _problem(seen) if seen.problem else _reading(seen)]
    if seen.names:
        parts.append(_rows(seen))
    if seen.lines:
        parts.append(file_lines(seen))
    return parts


def preview_waits() -> list[Component]:
    """Return placeholders shown while the first lines are read."""
    return [
        html.Div(
            [html.Span(WAIT, className="visually-hidden"),
             html.Div(className="skeleton skeleton-title"),
             html.Div(className="skeleton skeleton-block")],
            className="stack skeleton-page",
        )
    ]  # fmt: skip


def file_lines(seen: Preview) -> Component:
    """Return the first raw lines, to find the line with the column names."""
    head = seen.found.get("header_line")
    items = [
        html.Li(html.Code(text or " "), className="file-head" if number == head else None)
        for number, text in enumerate(seen.lines, start=1)
    ]
    return html.Div(
        [
            html.H3("How the file begins"),
            html.Ol(items, className="file-lines", tabIndex="0"),
        ],
        className="file-begin",
    )


def _problem(seen: Preview) -> Component:
    return message("warning", f"Not readable this way. {seen.problem}")


def _reading(seen: Preview) -> Component:
    words = words_of(seen.format, seen.found)
    columns = f"{formatting.number(seen.columns)} columns"
    asked = ""
    if seen.asked:
        names = ", ".join(f"“{name}”" for name in seen.asked[:3])
        asked = f" {names} can be read in two ways; you are asked afterwards."
    return html.P(f"{', '.join([*words, columns])}.{asked}", className="preview-words")


def _rows(seen: Preview) -> Component:
    """Return the first rows; the detected type is below each column name."""
    numeric = [role == "numeric" for role in seen.roles]
    head = [
        html.Th("Line", scope="col", className="cell-number"),
        *(
            html.Th(
                [name, html.Span(role, className="head-role")],
                scope="col",
                className="cell-number" if is_number else None,
            )
            for name, role, is_number in zip(seen.names, seen.roles, numeric, strict=True)
        ),
    ]
    body = [
        html.Tr(
            [
                html.Td(formatting.number(place), className="cell-number"),
                *(
                    html.Td(text, className="cell-number" if is_number else None)
                    for text, is_number in zip(row, numeric, strict=True)
                ),
            ]
        )
        for place, row in zip(seen.places, seen.rows, strict=False)
    ]
    return html.Div(
        html.Table(
            [
                html.Caption("First rows as they would be read", className="visually-hidden"),
                html.Thead(html.Tr(head)),
                html.Tbody(body),
            ],
            className="table-soft",
        ),
        className="table-wrap",
        tabIndex="0",
        role="region",
        **{"aria-label": "First rows as they would be read"},
    )
