"""What answers inside the tabs of the Segments page."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from dashapp import figures
from dashapp.address import Address
from dashapp.components.sampled import noun
from dashapp.page import Context, number_or_none, one_of, texts
from dashapp.pages.segments import grid
from dashapp.pages.segments.customers import picked_links
from dashapp.pages.segments.ids import Ids
from dashapp.pages.segments.scored import model_of, scores_of
from dashapp.pages.segments.views import VIEWS, customer_card, numeric_columns, spread_columns
from dashapp.session.rights import Right, may, needs
from dashapp.shell import Ids as Shell
from dashapp.theme import theme

# Beside a customer's star the map has no legend; more names than these would cover it.
NAMED_ON_MAP = 6
LOOK = Input(Shell.THEME, "data")
REFS = State(Shell.REFS, "data")


def register(app: Dash, context: Context) -> None:
    """Add the callbacks inside the tabs."""
    register_map(app, context)
    register_profiles(app, context)
    grid.register(app, context)


def register_map(app: Dash, context: Context) -> None:
    """The map in 2D and 3D and the customer that was clicked."""

    @app.callback(
        Output(Ids.MAP, "figure"),
        Output(Ids.MAP_READING, "children"),
        inputs={"view": Input(Ids.MAP_VIEW, "value"), "look": LOOK},
        state={"refs": REFS, "search": State(Shell.URL, "search")},
    )
    @needs(Right.DATA)
    def draw(view: object, look: object, refs: object, search: object) -> tuple[Any, str]:
        seen, model = model_of(context, refs)
        if not seen.scored:
            raise PreventUpdate
        scores = scores_of(context, seen)
        titles = [model.projection.axis_title(axis) for axis in range(3)]
        kind = one_of(view, list(VIEWS), "2d")
        told = f"{figures.segment_map_reading(model)} "
        row = asked_row(search, len(scores))
        if kind == "2d" and row is not None:
            star = scores[["x", "y", "z"]].to_numpy(dtype=float)[row]
            names = [segment.name for segment in model.segments]
            figure = figures.customer_map(
                scores, model, titles, star, written=names[:NAMED_ON_MAP], theme=theme(look)
            )
            return figure, f"{told}The star is the customer whose values stand beside the map."
        draw_map = figures.segment_map if kind == "2d" else figures.segment_map_3d
        figure = draw_map(scores, model.segments, titles, theme=theme(look))
        thing = "customer" if seen.table is None else noun(seen.table)
        drawn = figures.sample_sentence(scores, flat=kind == "2d", thing=thing)
        return figure, f"{told}{drawn}".strip()

    @app.callback(
        Output(Ids.MAP_CUSTOMER, "children"),
        inputs={"click": Input(Ids.MAP, "clickData")},
        state={"refs": REFS, "search": State(Shell.URL, "search")},
    )
    @needs(Right.DATA)
    def show_customer(click: object, refs: object, search: object) -> Any:
        seen, model = model_of(context, refs)
        if seen.table is None or not seen.scored:
            return no_update
        row = clicked_row(click)
        row = asked_row(search, seen.table.rows_used) if row is None else row
        if row is None or not 0 <= row < seen.table.rows_used:
            return no_update
        scores = scores_of(context, seen).iloc[row]
        segments = {segment.id: segment for segment in model.segments}
        predict = picked_links(seen.refs, row)[1:] if may(Right.PREDICT) else []
        return (
            customer_card(
                {str(name): value for name, value in seen.table.frame.iloc[row].items()},
                segments.get(scores["segment_id"]),
                float(scores["confidence"]),
            )
            + predict
        )


def asked_row(search: object, rows: int) -> int | None:
    """The customer that the address names by its number in the data set."""
    return Address.parse(search).number("customer", rows)


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
        if seen.table is None or not seen.scored:
            raise PreventUpdate
        names = spread_columns(model, seen.table)
        chosen = one_of(column, names, names[0])
        ids = scores_of(context, seen)["segment_id"]
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
