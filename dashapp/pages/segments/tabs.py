"""What answers inside the tabs of the Segments page."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from dashapp import figures, formatting
from dashapp.page import Context, Seen, number_or_none, one_of, text_or_none, texts
from dashapp.pages.segments.customers import EVERYONE, customers_link
from dashapp.pages.segments.ids import Ids
from dashapp.pages.segments.views import VIEWS, customer_card, numeric_columns
from dashapp.services.customers import GridRequest, customer_rows, page_of, search_rows
from dashapp.session.identity import current_session
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from dashapp.theme import theme
from segmentation import SegmentModel

LOOK = Input(Shell.THEME, "data")
REFS = State(Shell.REFS, "data")


def register(app: Dash, context: Context) -> None:
    """Add the callbacks inside the tabs."""
    register_map(app, context)
    register_profiles(app, context)
    register_customers(app, context)


def model_of(context: Context, refs: object) -> tuple[Seen, SegmentModel]:
    """What the tab looks at, with its model; stops quietly where there is none."""
    seen = Seen.at(context, refs)
    if seen.model is None:
        raise PreventUpdate
    return seen, seen.model


def register_map(app: Dash, context: Context) -> None:
    """The map in 2D and 3D and the customer that was clicked."""

    @app.callback(
        Output(Ids.MAP, "figure"),
        Output(Ids.MAP_READING, "children"),
        inputs={"view": Input(Ids.MAP_VIEW, "value"), "look": LOOK},
        state={"refs": REFS},
    )
    @needs(Right.DATA)
    def draw(view: object, look: object, refs: object) -> tuple[Any, str]:
        seen, model = model_of(context, refs)
        if not seen.trained_here:
            raise PreventUpdate
        scores = context.training.scores(current_session(), str(seen.refs.model))
        titles = [model.projection.axis_title(axis) for axis in range(3)]
        kind = one_of(view, list(VIEWS), "2d")
        draw_map = figures.segment_map if kind == "2d" else figures.segment_map_3d
        figure = draw_map(scores, model.segments, titles, theme=theme(look))
        drawn = figures.sample_sentence(scores, flat=kind == "2d")
        return figure, f"{figures.segment_map_reading(model)} {drawn}".strip()

    @app.callback(
        Output(Ids.MAP_CUSTOMER, "children"),
        inputs={"click": Input(Ids.MAP, "clickData")},
        state={"refs": REFS},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def show_customer(click: object, refs: object) -> Any:
        seen, model = model_of(context, refs)
        row = clicked_row(click)
        if seen.table is None or not seen.trained_here or row is None:
            return no_update
        if not 0 <= row < seen.table.rows_used:
            return no_update
        scores = context.training.scores(current_session(), str(seen.refs.model)).iloc[row]
        names = {segment.id: segment.name for segment in model.segments}
        return customer_card(
            {str(name): value for name, value in seen.table.frame.iloc[row].items()},
            names.get(scores["segment_id"], "Unassigned"),
            float(scores["confidence"]),
        )


def clicked_row(click: object) -> int | None:
    """The customer's row under a click on the map."""
    points = click.get("points") if isinstance(click, dict) else None
    if not isinstance(points, list) or not points or not isinstance(points[0], dict):
        return None
    given = points[0].get("customdata")
    row = number_or_none(given[0] if isinstance(given, list) and given else given)
    return None if row is None else int(row)


