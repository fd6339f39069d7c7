"""What the Data page shows of a data set; pure but for what it is given."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.cards import stat_card, stat_row
from dashapp.components.column_grid import column_grid
from dashapp.components.issue_groups import issue_groups
from dashapp.components.reading_form import reading_form, recipe_panel
from dashapp.components.review import detected, ids_of, reconciliation, rows_shown
from dashapp.components.states import message
from dashapp.components.tables import data_table
from dashapp.components.welcome import upload_panel
from dashapp.pages.data.ids import Ids
from dashapp.services.overview import Overview, overview
from dashapp.session.ledger import Item
from segmentation import Table, summarize

FIRST_ROWS = 20
# Kinds of issues that only the user can settle.
ASKED = {
    "ambiguous_date": "day or month first",
    "ambiguous_number": "decimal point or decimal comma",
}


def render_ready(table: Table, item: Item, raw_lines: Sequence[str] = ()) -> Component:
    """Everything about a data set that has been read."""
    has_file = bool(item.info.get("upload"))
    return html.Div(
        [
            render_head(table, item),
            reconciliation(table),
            *render_notices(table, item),
            render_choices(table, item, raw_lines) if has_file else None,
            render_cards(overview(table), is_transactions=lists_transactions(table)),
            render_columns(table),
            issue_groups(
                table,
                fix_type=Ids.FIX,
                apply_id=Ids.APPLY,
                rejects_href=f"/download/rejects.csv?data={item.id}",
                can_reread=has_file,
            ),
            render_first_rows(table),
            render_summary(table),
        ],
        className="stack",
    )


def render_head(table: Table, item: Item) -> Component:
    """Name, what was detected in words, and what to do next."""
    undo = html.Button(
        "Undo", id=Ids.UNDO, className="btn btn-quiet", title="Go back to before the last change"
    )
    return html.Div(
        [
            html.Div([html.H1(table.name), html.P(detected(table), className="lead")]),
            html.Div(
                [
                    undo if item.info.get("parent") else None,
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


def render_notices(table: Table, item: Item) -> list[Component]:
    """What the user should know before anything else: nothing, for most files."""
    notices = [message("warning", i.suggestion) for i in table.issues if i.kind == "transactions"]
    asked = [issue for issue in table.issues if issue.kind in ASKED]
    if asked:
        question = "Two columns or more can be read in two ways."
        if len(asked) == 1:
            question = f"“{asked[0].column}” can be read in two ways: {ASKED[asked[0].kind]}?"
        notices.append(message("warning", f"{question} Please choose under Issues."))
    if item.info.get("said"):
        notices.append(message("info", str(item.info["said"])))
    return notices


def render_choices(table: Table, item: Item, raw_lines: Sequence[str]) -> Component:
    """How the file was read, to change, and all choices as a recipe: both folded."""
    form = reading_form(Ids.LAYOUT, table, raw_lines, opened=item.info.get("because") == "layout")
    return html.Div(
        [form, recipe_panel(f"/download/recipe.json?data={item.id}")], className="review-folds"
    )


def lists_transactions(table: Table) -> bool:
    """Whether rows are purchases rather than customers."""
    return any(issue.kind == "transactions" for issue in table.issues)


def render_cards(facts: Overview, *, is_transactions: bool = False) -> Component:
    """The numbers that people look for first."""
    label, note = (
        ("Rows", "one for each purchase") if is_transactions else ("Customers", "rows used")
    )
    cards = [
        stat_card(label, formatting.number(facts.customers), note),
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
                "To change a cell with ▾, select it and press Enter, or click it."
            ),
            column_grid(Ids.GRID, table),
        ],
        className="card-soft",
    )


def render_first_rows(table: Table) -> Component:
    """The first rows as they were understood."""
    count = min(FIRST_ROWS, table.rows_used)
    return html.Section(
        [
            html.H2(f"First {count} rows"),
            data_table(rows_shown(table, FIRST_ROWS), plain=ids_of(table)),
        ],
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
