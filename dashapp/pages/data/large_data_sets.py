"""Large data sets on the Data page: list them and open one."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, ctx, no_update
from dash.development.base_component import Component

from dashapp.auth.audit_log import note
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.page.context import Context
from dashapp.page.inputs import BadInputError, content_id_or_none, number_or_none, record
from dashapp.pages.data.ids import Ids
from dashapp.pages.data.large_data_card import ClusterIds, cluster_card, cluster_menu, offers
from dashapp.shell import Ids as Shell

CLUSTER_IDS = ClusterIds(Ids.CLUSTER_SHOW, Ids.CLUSTER, Ids.CLUSTER_USE)
JOB = Output(Shell.JOB, "data", allow_duplicate=True)


def card(context: Context) -> Component | None:
    """Return the card for the welcome page, if there is a cluster."""
    return cluster_card(CLUSTER_IDS) if context.large.offered else None


def menu(context: Context) -> Component | None:
    """Return the entry of the “Use other data” menu, if there is a cluster."""
    return cluster_menu(CLUSTER_IDS) if context.large.offered else None


def asked_offer(value: object) -> tuple[str, int]:
    """Return the listing and row of a button; file names are never taken from a browser.

    Examples
    --------
    >>> asked_offer({"type": "data-cluster-use", "listing": "0123456789abcdef", "row": 2})
    ('0123456789abcdef', 2)
    """
    asked = record(value)
    listing, row = content_id_or_none(asked.get("listing")), number_or_none(asked.get("row"))
    if listing is None or row is None or row != int(row):
        raise BadInputError("expected an entry of a listing")
    return listing, int(row)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks, if there is a cluster."""
    if not context.large.offered:
        return

    @app.callback(
        JOB, inputs={"clicks": Input(Ids.CLUSTER_SHOW, "n_clicks")}, prevent_initial_call=True
    )
    @needs(Right.CHANGE)
    def look(clicks: object) -> Any:
        if not clicks:
            return no_update
        return {"id": context.large.start_listing(current_session()).id}

    @app.callback(
        Output(Ids.CLUSTER, "children"),
        inputs={"done": Input(Shell.DONE, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def show(done: object) -> Any:
        if not isinstance(done, dict) or done.get("kind") != "listing":
            return no_update
        found = content_id_or_none(record(done.get("result")).get("listing"))
        if found is None:
            return no_update
        return offers(context.large.listing(current_session(), found), found, CLUSTER_IDS)

    _register_use(app, context)


def _register_use(app: Dash, context: Context) -> None:
    @app.callback(
        JOB,
        inputs={"clicks": Input({"type": Ids.CLUSTER_USE, "listing": ALL, "row": ALL}, "n_clicks")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def use(clicks: list[object]) -> Any:
        if not any(clicks):
            return no_update
        job = context.large.start_reading(current_session(), *asked_offer(ctx.triggered_id))
        note("read", job=job.id)
        return {"id": job.id}
