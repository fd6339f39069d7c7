"""Explore: filter customers, see distributions, compare categories, find relationships."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.address import Address, Link
from dashapp.components.alert_list import alert_list
from dashapp.components.charts import TALL, chart
from dashapp.components.choice import choice
from dashapp.components.filters import filter_panel, filter_start
from dashapp.components.sampled import noun, sample_note
from dashapp.components.states import empty_state, expired_state, skeleton
from dashapp.components.tab_bar import tab_bar
from dashapp.page import Context, Page, Refs, one_of, open_table, record, text_or_none
from dashapp.pages.explore import charts
from dashapp.pages.explore.charts import NO_SPLIT, STATISTICS, TableOf
from dashapp.pages.explore.ids import Ids
from dashapp.services.alerts import alerts
from dashapp.services.exploring import (
    asked_filters,
    category_columns,
    compared_columns,
    filterable,
    narrowing,
    number_columns,
    parse_filters,
    passing,
)
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from segmentation import Table

TABS = {
    "distributions": "Distributions",
    "by-category": "By category",
    "relationships": "Relationships",
    "alerts": "Alerts",
}


def layout(**_: object) -> Component:
    """Empty containers; what they show depends on the session."""
    return html.Div(
        [dcc.Store(id=Ids.FILTERS), html.Div(skeleton(), id=Ids.CONTENT)],
    )


def render_page(table: Table | None, address: Address, *, expired: bool = False) -> Component:
    """Filters at the left, tabs at the right; or what to do first."""
    if expired:
        return expired_state()
    if table is None:
        return empty_state(
            "Nothing to explore yet",
            "Upload a customer list or try the sample customers first.",
            action=("Go to Data", "/"),
            picture="explore",
            whole_page=True,
        )
    return html.Div(
        [
            html.H1("Explore", className="visually-hidden"),
            filter_panel(
                table,
                filter_type=Ids.FILTER,
                count_id=Ids.COUNT,
                clear_id=Ids.CLEAR,
                start=asked_filters(address.each(Ids.FILTERS), table),
            ),
            html.Div(
                [
                    sample_note(table, "", "Filters, charts and alerts look at"),
                    tab_bar(
                        Ids.TABS,
                        TABS,
                        "Views of the data",
                        panel_id=Ids.BODY,
                        selected=address.tab(TABS),
                    ),
                    html.Div(id=Ids.BODY, className="tab-body", role="tabpanel"),
                ],
                className="explore-main",
            ),
        ],
        className="with-sidebar",
    )


def render_tab(tab: str, table: Table, address: Address) -> Component:
    """The controls and empty charts of one tab."""
    numbers, categories = number_columns(table), category_columns(table)
    if tab == "by-category":
        return render_by_category(table, numbers, categories, address)
    if tab == "relationships":
        names = [column.name for column in compared_columns(table)]
        return html.Div(
            [
                dcc.Store(id=Ids.BETWEEN, data=address.several(Ids.BETWEEN, names)),
                chart(
                    Ids.HEATMAP,
                    Ids.HEATMAP_READING,
                    "Which columns go together",
                    explain="association",
                    height=TALL,
                ),
                chart(Ids.PAIR, Ids.PAIR_READING, "Two columns together", height=TALL),
            ],
            className="grid-2",
        )
    if tab == "alerts":
        return alert_list(alerts(table))
    columns = (*numbers, *(name for name in categories if name not in numbers))
    return html.Div(
        [
            html.Div(
                [
                    choice(
                        Ids.COLUMN,
                        "Column",
                        columns,
                        address.one(Ids.COLUMN, columns, preferred(table, "spend", columns)),
                    ),
                    choice(
                        Ids.SPLIT,
                        "Split by",
                        (NO_SPLIT, *categories),
                        address.one(Ids.SPLIT, categories, NO_SPLIT),
                    ),
                ],
                className="toolbar",
            ),
            html.Div(
                [
                    chart(Ids.HISTOGRAM, Ids.HISTOGRAM_READING, "How the values are spread"),
                    html.Div(
                        chart(Ids.BOX, Ids.BOX_READING, "Middle, range and extremes"),
                        id=Ids.BOX_CARD,
                    ),
                ],
                className="grid-2",
            ),
        ]
    )


def render_by_category(
    table: Table, numbers: tuple[str, ...], categories: tuple[str, ...], address: Address
) -> Component:
    """The controls and the chart of a measure by a category."""
    if not numbers or not categories:
        return empty_state(
            "Nothing to compare",
            "This view needs one numeric column and one category; change roles on the Data page.",
            action=("Go to Data", "/"),
        )
    return html.Div(
        [
            html.Div(
                [
                    choice(
                        Ids.MEASURE,
                        "Measure",
                        numbers,
                        address.one(Ids.MEASURE, numbers, preferred(table, "spend", numbers)),
                    ),
                    choice(
                        Ids.CATEGORY,
                        "By",
                        categories,
                        address.one(
                            Ids.CATEGORY, categories, preferred(table, "membership", categories)
                        ),
                    ),
                    choice(
                        Ids.STATISTIC,
                        "Statistic",
                        STATISTICS,
                        address.one(Ids.STATISTIC, STATISTICS, "mean"),
                    ),
                ],
                className="toolbar",
            ),
            chart(Ids.BY_CATEGORY, Ids.BY_CATEGORY_READING, "Groups of customers compared"),
        ]
    )


def preferred(table: Table, meaning: str, columns: tuple[str, ...]) -> str | None:
    """The column with a meaning if it is among ``columns``, else the first."""
    name = table.meaning(meaning)
    return name if name in columns else next(iter(columns), None)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    def table_of(refs: object) -> Table | None:
        return open_table(context, Refs.parse(refs))

    @app.callback(
        Output(Ids.CONTENT, "children"),
        inputs={"refs": Input(Shell.REFS, "data"), "_went": Input(Shell.WENT, "data")},
        state={"search": State(Shell.URL, "search")},
    )
    @needs(Right.DATA)
    def show(refs: object, _went: object, search: object) -> Any:
        if refs is None:
            return no_update
        expired = Refs.parse(refs).expired
        return render_page(table_of(refs), Address.parse(search), expired=expired)

    @app.callback(
        Output(Ids.BODY, "children"),
        inputs={"tab": Input(Ids.TABS, "data")},
        state={"refs": State(Shell.REFS, "data"), "search": State(Shell.URL, "search")},
    )
    @needs(Right.DATA)
    def show_tab(tab: object, refs: object, search: object) -> Any:
        table = table_of(refs)
        if table is None:
            return no_update
        return render_tab(one_of(tab, list(TABS), "distributions"), table, Address.parse(search))

    register_filters(app, table_of)
    charts.register(app, table_of)


def register_filters(app: Dash, table_of: TableOf) -> None:
    """From the filters' widgets to one value that every chart listens to."""

    @app.callback(
        Output(Ids.FILTERS, "data"),
        Output(Ids.COUNT, "children"),
        inputs={"values": Input({"type": Ids.FILTER, "column": ALL}, "value")},
        state={"refs": State(Shell.REFS, "data")},
    )
    @needs(Right.DATA)
    def collect(values: list[Any], refs: object) -> tuple[Any, Any]:
        table = table_of(refs)
        if table is None:
            return no_update, no_update
        names = [item["id"]["column"] for item in ctx.args_grouping["values"]]
        given = dict(zip(names, values, strict=True))
        left = int(passing(table.frame, parse_filters(given, table)).sum())
        total = formatting.count(table.rows_used, noun(table))
        return narrowing(given, table), f"{formatting.number(left)} of {total}"

    @app.callback(
        Output({"type": Ids.FILTER, "column": ALL}, "value"),
        inputs={"_clicks": Input(Ids.CLEAR, "n_clicks")},
        state={
            "ids": State({"type": Ids.FILTER, "column": ALL}, "id"),
            "refs": State(Shell.REFS, "data"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def clear(_clicks: object, ids: list[Any], refs: object) -> list[Any]:
        table = table_of(refs)
        names = [text_or_none(record(id_).get("column")) for id_ in ids]
        known = set() if table is None else set(filterable(table))
        return [
            filter_start(table, name) if table is not None and name in known else no_update
            for name in names
        ]


LINKS = (
    Link(Ids.FILTERS, "data"),
    Link(Ids.COLUMN),
    Link(Ids.SPLIT),
    Link(Ids.MEASURE),
    Link(Ids.CATEGORY),
    Link(Ids.STATISTIC),
    Link(Ids.BETWEEN, "data"),
)
PAGE = Page(
    "/explore", "Explore", "Explore · Customer segments", layout, register, Right.DATA, LINKS
)
