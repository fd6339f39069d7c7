"""Predict: the segment of a new customer while you type, or of a whole file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp import figures, formatting
from dashapp.address import Address, Link
from dashapp.components.charts import chart
from dashapp.components.markup import markup
from dashapp.components.states import empty_state, expired_state, skeleton
from dashapp.components.tab_bar import tab_bar
from dashapp.components.upload import load_model
from dashapp.page import Context, Page, Seen, one_of, record
from dashapp.pages.predict import views
from dashapp.pages.predict.form import TYPICAL, form
from dashapp.pages.predict.ids import Ids
from dashapp.session.identity import current_session
from dashapp.session.rights import Right, needs
from dashapp.shell import Ids as Shell
from dashapp.theme import Theme, theme
from segmentation import SegmentModel, Table

TABS = {"one": "One customer", "file": "A whole file"}


def layout(**_: object) -> Component:
    """An empty container; what it shows depends on the session."""
    return html.Div(skeleton(), id=Ids.CONTENT)


def render_page(model: SegmentModel | None, tab: str | None, *, expired: bool = False) -> Component:
    """The tabs; or what to do first."""
    if expired:
        return expired_state()
    if model is None:
        return html.Div(
            [
                empty_state(
                    "No segments to predict yet",
                    "Find segments first, or load a model that you saved earlier.",
                    action=("Go to Segments", "/segments"),
                    picture="predict",
                    whole_page=True,
                ),
                html.Div(load_model(), className="button-row button-row-center"),
            ]
        )
    return html.Div(
        [
            html.Div(
                html.Div(
                    [
                        html.H1("Predict"),
                        html.P("Which segment a customer belongs to, how sure that is, and why."),
                    ]
                ),
                className="page-head",
            ),
            tab_bar(
                Ids.TABS, TABS, "One customer or a whole file", panel_id=Ids.BODY, selected=tab
            ),
            html.Div(id=Ids.BODY, className="tab-body", role="tabpanel"),
        ],
        className="stack",
    )


def render_one(seen: Seen, model: SegmentModel, address: Address) -> Component:
    """The form at the left, the answer at the right."""
    table, given = seen.table, address.each(Ids.FIELD)
    row = None if table is None else address.number("customer", table.rows_used)
    note = TYPICAL
    if table is not None and row is not None:
        given = values_of(table, row) | given
        note = (
            f"Starts with customer {formatting.number(row + 1)} of {table.name}; a missing number "
            "starts with a typical one. The answer follows every change."
        )
    return html.Div(
        [
            form(model, Ids.FIELD, given, note),
            html.Div(
                [
                    html.Div(id=Ids.RESULT, **{"aria-live": "polite"}),
                    *render_charts(),
                    html.Div(id=Ids.BESIDE),
                ],
                className="stack",
            ),
        ],
        className="with-sidebar wide-sidebar",
    )


def values_of(table: Table, row: int) -> dict[str, tuple[str, ...]]:
    """The values of one open customer as an address would have them."""
    cells = {str(name): value for name, value in table.frame.iloc[row].items()}
    return {
        name: ("" if formatting.cell(value) == formatting.MISSING else level_text(value),)
        for name, value in cells.items()
    }


def level_text(value: object) -> str:
    """A value as the model's levels write it: whole numbers without a point, days of dates."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:10] if hasattr(value, "isoformat") else str(value)


def render_file(model: SegmentModel) -> Component:
    """The drop zone and what became of the last file."""
    return html.Div([views.batch_upload(model), html.Div(id=Ids.BATCH)], className="stack")


def render_charts() -> list[Component]:
    """Both charts, without figures: they stay while the answers change."""
    return [
        html.Div(
            [
                chart(Ids.WHY, Ids.WHY_READING, "Why this segment", explain="pull"),
                chart(Ids.MAP, Ids.MAP_READING, "Place on the map"),
            ],
            className="grid-2",
        ),
        html.Section(
            [html.H2("What would move this customer"), html.Div(id=Ids.CHANGES)],
            className="card-soft",
        ),
    ]


