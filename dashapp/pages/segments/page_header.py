"""The top of the Segments page: the Find segments button, its options, and the model file."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.permissions import Right, may
from dashapp.components.drop_zone import load_model
from dashapp.components.icon import icon
from dashapp.page.tab_state import Seen
from dashapp.pages.segments.ids import Ids
from dashapp.pages.segments.train_options import train_options
from segmentation import Table


def render_start(table: Table) -> Component:
    """Return the page's start: the button, what it does, and its collapsed options."""
    return html.Section(
        [
            html.Div(icon("sparkle"), className="state-picture"),
            html.Div(
                [
                    html.H2("Ready to find segments"),
                    html.P(
                        "One click compares every number of segments from 2 to 10, checks how "
                        "sure the best one is, and describes each segment in plain words."
                    ),
                    find_button("btn-primary btn-lg"),
                    train_options(Ids.OPTION, table, {}),
                ],
                className="start-ready",
            ),
            # Hidden while the progress panel above reports a training.
            html.Div(
                [
                    html.H2("Finding your segments"),
                    html.P("They appear here by themselves. You can leave this page meanwhile."),
                ],
                className="start-busy",
            ),
        ],
        className="card-soft start",
    )


def find_button(look: str) -> Component:
    """Return the Find segments button; its style may be quieter once there are segments."""
    return html.Button("Find segments", id=Ids.FIND, className=f"btn {look}")


def render_head(seen: Seen) -> Component:
    """Return the title, the model file to download or load and, with segments, the options."""
    table, model = seen.table, seen.model
    again = table is not None and model is not None
    download = html.A(
        "Download model",
        href=f"/download/model.segmodel?model={seen.refs.model}",
        className="btn btn-quiet",
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.H1("Segments"), html.P(subtitle(seen))]),
                    html.Div(
                        [
                            download if model is not None and may(Right.CHANGE) else None,
                            load_model(),
                            find_button("btn-secondary") if again else None,
                        ],
                        className="button-row",
                    ),
                ],
                className="page-head",
            ),
            train_options(
                Ids.OPTION, table, model.parameters if seen.trained_here and model else {}
            )
            if table is not None and again
            else None,
        ]
    )


def subtitle(seen: Seen) -> str:
    """Describe the data behind the segments."""
    table, model = seen.table, seen.model
    if table is None:
        return "A loaded model: it predicts at once; its customers are not part of the file."
    customers = f"{formatting.number(table.customers)} customers from {table.name}"
    if model is None or not seen.trained_here:
        return customers
    bases = sum(column.use == "basis" for column in model.columns)
    return f"{customers}, compared on {formatting.count(bases, 'column')}"
