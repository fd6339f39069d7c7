"""One customer on the Predict page: the form, and the prediction for its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from dash import Patch, html
from dash.development.base_component import Component

from dashapp import figures, formatting
from dashapp.auth.identity import current_session
from dashapp.components.charts import Drawn, chart
from dashapp.page.address import Address
from dashapp.page.context import Context
from dashapp.page.tab_state import Seen
from dashapp.pages.predict import views
from dashapp.pages.predict.form import TYPICAL, form, start_values
from dashapp.pages.predict.ids import Ids
from dashapp.theme import Theme
from segmentation import SegmentModel, Table


def render_one(
    context: Context, seen: Seen, model: SegmentModel, address: Address, look: Theme
) -> Component:
    """Return the prediction for the initial values, the form, and explanations.

    The prediction comes first: in one column it stays visible above the fields.
    """
    table, given = seen.table, address.each(Ids.FIELD)
    row = None if table is None else address.number("customer", table.rows_used)
    note = TYPICAL
    if table is not None and row is not None:
        given = values_of(table, row) | given
        note = (
            f"Starts with customer {formatting.number(row + 1)} of {table.name}; a missing number "
            "starts with a typical one. The answer follows every change."
        )
    values = start_values(model, given)
    shown = render_answer(context, seen, model, values, look)
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        shown["answer"],
                        id=Ids.RESULT,
                        className="predict-result",
                        **{"aria-live": "polite"},
                    ),
                    form(model, Ids.FIELD, values, note),
                ],
                className="predict-start",
            ),
            html.Div(
                [
                    *render_charts(shown),
                    html.Div(shown["beside"], id=Ids.BESIDE),
                ],
                className="stack",
            ),
        ],
        className="predict-one",
    )


def values_of(table: Table, row: int) -> dict[str, tuple[str, ...]]:
    """Return the values of one loaded customer in the format of a URL."""
    cells = {str(name): value for name, value in table.frame.iloc[row].items()}
    return {
        name: ("" if formatting.cell(value) == formatting.MISSING else level_text(value),)
        for name, value in cells.items()
    }


def level_text(value: object) -> str:
    """Format a value like the model's levels: integers without a point, dates without a time."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:10] if hasattr(value, "isoformat") else str(value)


def render_charts(shown: Mapping[str, Any]) -> list[Component]:
    """Return both charts, which later predictions update, and what would change the segment."""
    return [
        html.Div(
            [
                chart(Ids.WHY, shown["why"], explain="pull"),
                chart(Ids.MAP, shown["map"]),
            ],
            className="grid-2",
        ),
        html.Section(
            [html.H2("What would move this customer"), html.Div(shown["changes"], id=Ids.CHANGES)],
            className="card-soft",
        ),
    ]


def render_answer(
    context: Context,
    seen: Seen,
    model: SegmentModel,
    given: Mapping[str, Any],
    look: Theme,
    *,
    map_is_there: bool = False,
) -> dict[str, Any]:
    """Return everything about one customer, by output.

    Parameters
    ----------
    given
        Column → value; an empty text means missing.
    map_is_there
        Whether the map is already drawn, so that only the customer's mark has to move.
    """
    session, model_id = current_session(), str(seen.refs.model)
    values = {name: None if value == "" else value for name, value in given.items()}
    found = context.scoring.score(session, model_id, values)
    segment = next((each for each in model.segments if each.id == found.segment_id), None)
    mark = {
        "place": context.scoring.place(session, model_id, values),
        "written": [name for name in (found.segment, found.runner_up) if name],
        "theme": look,
    }
    place = moved_mark(model, **mark) if map_is_there else whole_map(context, seen, model, mark)
    why = f"Why {found.segment}" if found.segment else "Why this segment"
    return {
        "answer": views.answer(segment, found),
        "beside": views.beside(model, segment, values),
        "why": Drawn.of(figures.contributions_bar, found, title=why, theme=look),
        "map": Drawn(
            place, formatting.unbroken(figures.customer_map_reading(found)), "Place on the map"
        ),
        "changes": views.changes(context.scoring.whatif(session, model_id, values), model.segments),
    }


def whole_map(
    context: Context, seen: Seen, model: SegmentModel, mark: Mapping[str, Any]
) -> go.Figure:
    """Return the map of all customers with one marked."""
    session, model_id = current_session(), str(seen.refs.model)
    scores = context.training.scores(session, model_id, seen.refs.dataset) if seen.scored else None
    titles = [model.projection.axis_title(axis) for axis in range(3)]
    return figures.customer_map(scores, model, titles, **mark)


def moved_mark(model: SegmentModel, **mark: Any) -> Patch:
    """Return the change of the map when the customer changes."""
    star, names = figures.customer_mark(model, **mark)
    change = Patch()
    change["data"][-1] = star
    change["layout"]["annotations"] = names
    return change