def render_answer(
    context: Context, seen: Seen, model: SegmentModel, values: dict[str, Any], look: Theme
) -> dict[str, Any]:
    """Everything about one customer, by output."""
    session, model_id = current_session(), str(seen.refs.model)
    found = context.scoring.score(session, model_id, values)
    scores = context.training.scores(session, model_id, seen.refs.dataset) if seen.scored else None
    segment = next((each for each in model.segments if each.id == found.segment_id), None)
    return {
        "answer": markup(views.answer(segment, found)),
        "beside": markup(views.beside(model, segment, values)),
        "why": figures.contributions_bar(found, theme=look),
        "why_reading": figures.contributions_bar_reading(found),
        "map": figures.customer_map(
            scores,
            model,
            [model.projection.axis_title(axis) for axis in range(3)],
            context.scoring.place(session, model_id, values),
            written=[name for name in (found.segment, found.runner_up) if name],
            theme=look,
        ),
        "map_reading": figures.customer_map_reading(found),
        "changes": markup(
            views.changes(context.scoring.whatif(session, model_id, values), model.segments)
        ),
    }


def render_batch(context: Context, model: SegmentModel, model_id: str) -> Component | None:
    """The newest file scored with this model."""
    session = current_session()
    item = context.scoring.latest_batch(session, model_id)
    if item is None:
        return None
    query = urlencode({"batch": item.id})
    scored = context.scoring.batch(session, item.id)
    return views.batch_result(item, scored, model.segments, f"/download/scored.csv?{query}")


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of this page."""

    @app.callback(
        Output(Ids.CONTENT, "children"),
        inputs={"refs": Input(Shell.REFS, "data"), "_went": Input(Shell.WENT, "data")},
        state={"search": State(Shell.URL, "search")},
    )
    @needs(Right.PREDICT)
    def show(refs: object, _went: object, search: object) -> Any:
        if refs is None:
            return no_update
        seen = Seen.at(context, refs)
        tab = Address.parse(search).tab(TABS)
        return markup(render_page(seen.model, tab, expired=seen.refs.expired))

    @app.callback(
        Output(Ids.BODY, "children"),
        inputs={"tab": Input(Ids.TABS, "data")},
        state={"refs": State(Shell.REFS, "data"), "search": State(Shell.URL, "search")},
    )
    @needs(Right.PREDICT)
    def show_tab(tab: object, refs: object, search: object) -> Any:
        seen = Seen.at(context, refs)
        if seen.model is None:
            return no_update
        if one_of(tab, list(TABS), "one") == "file":
            return markup(render_file(seen.model))
        return markup(render_one(seen, seen.model, Address.parse(search)))

    register_answers(app, context)


def register_answers(app: Dash, context: Context) -> None:
    """The answer while somebody types, and the answer for a file."""

    @app.callback(
        output={
            "answer": Output(Ids.RESULT, "children"),
            "beside": Output(Ids.BESIDE, "children"),
            "why": Output(Ids.WHY, "figure"),
            "why_reading": Output(Ids.WHY_READING, "children"),
            "map": Output(Ids.MAP, "figure"),
            "map_reading": Output(Ids.MAP_READING, "children"),
            "changes": Output(Ids.CHANGES, "children"),
        },
        inputs={
            "values": Input({"type": Ids.FIELD, "column": ALL}, "value"),
            "look": Input(Shell.THEME, "data"),
        },
        state={"refs": State(Shell.REFS, "data")},
    )
    @needs(Right.PREDICT)
    def predict(values: list[Any], look: object, refs: object) -> dict[str, Any]:
        seen = Seen.at(context, refs)
        if seen.model is None:
            raise PreventUpdate
        names = [item["id"]["column"] for item in ctx.args_grouping["values"]]
        given = record(dict(zip(names, values, strict=True)))
        customer = {name: None if value == "" else value for name, value in given.items()}
        return render_answer(context, seen, seen.model, customer, theme(look))

    @app.callback(
        Output(Ids.BATCH, "children"),
        inputs={"_done": Input(Shell.DONE, "data"), "refs": Input(Shell.REFS, "data")},
    )
    @needs(Right.PREDICT)
    def show_batch(_done: object, refs: object) -> Any:
        seen = Seen.at(context, refs)
        if seen.model is None or seen.refs.model is None:
            return no_update
        return markup(render_batch(context, seen.model, seen.refs.model))


LINKS = (Link({"type": Ids.FIELD, "column": ALL}),)
PAGE = Page(
    "/predict", "Predict", "Predict · Customer segments", layout, register, Right.PREDICT, LINKS
)
