"""The tabs of the Explore page, with their controls and initial charts."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.charts import TALL, chart
from dashapp.components.choice import choice
from dashapp.components.states import empty_state
from dashapp.page.address import Address
from dashapp.pages.explore import charts
from dashapp.pages.explore.charts import NO_SPLIT, STATISTICS, Shown
from dashapp.pages.explore.ids import Ids
from dashapp.services.filters import category_columns, compared_columns, number_columns
from segmentation import Table

TABS = {
    "distributions": "Distributions",
    "by-category": "By category",
    "relationships": "Relationships",
    "alerts": "Alerts",
}


def render_tab(tab: str, shown: Shown, address: Address) -> Component:
    """Return one tab as the URL describes it."""
    if tab == "by-category":
        return render_by_category(shown, address)
    if tab == "relationships":
        return render_relationships(shown, address)
    if tab == "alerts":
        return html.Div(charts.alerts_of(shown), id=Ids.ALERTS)
    return render_distributions(shown, address)


def render_distributions(shown: Shown, address: Address) -> Component:
    """Return the distribution of one column."""
    table = shown.table
    categories = category_columns(table)
    columns = tuple(dict.fromkeys((*number_columns(table), *categories)))
    if not columns:
        return empty_state(
            "Nothing to show",
            "This view needs a numeric column or a category; change roles on the Data page.",
            action=("Go to Data", "/"),
        )
    column = asked(address, Ids.COLUMN, columns, preferred(table, "spend", columns))
    split = asked(address, Ids.SPLIT, categories, NO_SPLIT)
    drawn = charts.distribution(shown, column, split)
    return html.Div(
        [
            html.Div(
                [
                    choice(Ids.COLUMN, "Column", columns, column),
                    choice(Ids.SPLIT, "Split by", (NO_SPLIT, *categories), split),
                ],
                className="toolbar",
            ),
            html.Div(
                [
                    chart(Ids.HISTOGRAM, drawn["spread"]),
                    html.Div(
                        chart(Ids.BOX, drawn["box"] or charts.NO_BOX),
                        id=Ids.BOX_CARD,
                        hidden=drawn["box"] is None,
                    ),
                ],
                className="grid-2",
            ),
        ]
    )


def render_by_category(shown: Shown, address: Address) -> Component:
    """Return a measure by a category."""
    table = shown.table
    numbers, categories = number_columns(table), category_columns(table)
    if not numbers or not categories:
        return empty_state(
            "Nothing to compare",
            "This view needs one numeric column and one category; change roles on the Data page.",
            action=("Go to Data", "/"),
        )
    measure = asked(address, Ids.MEASURE, numbers, preferred(table, "spend", numbers))
    by = asked(address, Ids.CATEGORY, categories, preferred(table, "membership", categories))
    statistic = asked(address, Ids.STATISTIC, tuple(STATISTICS), "mean")
    return html.Div(
        [
            html.Div(
                [
                    choice(Ids.MEASURE, "Measure", numbers, measure),
                    choice(Ids.CATEGORY, "By", categories, by),
                    choice(Ids.STATISTIC, "Statistic", STATISTICS, statistic),
                ],
                className="toolbar",
            ),
            chart(Ids.BY_CATEGORY, charts.comparison(shown, measure, by, statistic)),
        ]
    )


def render_relationships(shown: Shown, address: Address) -> Component:
    """Return the association of all columns, and one pair."""
    names = [column.name for column in compared_columns(shown.table)]
    if not names:
        return empty_state(
            "Nothing to compare",
            "This view needs numeric columns or categories; change roles on the Data page.",
            action=("Go to Data", "/"),
        )
    between = address.several(Ids.BETWEEN, names)
    drawn = charts.relationships(shown, between)
    return html.Div(
        [
            dcc.Store(id=Ids.BETWEEN, data=between),
            chart(Ids.HEATMAP, drawn["all"], explain="association", height=TALL),
            chart(Ids.PAIR, drawn["pair"], height=TALL),
        ],
        className="grid-2",
    )


def asked(address: Address, id_: str, offered: tuple[str, ...], default: str) -> str:
    """Return the choice in the URL if it is offered, else the default."""
    return address.one(id_, offered, default) or default


def preferred(table: Table, meaning: str, columns: tuple[str, ...]) -> str:
    """Return the column with a meaning (for spend, else the fee), or the first column."""
    names = [table.meaning(meaning), *([table.meaning("fee")] if meaning == "spend" else [])]
    return next((name for name in names if name in columns), columns[0])
