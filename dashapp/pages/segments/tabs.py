"""The tabs of the Segments page, and their callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.auth.permissions import Right, needs
from dashapp.components.charts import Drawn, drawn_anew
from dashapp.components.states import empty_state
from dashapp.page.address import Address
from dashapp.page.context import Context
from dashapp.page.inputs import number_or_none, one_of, texts
from dashapp.page.tab_state import Refs, Seen
from dashapp.pages.segments import charts, customer_grid, large_data_notes, views
from dashapp.pages.segments.charts import Placed, placed_customers
from dashapp.pages.segments.current_model import model_of
from dashapp.pages.segments.customers_tab import (
    GRID_PAGE,
    asked_customers,
    customers_view,
    download_buttons,
)
from dashapp.pages.segments.ids import Ids
from dashapp.pages.segments.segment_card import action_list
from dashapp.pages.segments.views import FLAT, VIEWS
from dashapp.services.customers import GridRequest
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme
from segmentation import SegmentModel

LOOK = State(Shell.THEME, "data")
REFS = State(Shell.REFS, "data")


def render_tab(
    context: Context, seen: Seen, model: SegmentModel, *, tab: str, address: Address, look: Theme
) -> Component:
    """Return one tab with its charts, as the URL describes it."""
    draw: dict[str, Callable[[], Component]] = {
        "map": lambda: render_map(context, seen, model, address, look),
        "profiles": lambda: views.profiles_view(model, address, look),
        "distribution": lambda: views.distribution_view(
            model, placed_customers(context, seen), address, look
        ),
        "compare": lambda: views.compare_view(model, address, look),
        "evidence": lambda: views.evidence_view(model, look, can_choose=seen.trained_here),
        "customers": lambda: render_customers(context, seen, model, address),
        "actions": lambda: action_list(model.segments),
    }
    return large_data_notes.explained(context, tab, seen, draw[tab]())


def render_map(
    context: Context, seen: Seen, model: SegmentModel, address: Address, look: Theme
) -> Component:
    """Return the map, with the customer that the URL names."""
    placed = placed_customers(context, seen)
    if placed is None:
        return no_customers(seen)
    view = address.one(Ids.MAP_VIEW, VIEWS, FLAT) or FLAT
    row = address.number("customer", placed.table.rows_used)
    return views.map_view(
        view,
        charts.customers_map(placed, model, flat=view == FLAT, row=row, look=look),
        charts.customer_beside(placed, model, seen.refs, row),
    )


def render_customers(
    context: Context, seen: Seen, model: SegmentModel, address: Address
) -> Component:
    """Return the customer grid with its first rows."""
    if seen.table is None or not seen.scored:
        return no_customers(seen)
    shown = asked_customers(model, address)
    first = customer_grid.rows_of(context, seen, model, shown, GridRequest(0, GRID_PAGE))
    files = download_buttons(context, seen.refs, shown)
    return customers_view(model, seen.table, shown, first, files)


def no_customers(seen: Seen) -> Component:
    """Return what to do when a view needs customers but the model has none."""
    if seen.table is not None:
        return empty_state(
            "Nobody has been placed yet",
            "This view shows customers. Place those of your data set in the segments above, or "
            "find segments of their own.",
        )
    return empty_state(
        "The customers are not part of a model file",
        "Upload a data set to place its customers in these segments, or score a file on the "
        "Predict page.",
        action=("Go to Predict", "/predict"),
    )


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of the tabs."""
    register_map(app, context)
    register_profiles(app, context)
    customer_grid.register(app, context)


def register_map(app: Dash, context: Context) -> None:
    """Switch between 2D and 3D, and show the clicked customer."""

    @app.callback(
        drawn_anew(Ids.MAP),
        inputs={"view": Input(Ids.MAP_VIEW, "value")},
        state={"refs": REFS, "look": LOOK, "search": State(Shell.URL, "search")},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw(view: object, refs: object, look: object, search: object) -> Drawn:
        placed, model, _ = placed_of(context, refs)
        flat = one_of(view, list(VIEWS), FLAT) == FLAT
        row = Address.parse(search).number("customer", placed.table.rows_used)
        return charts.customers_map(placed, model, flat=flat, row=row, look=theme(look))

    @app.callback(
        Output(Ids.MAP_CUSTOMER, "children"),
        inputs={"click": Input(Ids.MAP, "clickData")},
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def show_customer(click: object, refs: object) -> Any:
        placed, model, known = placed_of(context, refs)
        return charts.customer_beside(placed, model, known, clicked_row(click)) or no_update


def placed_of(context: Context, refs: object) -> tuple[Placed, SegmentModel, Refs]:
    """Return the customers, their model and references; raise PreventUpdate without segments."""
    seen, model = model_of(context, refs)
    placed = placed_customers(context, seen)
    if placed is None:
        raise PreventUpdate
    return placed, model, seen.refs


def clicked_row(click: object) -> int | None:
    """Return the row of the customer clicked on the map."""
    points = click.get("points") if isinstance(click, dict) else None
    if not isinstance(points, list) or not points or not isinstance(points[0], dict):
        return None
    given = points[0].get("customdata")
    row = number_or_none(given[0] if isinstance(given, list) and given else given)
    return None if row is None else int(row)


def register_profiles(app: Dash, context: Context) -> None:
    """Redraw a category's levels, a column by segment, and the comparison."""

    @app.callback(
        drawn_anew(Ids.LEVELS),
        inputs={"column": Input(Ids.LEVELS_COLUMN, "value")},
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def draw_levels(column: object, refs: object, look: object) -> Drawn:
        _, model = model_of(context, refs)
        names = list(model.everybody.levels)
        return charts.levels(model, one_of(column, names, names[0]), theme(look))

    @app.callback(
        drawn_anew(Ids.SPREAD),
        inputs={"column": Input(Ids.SPREAD_COLUMN, "value")},
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw_spread(column: object, refs: object, look: object) -> Drawn:
        placed, model, _ = placed_of(context, refs)
        names = charts.spread_columns(model, placed.table)
        return charts.spread(placed, model, one_of(column, names, names[0]), theme(look))

    @app.callback(
        drawn_anew(Ids.COMPARE),
        inputs={"chosen": Input(Ids.COMPARE_SEGMENTS, "value")},
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.VIEW)
    def draw_comparison(chosen: object, refs: object, look: object) -> Drawn:
        _, model = model_of(context, refs)
        return charts.comparison(model, texts(chosen), theme(look))
