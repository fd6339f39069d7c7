"""Large data sets on the Dask cluster: the card that offers them, and their list."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.icon import icon
from dashapp.components.states import message
from dashapp.services.large.data_locations import MOST_OFFERED, Listing, Offer

TITLE = "Large data on the cluster"


@dataclass(frozen=True)
class ClusterIds:
    """Ids of the controls.

    Attributes
    ----------
    show
        The button that lists the data sets.
    found
        The container of the list.
    use
        Type of the buttons' ids: ``{"type": use, "listing": id, "row": position}``.
    """

    show: str
    found: str
    use: str


def cluster_card(ids: ClusterIds) -> Component:
    """Return the card for a page without data."""
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2(TITLE), html.P(_words(), className="text-muted-soft")]),
                    _show(ids),
                ],
                className="page-head",
            ),
            _found(ids),
        ],
        className="card-soft needs-change",
    )


def cluster_menu(ids: ClusterIds) -> Component:
    """Return the same controls for a menu."""
    return html.Div([html.H3(TITLE), _show(ids), _found(ids)], className="cluster-menu")


def _words() -> str:
    return (
        "Data sets of millions of customers stay where they are. The cluster reads them: you see "
        "counts and averages of everybody, and charts of a random sample."
    )


def _show(ids: ClusterIds) -> Component:
    return html.Button("Show data sets", id=ids.show, className="btn btn-secondary")


def _found(ids: ClusterIds) -> Component:
    return html.Div(id=ids.found, className="offers-found", **{"aria-live": "polite"})


def offers(listing: Listing, listing_id: str, ids: ClusterIds) -> list[Component]:
    """Return the available data sets; files are collapsed below their folder."""
    items: list[Component] = []
    parts: list[Component] = []
    for position, offer in reversed(list(enumerate(listing.offers))):  # files follow their folder
        use: dict[str, str | int] = {"type": ids.use, "listing": listing_id, "row": position}
        if offer.is_part:
            parts.insert(0, _item(offer, use))
        else:
            items.insert(0, _item(offer, use, parts))
            parts = []
    return [
        *(message("warning", f"“{name}” cannot be opened.") for name in listing.silent),
        html.Ul(items, className="offers") if items else None,
        html.P("There are no Parquet or text files here yet.") if not items else None,
        html.P(f"The first {MOST_OFFERED} of them are shown.", className="text-muted-soft")
        if listing.is_cut
        else None,
    ]


def _item(
    offer: Offer, use: dict[str, str | int], parts: list[Component] | None = None
) -> Component:
    size = formatting.file_size(offer.size)
    note = size if offer.files == 1 else f"{formatting.count(offer.files, 'file')} · {size}"
    name = offer.name.rpartition("/")[2] if offer.is_part else offer.name
    return html.Li(
        [
            html.Div(
                [
                    icon("file" if offer.files == 1 else "table"),
                    html.Div(
                        [html.Span(name, className="offer-name", title=offer.name),
                         html.Span(note, className="offer-note")],
                        className="offer-words",
                    ),
                    html.Button(
                        "Use this data",
                        id=use,
                        className="btn btn-secondary btn-small",
                        **{"aria-label": f"Use this data: {offer.name}"},
                    ),
                ],
                className="offer",
            ),
            html.Details(
                [html.Summary("Only one of its files"), html.Ul(parts, className="offers")]
            )
            if parts
            else None,
        ]
    )  # fmt: skip
