"""Models trained on other data: what they can say about the current customers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may
from dashapp.components.sampled import noun
from dashapp.ledger.ledger import Item
from dashapp.page.context import Context
from dashapp.page.tab_state import Refs, Seen
from dashapp.pages.segments.current_model import scores_of
from dashapp.pages.segments.ids import Ids
from dashapp.services.apply_model import Fit, Match, counted, fit_of, match
from dashapp.shell.history import ago
from segmentation import SegmentModel, Table

# Number of other models offered; older ones are reachable from their data sets.
MOST_OFFERED = 5


def told(context: Context, seen: Seen, model: SegmentModel) -> Component | None:
    """Return a banner for a model trained on other data; None if it was trained on these."""
    if seen.table is None or seen.trained_here:
        return None
    name = context.training.item(current_session(), str(seen.refs.model)).name
    fit = fit_of(model, scores_of(context, seen)) if seen.scored else None
    return panel(name, seen.table, match(model, seen.table), fit)


def shown_model(context: Context, seen: Seen, model: SegmentModel) -> SegmentModel:
    """Return the model with segment sizes of the current customers, if it was applied to them."""
    if seen.table is None or seen.trained_here or not seen.scored:
        return model
    return counted(model, scores_of(context, seen), seen.table)


def panel(name: str, table: Table, columns: Match, fit: Fit | None) -> Component:
    """Say that the model was trained on other data, and how well it fits these customers.

    Parameters
    ----------
    name
        The model's file name, or the data set it was trained on.
    columns
        The model's columns compared to those of the data set.
    fit
        How well the customers fit the model; None before it is applied.
    """
    return html.Section(
        [
            html.Div(
                [
                    html.Strong(f"These segments come from elsewhere: {name}"),
                    *(html.P(sentence) for sentence in sentences(table, columns, fit)),
                ]
            ),
            html.Button(
                f"Place my {formatting.count(table.rows_used, noun(table))}",
                id=Ids.APPLY,
                className="btn btn-primary",
            )
            if fit is None and columns.enough and may(Right.CHANGE)
            else None,
        ],
        className="page-head card-soft elsewhere",
    )


def sentences(table: Table, columns: Match, fit: Fit | None) -> list[str]:
    """Return the sentences for a model before or after it is applied to the customers."""
    lacks = ", ".join(columns.missing)
    if not columns.enough:
        return [
            (
                f"{table.name} lacks {len(columns.missing)} of the {len(columns.needed)} columns "
                f"that drive them, more than half: {lacks}. These customers cannot be placed; find "
                "segments in them instead."
            )
        ]
    said = []
    if fit is not None:
        none = f", {formatting.number(fit.unassigned)} are in none" if fit.unassigned else ""
        said.append(
            f"{formatting.number(fit.fitting)} of {formatting.count(fit.customers, 'customer')} "
            f"in {table.name} fit a segment well{none}. Sizes and shares on the cards count "
            "these customers; traits, profiles, evidence and actions are those of the customers "
            "that the segments were found in."
        )
    else:
        said.append(
            "The cards below describe the customers that they were found in, not those of "
            f"{table.name}."
        )
    if columns.missing:
        said.append(
            f"{table.name} has {len(columns.needed) - len(columns.missing)} of the "
            f"{len(columns.needed)} columns that drive them. A typical value stands in for "
            f"{lacks}."
        )
    else:
        said.append(f"{table.name} has all {len(columns.needed)} columns that drive them.")
    return said


def others(items: Sequence[Item], dataset_id: str | None) -> Component | None:
    """Return links to earlier models that could be applied to this data set."""
    if not items:
        return None
    shown = items[:MOST_OFFERED]
    return html.Div(
        [
            html.Span("Or use segments that you have: ", className="text-muted-soft"),
            *(
                _other(item, dataset_id, title)
                for item, title in zip(shown, titles(shown, time.time()), strict=True)
            ),
        ],
        className="button-row button-row-center",
    )


def titles(items: Sequence[Item], now: float) -> list[str]:
    """Return each model's label: its file and number of segments, plus its age to break ties.

    Parameters
    ----------
    now
        Unix time in seconds.
    """
    plain = [f"{i.name} · {formatting.count(i.info['segments'], 'segment')}" for i in items]
    return [
        f"{title} · {ago(now - item.created)}" if plain.count(title) > 1 else title
        for item, title in zip(items, plain, strict=True)
    ]


def _other(item: Item, dataset_id: str | None, title: str) -> Component:
    refs = Refs(dataset_id, item.id)
    query = urlencode({"data": refs.dataset, "model": refs.model})
    return dcc.Link(title, href=f"/segments?{query}", className="btn btn-quiet")