def register_profiles(app: Dash, context: Context) -> None:
    """Levels of a category, a column by segment, and the comparison."""

    @app.callback(
        Output(Ids.LEVELS, "figure"),
        Output(Ids.LEVELS_READING, "children"),
        inputs={"column": Input(Ids.LEVELS_COLUMN, "value"), "look": LOOK},
        state={"refs": REFS},
    )
    @needs(Right.VIEW)
    def draw_levels(column: object, look: object, refs: object) -> tuple[Any, str]:
        _, model = model_of(context, refs)
        names = list(model.everybody.levels)
        chosen = one_of(column, names, names[0])
        return (
            figures.level_shares(model.segments, chosen, theme=theme(look)),
            figures.level_shares_reading(model.segments, chosen),
        )

    @app.callback(
        Output(Ids.SPREAD, "figure"),
        Output(Ids.SPREAD_READING, "children"),
        inputs={"column": Input(Ids.SPREAD_COLUMN, "value"), "look": LOOK},
        state={"refs": REFS},
    )
    @needs(Right.DATA)
    def draw_spread(column: object, look: object, refs: object) -> tuple[Any, str]:
        seen, model = model_of(context, refs)
        if seen.table is None or not seen.trained_here:
            raise PreventUpdate
        names = [*numeric_columns(model), *model.everybody.levels]
        chosen = one_of(column, names, names[0])
        ids = context.training.scores(current_session(), str(seen.refs.model))["segment_id"]
        frame = seen.table.frame
        return (
            figures.column_by_segment(frame, ids, model.segments, chosen, theme=theme(look)),
            figures.column_by_segment_reading(frame, ids, model.segments, chosen),
        )

    @app.callback(
        Output(Ids.COMPARE, "figure"),
        Output(Ids.COMPARE_READING, "children"),
        inputs={"chosen": Input(Ids.COMPARE_SEGMENTS, "value"), "look": LOOK},
        state={"refs": REFS},
    )
    @needs(Right.VIEW)
    def draw_comparison(chosen: object, look: object, refs: object) -> tuple[Any, str]:
        _, model = model_of(context, refs)
        wanted = texts(chosen)
        segments = [segment for segment in model.segments if segment.id in wanted]
        columns = numeric_columns(model)
        return (
            figures.compare_segments(segments, model.everybody, columns, theme=theme(look)),
            figures.compare_segments_reading(segments, model.everybody, columns),
        )


def register_customers(app: Dash, context: Context) -> None:
    """The customers' grid, paged on the server."""
    app.clientside_callback(
        ClientsideFunction("portal", "pin_columns"),
        Output(Ids.GRID_COUNT, "lang"),
        Input(Ids.GRID, "id"),
    )
    # A new search or segment empties the grid's cache; the grid then asks for its rows again.
    app.clientside_callback(
        ClientsideFunction("portal", "refresh_grid"),
        Output(Ids.GRID_COUNT, "title"),
        Input(Ids.GRID_SEARCH, "value"),
        Input(Ids.GRID_SEGMENT, "value"),
        State(Ids.GRID, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.GRID, "getRowsResponse"),
        Output(Ids.GRID_COUNT, "children"),
        Output(Ids.GRID_DOWNLOAD, "href"),
        inputs={"asked": Input(Ids.GRID, "getRowsRequest")},
        state={
            "text": State(Ids.GRID_SEARCH, "value"),
            "segment": State(Ids.GRID_SEGMENT, "value"),
            "refs": REFS,
        },
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def rows(asked: object, text: object, segment: object, refs: object) -> tuple[Any, ...]:
        seen, model = model_of(context, refs)
        if seen.table is None or not seen.trained_here:
            return no_update, no_update, no_update
        names = {s.id: s.name for s in model.segments}
        scores = context.training.scores(current_session(), str(seen.refs.model))
        every = customer_rows(seen.table.frame, scores, names)
        chosen = text_or_none(segment)
        chosen = None if chosen == EVERYONE else chosen
        if chosen:
            every = every[(scores["segment_id"] == chosen).to_numpy()]
        wanted = text_or_none(text) or ""
        found = search_rows(every, wanted)
        answer = {"rowData": page_of(found, GridRequest.parse(asked)), "rowCount": len(found)}
        total = formatting.number(seen.table.rows_used)
        count = f"{formatting.number(len(found))} of {total} customers"
        return answer, count, customers_link(seen.refs, chosen, wanted)
