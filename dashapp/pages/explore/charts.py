"""Charts of the Explore page, redrawn when a choice or a filter changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp import figures
from dashapp.auth.permissions import Right, needs
from dashapp.components.charts import Drawn, drawn_anew
from dashapp.components.states import empty_state
from dashapp.dash_patches.markup import markup
from dashapp.page.inputs import one_of, texts
from dashapp.pages.explore.alert_list import alert_list
from dashapp.pages.explore.ids import Ids
from dashapp.services.alerts import alerts
from dashapp.services.filters import (
    Filter,
    apply_filters,
    associated,
    category_columns,
    compared_columns,
    named_pair,
    number_columns,
    parse_filters,
    passing,
    strongest_pair,
)
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme
from segmentation import Column, Role, Table

NO_SPLIT = "—"
STATISTICS = {"mean": "Mean", "median": "Median"}
TOGETHER = "Which columns go together"
# Hidden placeholder for the box plot until a number is chosen.
NO_BOX = Drawn(figures.empty_figure(), "", "")
TableOf = Callable[[object], Table | None]

FILTERS = Input(Ids.FILTERS, "data")
REFS = State(Shell.REFS, "data")
LOOK = State(Shell.THEME, "data")


@dataclass(frozen=True)
class Shown:
    """The data behind all charts of a tab.

    Attributes
    ----------
    table
        The current data set.
    filters
        The active filters.
    look
        The current theme.
    """

    table: Table
    filters: tuple[Filter, ...]
    look: Theme

    @classmethod
    def parse(cls, table: Table | None, filters: object, look: object) -> Shown:
        """Parse what a browser sends; raise PreventUpdate without a data set."""
        if table is None:
            raise PreventUpdate
        return cls(table, parse_filters(filters, table), theme(look))

    def rows(self, *columns: str) -> pd.DataFrame:
        """Return some columns of the filtered rows."""
        return apply_filters(self.table.frame, self.filters, columns)


def distribution(shown: Shown, column: str, split: str) -> dict[str, Any]:
    """Draw both charts of a column; a category has bars and no box plot."""
    by = None if split in (NO_SPLIT, column) else split
    frame, look = shown.rows(column, *([by] if by else [])), shown.look
    what = f"{column} by {by}" if by else column
    if shown.table.column(column).role != Role.NUMERIC:
        bars = Drawn(
            figures.category_bars(frame, column, by=by, theme=look),
            figures.category_bars_reading(frame, column),
            f"{what}: how many customers",
        )
        return {"spread": bars, "box": None}
    return {
        "spread": Drawn(
            figures.histogram(frame, column, by=by, theme=look),
            figures.histogram_reading(frame, column),
            f"{what}: how values are spread",
        ),
        "box": Drawn.of(
            figures.box_plot,
            frame,
            column,
            title=f"{what}: middle, range and extremes",
            by=by,
            theme=look,
        ),
    }


def comparison(shown: Shown, measure: str, category: str, statistic: str) -> Drawn:
    """Draw a measure by a category."""
    frame = shown.rows(measure, category)
    return Drawn.of(
        figures.measure_by_category,
        frame,
        measure,
        category,
        title=f"{STATISTICS[statistic]} of {measure} by {category}",
        statistic=statistic,
        theme=shown.look,
    )


def relationships(shown: Shown, between: Sequence[str]) -> dict[str, Drawn]:
    """Draw the association of all columns, and the clicked or strongest pair."""
    columns = compared_columns(shown.table)
    # Copying all columns of a million customers would take longer than the rest.
    passed = np.flatnonzero(passing(shown.table.frame, shown.filters))
    matrix, measured = associated(shown.table.frame, columns, passed)
    first, second = named_pair(between, shown.table) or strongest_pair(matrix, columns)
    everything = Drawn(
        figures.association_heatmap(matrix, theme=shown.look),
        figures.association_heatmap_reading(matrix, measured=measured, total=len(passed)),
        TOGETHER,
    )
    # Without rows every association is 0, which would look like a finding.
    nobody = Drawn(figures.empty_figure(theme=shown.look), "No customers are left.", TOGETHER)
    return {
        "all": everything if len(passed) else nobody,
        "pair": pair(shown, first, second),
    }


def pair(shown: Shown, first: Column, second: Column) -> Drawn:
    """Draw two columns together."""
    frame = shown.rows(first.name, second.name)
    title = f"{first.name} and {second.name}"
    return Drawn.of(figures.pair_plot, frame, first, second, title=title, theme=shown.look)


def alerts_of(shown: Shown) -> Component:
    """Return the alerts for the filtered customers."""
    if not passing(shown.table.frame, shown.filters).any():
        return empty_state("No customers are left", "Take a filter away to see them.")
    found = alerts(shown.table, shown.filters)
    return alert_list(found, filtered=bool(shown.filters))


def register_distributions(app: Dash, table_of: TableOf) -> None:
    """Register the histogram and box plot of a number, and the bars of a category."""

    @app.callback(
        output={
            "spread": drawn_anew(Ids.HISTOGRAM),
            "box": drawn_anew(Ids.BOX),
            "no_box": Output(Ids.BOX_CARD, "hidden"),
        },
        inputs={
            "filters": FILTERS,
            "column": Input(Ids.COLUMN, "value"),
            "split": Input(Ids.SPLIT, "value"),
        },
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw(
        filters: object, column: object, split: object, refs: object, look: object
    ) -> dict[str, Any]:
        shown = Shown.parse(table_of(refs), filters, look)
        names = [c.name for c in shown.table.columns]
        by = one_of(split, [NO_SPLIT, *names], NO_SPLIT)
        drawn = distribution(shown, one_of(column, names, names[0]), by)
        no_box = drawn["box"] is None
        return drawn | {"no_box": no_box} | ({"box": [no_update] * 3} if no_box else {})


def register_comparison(app: Dash, table_of: TableOf) -> None:
    """Register the chart of a measure by a category."""

    @app.callback(
        drawn_anew(Ids.BY_CATEGORY),
        inputs={
            "filters": FILTERS,
            "measure": Input(Ids.MEASURE, "value"),
            "category": Input(Ids.CATEGORY, "value"),
            "statistic": Input(Ids.STATISTIC, "value"),
        },
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw(
        *,
        filters: object,
        measure: object,
        category: object,
        statistic: object,
        refs: object,
        look: object,
    ) -> Drawn:
        shown = Shown.parse(table_of(refs), filters, look)
        numbers, categories = number_columns(shown.table), category_columns(shown.table)
        return comparison(
            shown,
            one_of(measure, numbers, numbers[0]),
            one_of(category, categories, categories[0]),
            one_of(statistic, list(STATISTICS), "mean"),
        )


def register_relationships(app: Dash, table_of: TableOf) -> None:
    """Register the association of all columns, and the clicked pair."""

    @app.callback(
        output={"all": drawn_anew(Ids.HEATMAP), "pair": drawn_anew(Ids.PAIR)},
        inputs={"filters": FILTERS},
        state={"between": State(Ids.BETWEEN, "data"), "refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw(filters: object, between: object, refs: object, look: object) -> dict[str, Drawn]:
        return relationships(Shown.parse(table_of(refs), filters, look), texts(between))

    app.clientside_callback(
        ClientsideFunction("portal", "clicked"),
        Output(Ids.BETWEEN, "data"),
        Input(Ids.HEATMAP, "clickData"),
        prevent_initial_call=True,
    )

    @app.callback(
        drawn_anew(Ids.PAIR, allow_duplicate=True),
        inputs={"between": Input(Ids.BETWEEN, "data")},
        state={"filters": State(Ids.FILTERS, "data"), "refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def draw_pair(between: object, filters: object, refs: object, look: object) -> Drawn:
        shown = Shown.parse(table_of(refs), filters, look)
        chosen = named_pair(texts(between), shown.table)
        if chosen is None:
            raise PreventUpdate
        return pair(shown, *chosen)


def register_alerts(app: Dash, table_of: TableOf) -> None:
    """Register the alerts for the filtered customers."""

    @app.callback(
        Output(Ids.ALERTS, "children"),
        inputs={"filters": FILTERS},
        state={"refs": REFS, "look": LOOK},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def show(filters: object, refs: object, look: object) -> Any:
        return markup(alerts_of(Shown.parse(table_of(refs), filters, look)))


def register(app: Dash, table_of: TableOf) -> None:
    """Add all callbacks that a choice or a filter triggers inside the tabs.

    Parameters
    ----------
    table_of
        Returns the table for a tab's references, or None.
    """
    register_distributions(app, table_of)
    register_comparison(app, table_of)
    register_relationships(app, table_of)
    register_alerts(app, table_of)
