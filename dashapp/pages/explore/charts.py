"""Charts of the Explore page: each a callback from filters and choices to a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, no_update
from dash.exceptions import PreventUpdate

from dashapp import figures
from dashapp.page import one_of, texts
from dashapp.pages.explore.ids import Ids
from dashapp.services.exploring import (
    apply_filters,
    associated,
    category_columns,
    clicked_names,
    compared_columns,
    named_pair,
    number_columns,
    parse_filters,
    strongest_pair,
)
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme
from segmentation import Role, Table

NO_SPLIT = "—"
STATISTICS = {"mean": "Mean", "median": "Median"}
TableOf = Callable[[object], Table | None]

COMMON = {
    "refs": Input(Shell.REFS, "data"),
    "filters": Input(Ids.FILTERS, "data"),
    "look": Input(Shell.THEME, "data"),
}


def filtered(table: Table, filters: object, *columns: str) -> pd.DataFrame:
    """Some columns, or all, of the rows that the filters leave."""
    return apply_filters(table.frame, parse_filters(filters, table), columns or None)


def register_distributions(app: Dash, table_of: TableOf) -> None:
    """Histogram and box plot of a number, bars of a category."""

    @app.callback(
        output={
            "spread": Output(Ids.HISTOGRAM, "figure"),
            "spread_reading": Output(Ids.HISTOGRAM_READING, "children"),
            "box": Output(Ids.BOX, "figure"),
            "box_reading": Output(Ids.BOX_READING, "children"),
            "no_box": Output(Ids.BOX_CARD, "hidden"),
        },
        inputs=COMMON | {"column": Input(Ids.COLUMN, "value"), "split": Input(Ids.SPLIT, "value")},
    )
    @needs(Right.DATA)
    def draw(
        refs: object, filters: object, look: object, column: object, split: object
    ) -> dict[str, Any]:
        table = table_of(refs)
        if table is None:
            raise PreventUpdate
        names = [c.name for c in table.columns]
        chosen = one_of(column, names, names[0])
        by = one_of(split, [NO_SPLIT, *names], NO_SPLIT)
        drawn = [chosen] if by == NO_SPLIT else [chosen, by]
        frame = filtered(table, filters, *drawn)
        return distribution(table, frame, chosen, drawn[1] if drawn[1:] else None, theme(look))


def distribution(
    table: Table, frame: pd.DataFrame, column: str, by: str | None, look: Theme
) -> dict[str, Any]:
    """Both charts of a column with their readings; a category has bars and no box."""
    if table.column(column).role == Role.NUMERIC:
        return {
            "spread": figures.histogram(frame, column, by=by, theme=look),
            "spread_reading": figures.histogram_reading(frame, column),
            "box": figures.box_plot(frame, column, by=by, theme=look),
            "box_reading": figures.box_plot_reading(frame, column, by=by),
            "no_box": False,
        }
    return {
        "spread": figures.category_bars(frame, column, by=by, theme=look),
        "spread_reading": figures.category_bars_reading(frame, column),
        "box": no_update,
        "box_reading": "",
        "no_box": True,
    }


def register_comparison(app: Dash, table_of: TableOf) -> None:
    """A measure by a category."""

    @app.callback(
        Output(Ids.BY_CATEGORY, "figure"),
        Output(Ids.BY_CATEGORY_READING, "children"),
        inputs=COMMON
        | {
            "measure": Input(Ids.MEASURE, "value"),
            "category": Input(Ids.CATEGORY, "value"),
            "statistic": Input(Ids.STATISTIC, "value"),
        },
    )
    @needs(Right.DATA)
    def draw(
        *,
        refs: object,
        filters: object,
        look: object,
        measure: object,
        category: object,
        statistic: object,
    ) -> tuple[Any, str]:
        table = table_of(refs)
        if table is None:
            raise PreventUpdate
        numbers, categories = number_columns(table), category_columns(table)
        chosen = one_of(measure, numbers, numbers[0])
        by = one_of(category, categories, categories[0])
        frame = filtered(table, filters, chosen, by)
        how = one_of(statistic, list(STATISTICS), "mean")
        return (
            figures.measure_by_category(frame, chosen, by, statistic=how, theme=theme(look)),
            figures.measure_by_category_reading(frame, chosen, by, statistic=how),
        )


def register_relationships(app: Dash, table_of: TableOf) -> None:
    """Association of all columns, and the pair that was clicked."""

    @app.callback(
        Output(Ids.HEATMAP, "figure"), Output(Ids.HEATMAP_READING, "children"), inputs=COMMON
    )
    @needs(Right.DATA)
    def draw(refs: object, filters: object, look: object) -> tuple[Any, str]:
        table = table_of(refs)
        if table is None:
            raise PreventUpdate
        columns = compared_columns(table)
        frame = filtered(table, filters, *(column.name for column in columns))
        matrix, rows = associated(frame, columns)
        return (
            figures.association_heatmap(matrix, theme=theme(look)),
            figures.association_heatmap_reading(matrix, measured=rows, total=len(frame)),
        )

    @app.callback(
        Output(Ids.BETWEEN, "data"),
        inputs={"click": Input(Ids.HEATMAP, "clickData")},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def choose_pair(click: object) -> Any:
        return clicked_names(click) or no_update

    @app.callback(
        Output(Ids.PAIR, "figure"),
        Output(Ids.PAIR_READING, "children"),
        inputs=COMMON | {"between": Input(Ids.BETWEEN, "data")},
    )
    @needs(Right.DATA)
    def draw_pair(refs: object, filters: object, look: object, between: object) -> tuple[Any, str]:
        table = table_of(refs)
        if table is None:
            raise PreventUpdate
        frame = filtered(table, filters, *(column.name for column in compared_columns(table)))
        first, second = named_pair(texts(between), table) or strongest_pair(table, frame)
        return (
            figures.pair_plot(frame, first, second, theme=theme(look)),
            figures.pair_plot_reading(frame, first, second),
        )


def register(app: Dash, table_of: TableOf) -> None:
    """Add all chart callbacks.

    Parameters
    ----------
    table_of
        Gives the table that a tab's references stand for, or None.
    """
    register_distributions(app, table_of)
    register_comparison(app, table_of)
    register_relationships(app, table_of)
