"""Models shared by an operator: any signed-in user may open them."""

from __future__ import annotations

from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.permissions import Right, is_person, may
from dashapp.components.drop_zone import load_model
from dashapp.components.states import Action, empty_state
from dashapp.ledger.ledger import Item
from dashapp.page.context import Context


def shared_models(context: Context, dataset_id: str | None) -> Component | None:
    """Return links to the shared models; None for anonymous visitors.

    Parameters
    ----------
    dataset_id
        The data set to open with the model; None for the one that was shared with it.
    """
    items = context.sharing.models() if is_person() else ()
    if not items:
        return None
    return html.Section(
        [
            html.H2("Shared models"),
            html.Ul([_line(item, dataset_id) for item in items], className="file-links"),
        ],
        className="card-soft",
    )


def nothing_yet(models: Component | None) -> Component:
    """Return what to do without a data set or a model.

    Parameters
    ----------
    models
        Links to the shared models, if any.
    """
    if may(Right.CHANGE):
        text = (
            "Upload a customer list or try the sample customers, then find segments here. "
            "A model that you saved earlier can be loaded as well."
        )
        load = html.Div(load_model(), className="button-row button-row-center")
        return html.Div([_empty("No customers yet", text, ("Go to Data", "/")), load, models])
    if models is None:
        text = "No model has been shared here so far. Ask whoever runs this portal to share one."
        return _empty("Nothing to see yet", text)
    text = "Open one of the models that were shared with everybody who signs in."
    return html.Div([_empty("Choose a model", text), models])


def _empty(title: str, text: str, action: Action | None = None) -> Component:
    return empty_state(title, text, action, picture="segments", whole_page=True)


def _line(item: Item, dataset_id: str | None) -> Component:
    data = dataset_id or (item.info["dataset"] if may(Right.DATA) else None)
    query = {"data": data, "model": item.id} if data else {"model": item.id}
    customers = "with customers" if item.info["dataset"] else "without customers"
    return html.Li(
        [
            dcc.Link(item.name, href=f"/segments?{urlencode(query)}"),
            html.Span(f"{formatting.count(item.info['segments'], 'segment')}, {customers}"),
        ]
    )
