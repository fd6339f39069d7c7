"""Rendering of the Data page: pure functions of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.sampled import sample_note
from dashapp.components.states import message
from dashapp.components.tables import data_table
from dashapp.ledger.ledger import Item
from dashapp.pages.data.column_grid import column_grid
from dashapp.pages.data.ids import Ids
from dashapp.pages.data.import_summary import detected, ids_of, reconciliation
from dashapp.pages.data.issues.issue_groups import IssueIds, issue_groups
from dashapp.pages.data.number_cards import amount_card, stat_card, stat_row
from dashapp.pages.data.purchases_card import transactions_card, transactions_issue
from dashapp.pages.data.reading.reading_choices import render_choices
from dashapp.pages.data.welcome import other_data
from dashapp.services.masking import rows_shown
from dashapp.services.overview import Overview, overview
from segmentation import Table, summarize

FIRST_ROWS = 20
ISSUE_IDS = IssueIds(Ids.FIX, Ids.FIX_ALL, Ids.APPLY, Ids.IN_FORCE)


@dataclass(frozen=True)
class Around:
    """The session's context of a data set.

    Attributes
    ----------
    raw_lines
        First raw lines of its file.
    others
        Other files of the session.
    can_redo
        Whether there is an undone version to redo.
    limit_mb
        Largest upload in MB.
    rejects
        The download of the rejected rows.
    cluster
        Menu entry for large data sets; None without a cluster.
    """

    raw_lines: Sequence[str] = ()
    others: Sequence[Item] = ()
    can_redo: bool = False
    limit_mb: int = 0
    rejects: Component | None = None
    cluster: Component | None = None


def render_ready(table: Table, item: Item, around: Around) -> Component:
    """Return the page of a data set that was read."""
    has_file = bool(item.info.get("upload"))
    purchases = transactions_issue(table)
    said = str(item.info.get("said") or "")
    beside = item.info.get("because") == "fixes"
    return html.Div(
        [
            render_head(table, item, around),
            reconciliation(table),
            sample_note(
                table,
                "Counts, averages and the summary below are of",
                "First rows and the charts of other pages show",
            ),
            message("info", said) if said and not beside else None,
            transactions_card(table, purchases, select_id=Ids.CUSTOMER, apply_id=Ids.CUSTOMER_APPLY)
            if purchases and has_file
            else None,
            render_choices(table, item, around.raw_lines) if has_file else None,
            issue_groups(
                table,
                ISSUE_IDS,
                rejects=around.rejects,
                can_reread=has_file,
                said=said if beside else "",
            ),
            render_cards(overview(table), is_transactions=purchases is not None),
            render_columns(table),
            render_first_rows(table),
            render_summary(table),
        ],
        className="stack",
    )


def render_head(table: Table, item: Item, around: Around) -> Component:
    """Return the name, what was detected, and what to do next."""
    undo = html.Button(
        "Undo",
        id=Ids.UNDO,
        value=item.id,
        className="btn btn-quiet",
        title="Go back to before the last change",
    )
    redo = html.Button(
        "Redo",
        id=Ids.REDO,
        value=item.id,
        className="btn btn-quiet",
        title="Make the change again",
    )
    return html.Div(
        [
            html.Div([html.H1(table.name), html.P(read_from(table, item), className="lead")]),
            html.Div(
                [
                    undo if item.info.get("parent") else None,
                    redo if around.can_redo else None,
                    other_data(Ids.SAMPLE, around.limit_mb, around.others, around.cluster),
                    dcc.Link("Explore the data", href="/explore", className="btn btn-secondary"),
                    dcc.Link("Go to segments", href="/segments", className="btn btn-primary"),
                ],
                className="button-row",
            ),
        ],
        className="page-head",
    )


def read_from(table: Table, item: Item) -> str:
    """Describe what was detected and, on the cluster, the number of files."""
    large = item.info.get("large")
    if not large:
        return detected(table)
    files = formatting.count(large["files"], "file")
    return f"{detected(table)}, {files} ({formatting.file_size(large['size'])}) on the cluster"


def render_cards(facts: Overview, *, is_transactions: bool = False) -> Component:
    """Return the key numbers."""
    label, note, each, every = (
        ("Rows", "one for each purchase", "per purchase", "all purchases")
        if is_transactions
        else ("Customers", "rows used", "per customer", "all customers")
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
            amount_card(f"Average {facts.paid}", facts.average_spend, facts.currency, each),
            amount_card(f"Total {facts.paid}", facts.total_spend, facts.currency, every),
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
    """Return the columns with editable roles and uses."""
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
    """Return the first rows as they were read."""
    count = min(FIRST_ROWS, table.rows_used)
    drawn = " of the sample" if table.rows_used < table.customers else ""
    return html.Section(
        [
            html.H2(f"First {count} rows{drawn}"),
            data_table(rows_shown(table, FIRST_ROWS), plain=ids_of(table)),
        ],
        className="card-soft",
    )


def render_summary(table: Table) -> Component:
    """Return summary statistics of all columns, numbers and categories apart."""
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
