"""The form with a file's reading settings, also for unreadable files, and its callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, needs
from dashapp.components.states import message
from dashapp.dash_patches.markup import markup
from dashapp.ledger.ledger import Item
from dashapp.page.context import Context
from dashapp.page.inputs import content_id_or_none, record
from dashapp.page.tab_state import Refs
from dashapp.pages.data.column_edits import layout_chosen, with_layout
from dashapp.pages.data.ids import Ids
from dashapp.pages.data.reading.reading_form import (
    Reading,
    reading_fields,
    reading_panel,
    recipe_panel,
)
from dashapp.pages.data.reading.reading_preview import preview_content, preview_pane, preview_waits
from dashapp.pages.data.welcome import other_data
from dashapp.services.data_import.previews import Preview, preview_of_table
from dashapp.shell import Ids as Shell
from segmentation import Table

AS_READ = "First rows as they are read now"
AS_TRIED = "First rows with these choices"
FIELDS = {
    "values": Input({"type": Ids.LAYOUT, "field": ALL}, "value"),
}
KNOWN = {
    "ids": State({"type": Ids.LAYOUT, "field": ALL}, "id"),
    "refs": State(Shell.REFS, "data"),
}


def render_unread(item: Item, seen: Preview, before: Item | None, limit_mb: int) -> Component:
    """Return the reason why a file could not be read, and the form to correct it.

    Parameters
    ----------
    item
        The upload's record in the ledger.
    seen
        Preview with the current settings.
    before
        The tab's previous data set, to go back to.
    limit_mb
        Largest upload in MB.
    """
    back = None
    if before is not None:
        label = f"Back to {before.name}"
        back = dcc.Link(label, href=f"/?data={before.id}", className="btn btn-secondary")
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1(item.name),
                            html.P("Uploaded, but not read yet", className="lead"),
                        ]
                    ),
                    html.Div([back, other_data(Ids.SAMPLE, limit_mb)], className="button-row"),
                ],
                className="page-head",
            ),
            message("danger", str(item.info["problem"])),
            html.Section(
                [
                    html.H2("Tell how to read it"),
                    html.P(
                        "Your file is kept. Change what does not fit: the first rows show at once "
                        "what comes of it."
                    ),
                    *render_form(unread_reading(item, seen), seen, title="First rows"),
                ],
                className="card-soft review-card",
            ),
        ],
        className="stack",
    )


def unread_reading(item: Item, seen: Preview) -> Reading:
    """Return the current settings for a file that could not be read."""
    return Reading(seen.format, seen.found, item.info.get("chosen", {}), seen.sheets)


def render_form(reading: Reading, seen: Preview, *, title: str) -> list[Component]:
    """Return the fields, the button that applies them, and a preview of the result."""
    return [
        reading_fields(Ids.LAYOUT, reading),
        html.Div(
            [
                html.Button(
                    "Read it this way", id=Ids.READ, className="btn btn-primary", disabled=True
                ),
                html.Span("Nothing changes until you press this.", className="text-muted-soft"),
            ],
            className="button-row",
        ),
        preview_pane(Ids.PREVIEW, seen, title=title),
    ]


def render_choices(table: Table, item: Item, raw_lines: Sequence[str]) -> Component:
    """Return two collapsed panels: the reading settings, and all choices as a recipe."""
    reading = Reading.of(table)
    seen = preview_of_table(table, reading.format, reading.sheets, raw_lines)
    form = render_form(reading, seen, title=AS_READ)
    panel = reading_panel(form, opened=item.info.get("because") == "layout")
    return html.Div(
        [
            panel if reading.fields else None,
            recipe_panel(f"/download/recipe.json?data={item.id}"),
        ],
        className="review-folds",
    )


@dataclass(frozen=True)
class Source:
    """The file that the form is about.

    Attributes
    ----------
    item
        Ledger record of a data set, or of an unreadable file.
    reading
        Current reading settings.
    recipe
        All choices made for the file.
    seen
        Preview of its first rows with the current settings.
    """

    item: Item
    reading: Reading
    recipe: dict[str, Any]
    seen: Preview

    @classmethod
    def at(cls, context: Context, refs: Refs) -> Source | None:
        """Return the file behind a tab's references; None if there is none.

        Raises
        ------
        dashapp.storage.store.SessionExpiredError
            If the session does not have the file.
        """
        session = current_session()
        if refs.upload:
            item = context.datasets.unread(session, refs.upload)
            seen = context.datasets.preview(session, item.info["preview"])
            reading = unread_reading(item, seen)
            return cls(item, reading, {"chosen": dict(reading.chosen)}, seen)
        if refs.dataset is None:
            return None
        item, table = (
            context.datasets.item(session, refs.dataset),
            context.datasets.table(session, refs.dataset),
        )
        if not item.info.get("upload"):
            return None
        lines = context.datasets.first_lines(session, refs.dataset)
        reading = Reading.of(table)
        seen = preview_of_table(table, reading.format, reading.sheets, lines)
        return cls(item, reading, table.recipe, seen)


def register(app: Dash, context: Context) -> None:
    """Add the callbacks of the form."""

    @app.callback(
        output={
            "job": Output(Shell.JOB, "data", allow_duplicate=True),
            "preview": Output(Ids.PREVIEW, "children"),
            "unchanged": Output(Ids.READ, "disabled"),
        },
        inputs=FIELDS,
        state=KNOWN,
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def try_choices(values: object, ids: object, refs: object) -> dict[str, Any]:
        return tried(context, Refs.parse(refs), ids, values)

    @app.callback(
        Output(Ids.PREVIEW, "children", allow_duplicate=True),
        inputs={"done": Input(Shell.DONE, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.DATA)
    def show_preview(done: object) -> Any:
        seen = preview_done(context, done)
        return no_update if seen is None else markup(preview_content(seen, title=AS_TRIED))

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"clicks": Input(Ids.READ, "n_clicks")},
        state={**KNOWN, "values": State({"type": Ids.LAYOUT, "field": ALL}, "value")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def read_so(clicks: object, values: object, ids: object, refs: object) -> Any:
        parsed = Refs.parse(refs)
        source = Source.at(context, parsed) if clicks else None
        if source is None:
            return no_update
        chosen = layout_chosen(ids, values, source.reading)
        session, item = current_session(), source.item
        if parsed.upload:
            return {"id": context.datasets.start_import(session, item.id, item.name, chosen).id}
        recipe = with_layout(source.recipe, chosen)
        return {"id": context.datasets.start_reread(session, item.id, recipe, "layout").id}


def tried(context: Context, refs: Refs, ids: object, values: object) -> dict[str, Any]:
    """Return what the form shows after a change: the current state, or a preview of the change."""
    nothing = {"job": no_update, "preview": no_update, "unchanged": no_update}
    source = Source.at(context, refs)
    if source is None or not ids:
        return nothing
    chosen = layout_chosen(ids, values, source.reading)
    if chosen == dict(source.reading.chosen):
        here = markup(preview_content(source.seen, title=AS_READ))
        return nothing | {"preview": here, "unchanged": True}
    recipe = with_layout(source.recipe, chosen)
    job = context.datasets.start_preview(current_session(), source.item, recipe)
    return {"job": {"id": job.id}, "preview": preview_waits(), "unchanged": False}


def preview_done(context: Context, done: object) -> Preview | None:
    """Return the preview made by a finished job; None for other jobs."""
    if not isinstance(done, dict) or done.get("kind") != "preview":
        return None
    made = content_id_or_none(record(done.get("result")).get("preview"))
    return context.datasets.preview(current_session(), made) if made else None
