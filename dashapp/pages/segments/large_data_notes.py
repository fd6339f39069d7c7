"""Large data on the Segments page: notes on sample and population, and writing all results back."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth.audit_log import note
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right, may, needs
from dashapp.components.sampled import sample_note
from dashapp.page.context import Context
from dashapp.page.tab_state import Refs, Seen
from dashapp.pages.segments.ids import Ids
from dashapp.shell import Ids as Shell

# Which parts of each tab cover all customers and which the sample, for a model trained on them.
NOTES = {
    "map": ("The segments were found in", "The map shows"),
    "profiles": ("Averages, medians and shares are of", ""),
    "distribution": ("Customers and revenue by segment count", "A column by segment shows"),
    "compare": ("Averages are of", ""),
    "evidence": ("The segments were found in", "Numbers of segments were compared on"),
    "customers": ("", "The list and its files hold"),
    "actions": ("The numbers below are of", ""),
}
# The same for a model trained on other data.
PLACED = {
    "map": ("", "The map shows"),
    "distribution": ("", "Sizes and columns count"),
    "customers": ("", "The list and its files hold"),
}


def explained(context: Context, tab: str, seen: Seen, content: Component) -> Component:
    """Prefix a tab's content with a note on sample and population (large data only)."""
    words = (NOTES if seen.trained_here else PLACED).get(tab)
    told = sample_note(seen.table, *words) if words else None
    if told is None:
        return content
    all_of_them = write_all(context, seen) if tab == "customers" else None
    return html.Div([told, all_of_them, content], className="stack")


def write_all(context: Context, seen: Seen) -> Component | None:
    """Return the button that writes all customers, if there is a place to write to."""
    if not (seen.trained_here and seen.table and context.large.can_write and may(Right.CHANGE)):
        return None
    return html.Div(
        [
            html.Button(
                f"Write all {formatting.count(seen.table.customers, 'customer')}",
                id=Ids.WRITE,
                className="btn btn-secondary",
            ),
            html.Span(
                "As Parquet files with the segment of each, into a new folder in "
                f"“{context.large.output_name}”.",
                className="text-muted-soft",
            ),
        ],
        className="button-row",
    )


def register(app: Dash, context: Context) -> None:
    """Add the callback, if there is a place to write to."""
    if not context.large.can_write:
        return

    @app.callback(
        Output(Shell.JOB, "data", allow_duplicate=True),
        inputs={"clicks": Input(Ids.WRITE, "n_clicks")},
        state={"refs": State(Shell.REFS, "data")},
        prevent_initial_call=True,
    )
    @needs(Right.CHANGE)
    def write(clicks: object, refs: object) -> Any:
        asked = Refs.parse(refs)
        if not clicks or asked.model is None or asked.dataset is None:
            return no_update
        job = context.large.start_writing(current_session(), asked.model, asked.dataset)
        note("export", what="all_customers", job=job.id)
        return {"id": job.id}
