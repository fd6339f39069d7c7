"""Data: bring a customer list, see what was read, correct it, look at it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.cards import stat_card, stat_row
from dashapp.components.column_grid import ROLES, USES, column_grid
from dashapp.components.review import detected, issues, reconciliation
from dashapp.components.states import skeleton
from dashapp.components.tables import data_table
from dashapp.components.welcome import upload_panel, welcome
from dashapp.page import BadInputError, Context, Page, Refs, one_of, record, text_or_none
from dashapp.services.overview import Overview, overview
from dashapp.session.identity import current_session
from dashapp.shell import Ids as Shell
from segmentation import Table, summarize

FIRST_ROWS = 20


class Ids(StrEnum):
    """Ids of this page."""

    CONTENT = "data-content"
    SAMPLE = "data-sample"
    GRID = "data-columns-grid"


def layout(**_: object) -> Component:
    """An empty container; what it shows depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def render_ready(table: Table, dataset_id: str) -> Component:
    """Everything about a data set that has been read."""
    facts = overview(table)
    return html.Div(
        [
            render_head(table),
            reconciliation(table),
            render_cards(facts),
            render_columns(table),
            issues(table, f"/download/rejects.csv?data={dataset_id}"),
            render_first_rows(table),
            render_summary(table),
        ],
        className="stack",
    )


def render_head(table: Table) -> Component:
    """Name, what was detected in words, and what to do next."""
    return html.Div(
        [
            html.Div([html.H1(table.name), html.P(detected(table), className="lead")]),
            html.Div(
                [
                    html.Details(
                        [
                            html.Summary("Use other data", className="btn btn-secondary"),
                            html.Div(upload_panel(Ids.SAMPLE), className="popover-card"),
                        ],
                        className="details-popover",
                    ),
                    dcc.Link("Explore the data", href="/explore", className="btn btn-secondary"),
                    dcc.Link("Go to segments", href="/segments", className="btn btn-primary"),
                ],
                className="button-row",
            ),
        ],
        className="page-head",
    )


def render_cards(facts: Overview) -> Component:
    """The numbers that people look for first."""
    cards = [
        stat_card("Customers", formatting.number(facts.customers), "rows used"),
        stat_card("Columns", formatting.number(facts.columns), f"{facts.bases} drive the segments"),
        stat_card(
            "Complete rows",
            formatting.percent(facts.complete_share),
            f"{formatting.number(facts.missing_cells)} missing cells",
        ),
    ]
    if facts.average_spend is not None and facts.total_spend is not None:
        cards += [
            stat_card("Average spend", formatting.money(facts.average_spend), "per customer"),
            stat_card("Total spend", formatting.money(facts.total_spend), "all customers"),
        ]
    if facts.median_recency is not None:
        cards.append(
            stat_card(
                "Median recency",
                f"{formatting.number(facts.median_recency)} days",
                "since the last purchase",
            )
        )
    return stat_row(cards)


def render_columns(table: Table) -> Component:
    """The columns, their roles and uses, to correct."""
    return html.Section(
        [
            html.H2("Columns"),
            html.P(
                "A basis drives the segments, a descriptor is only described. "
                "Double-click a role or a use to change it."
            ),
            column_grid(Ids.GRID, table),
        ],
        className="card-soft",
    )


def render_first_rows(table: Table) -> Component:
    """The first rows as they were understood."""
    count = min(FIRST_ROWS, table.rows_used)
    return html.Section(
        [html.H2(f"First {count} rows"), data_table(table.frame.head(FIRST_ROWS))],
        className="card-soft",
    )


def render_summary(table: Table) -> Component:
    """Statistics of every column, numbers and categories apart."""
    numeric, categorical = summarize(table)
    return html.Section(
        [
            html.H2("Statistical summary"),
            html.H3("Numbers"),
            data_table(numeric) if len(numeric) else html.P("No numeric columns."),
            html.H3("Categories"),
            data_table(categorical) if len(categorical) else html.P("No categorical columns."),
        ],
        className="card-soft",
    )


def parse_change(value: object) -> dict[str, dict[str, str]]:
    """Read one edited cell of the column grid: column name → what changed."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        raise BadInputError("expected the grid's change")
    row = record(value[0].get("data"))
    name = text_or_none(row.get("name"))
    field = one_of(value[0].get("colId"), ("role", "use"), "role")
    allowed = ROLES if field == "role" else USES
    if name is None:
        raise BadInputError("expected a column name")
    return {name: {field: one_of(row.get(field), allowed, allowed[0])}}


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    @app.callback(Output(Ids.CONTENT, "children"), inputs={"refs": Input(Shell.REFS, "data")})
    def show(refs: object) -> Any:
        if refs is None:  # the shell has not yet said which data set this tab looks at
            return no_update
        dataset_id = Refs.parse(refs).dataset
        if dataset_id is None:
            return welcome(Ids.SAMPLE)
        return render_ready(context.datasets.table(current_session(), dataset_id), dataset_id)

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"clicks": Input(Ids.SAMPLE, "n_clicks")},
        prevent_initial_call=True,
    )
    def use_sample(clicks: object) -> Any:
        if not clicks:
            return no_update
        return {"id": context.datasets.start_sample(current_session()).id}

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"changed": Input(Ids.GRID, "cellValueChanged")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    def change_column(changed: object, refs: object) -> Any:
        dataset_id = Refs.parse(refs).dataset
        if not changed or dataset_id is None:
            return no_update
        changes = parse_change(changed)
        return {"id": context.datasets.start_change(current_session(), dataset_id, changes).id}


PAGE = Page("/", "Data", "Data · Customer segments", layout, register)
