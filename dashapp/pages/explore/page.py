"""Explore: filter customers, see distributions, compare categories, find relationships."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.permissions import Right, needs
from dashapp.components.sampled import noun, sample_note
from dashapp.components.states import empty_state, expired_state, skeleton
from dashapp.components.tab_bar import tab_bar
from dashapp.dash_patches.markup import markup
from dashapp.page.address import Address, Link
from dashapp.page.context import Context
from dashapp.page.inputs import one_of, record, text_or_none
from dashapp.page.page import Page
from dashapp.page.tab_state import Refs, open_table
from dashapp.pages.explore import charts
from dashapp.pages.explore.charts import Shown, TableOf
from dashapp.pages.explore.filter_panel import filter_panel, filter_start
from dashapp.pages.explore.ids import Ids
from dashapp.pages.explore.tabs import TABS, render_tab
from dashapp.services.filters import asked_filters, filterable, parse_filters, passing
from dashapp.shell import Ids as Shell
from segmentation import Table


def layout(**_: object) -> Component:
    """Return an empty container; its content depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def render_page(
    table: Table | None, address: Address, look: object, *, expired: bool = False
) -> Component:
    """Return filters at the left and tabs at the right; without data, what to do first."""
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
    filters = asked_filters(address.each(Ids.FILTERS), table)
    tab = address.tab(TABS) or next(iter(TABS))
    people = formatting.count(table.rows_used, noun(table))
    head = html.Div([html.H1("Explore"), html.P(f"{people} from {table.name}")])
    views = html.Div(
        [
            dcc.Store(id=Ids.FILTERS, data=filters),
            filter_panel(
                table,
                filter_type=Ids.FILTER,
                range_type=Ids.RANGE,
                count_id=Ids.COUNT,
                clear_id=Ids.CLEAR,
                start=filters,
                left=customers_left(table, filters),
            ),
            html.Div(
                [
                    sample_note(table, "", "Filters, charts and alerts look at"),
                    tab_bar(Ids.TABS, TABS, "Views of the data", panel_id=Ids.BODY, selected=tab),
                    html.Div(
                        render_tab(tab, Shown.parse(table, filters, look), address),
                        id=Ids.BODY,
                        className="tab-body",
                        role="tabpanel",
                    ),
                ],
                className="explore-main",
            ),
        ],
        className="with-sidebar",
    )
    return html.Div([html.Div(head, className="page-head"), views], className="stack")


def customers_left(table: Table, filters: object) -> str:
    """Return how many of all customers match the filters."""
    left = int(passing(table.frame, parse_filters(filters, table)).sum())
    return f"{formatting.number(left)} of {formatting.count(table.rows_used, noun(table))}"


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    def table_of(refs: object) -> Table | None:
        return open_table(context, Refs.parse(refs))

    @app.callback(
        Output(Ids.CONTENT, "children"),
        inputs={"refs": Input(Shell.REFS, "data"), "_went": Input(Shell.WENT, "data")},
        state={"search": State(Shell.URL, "search"), "look": State(Shell.THEME, "data")},
    )
    @needs(Right.DATA)
    def show(refs: object, _went: object, search: object, look: object) -> Any:
        if refs is None:
            return no_update
        expired = Refs.parse(refs).expired
        page = render_page(table_of(refs), Address.parse(search), look, expired=expired)
        return markup(page)

    # The page arrives with its first tab; this runs when another one is selected.
    @app.callback(
        Output(Ids.BODY, "children"),
        inputs={"tab": Input(Ids.TABS, "data"), "look": Input(Shell.THEME, "data")},
        state={
            "refs": State(Shell.REFS, "data"),
            "filters": State(Ids.FILTERS, "data"),
            "search": State(Shell.URL, "search"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def show_tab(tab: object, look: object, refs: object, filters: object, search: object) -> Any:
        shown = Shown.parse(table_of(refs), filters, look)
        name = one_of(tab, list(TABS), next(iter(TABS)))
        return markup(render_tab(name, shown, Address.parse(search)))

    register_filters(app, table_of)
    charts.register(app, table_of)


def register_filters(app: Dash, table_of: TableOf) -> None:
    """Combine the filter widgets into one store, in the browser; every chart listens to it."""
    app.clientside_callback(
        ClientsideFunction("portal", "narrowing"),
        Output(Ids.FILTERS, "data"),
        Input({"type": Ids.FILTER, "column": ALL}, "value"),
        State({"type": Ids.FILTER, "column": ALL}, "min"),
        State({"type": Ids.FILTER, "column": ALL}, "max"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("portal", "told_ranges"),
        Output({"type": Ids.RANGE, "column": ALL}, "children"),
        Input({"type": Ids.FILTER, "column": ALL}, "value"),
        State({"type": Ids.RANGE, "column": ALL}, "id"),
        State({"type": Ids.RANGE, "column": ALL}, "data-unit"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.COUNT, "children"),
        inputs={"filters": Input(Ids.FILTERS, "data")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def count(filters: object, refs: object) -> Any:
        table = table_of(refs)
        return no_update if table is None else customers_left(table, filters)

    @app.callback(
        # A list of one output: with a pattern as the only output, Dash cannot take "no update" from
        # the error handler, and an expired session would end in a 500.
        output=[Output({"type": Ids.FILTER, "column": ALL}, "value")],
        inputs={"_clicks": Input(Ids.CLEAR, "n_clicks")},
        state={
            "ids": State({"type": Ids.FILTER, "column": ALL}, "id"),
            "refs": State(Shell.REFS, "data"),
        },
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def clear(_clicks: object, ids: list[Any], refs: object) -> list[list[Any]]:
        table = table_of(refs)
        names = [text_or_none(record(id_).get("column")) for id_ in ids]
        known = set() if table is None else set(filterable(table))
        return [
            [
                filter_start(table, name) if table is not None and name in known else no_update
                for name in names
            ]
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
