"""The card for a file whose rows are purchases instead of customers."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.choice import choice
from dashapp.components.icon import icon
from segmentation import Issue, Table

# Value for “every row is a customer”.
NO_COLUMN = "–"


def transactions_issue(table: Table) -> Issue | None:
    """Return the issue of a table whose rows are purchases; None for other tables."""
    return next((issue for issue in table.issues if issue.kind == "transactions"), None)


def transactions_card(table: Table, issue: Issue, *, select_id: str, apply_id: str) -> Component:
    """Explain the issue and offer the two solutions.

    Parameters
    ----------
    select_id, apply_id
        Ids of the select for another id column, and of the button that applies it.
    """
    others = {NO_COLUMN: "None: each row is a customer"} | {
        column.name: column.name for column in table.columns if column.name != issue.column
    }
    return html.Section(
        [
            html.Div(icon("alert"), className="callout-icon"),
            html.Div(
                [
                    html.H2("These are purchases, not customers"),
                    html.P(issue.suggestion),
                    html.Ol(
                        [
                            html.Li(
                                "Best: add the rows up in the program that the file comes from, "
                                "to one row for each customer with the number of purchases, the "
                                "sum spent and the days since the last one. Upload that file."
                            ),
                            html.Li(
                                f"Or “{issue.column}” is not what tells customers apart: choose "
                                "the column that is, and the file is checked again."
                            ),
                        ]
                    ),
                    html.Div(
                        [
                            choice(select_id, "The customer's id is in", others, NO_COLUMN),
                            html.Button("Use this", id=apply_id, className="btn btn-secondary"),
                        ],
                        className="button-row callout-row",
                    ),
                ],
                className="callout-words",
            ),
        ],
        className="callout callout-warning",
    )
