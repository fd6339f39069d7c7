"""The drop zone; ``assets/upload.js`` brings it to life.

Dash's own upload component sends files as text through a callback, which takes many times the
file's size in memory. Ours streams the bytes to a route and shows how far it is.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon

ACCEPT = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.parquet,.gz,.zip"
MODEL_ACCEPT = ".segmodel"


def load_model() -> Component:
    """A folded drop zone for a model that was saved earlier."""
    return html.Details(
        [
            html.Summary("Load a model", className="btn btn-quiet"),
            html.Div(
                drop_zone(
                    "model",
                    "Drop a .segmodel file",
                    "Saved earlier here or on the command line",
                    accept=MODEL_ACCEPT,
                ),
                className="popover-card",
            ),
        ],
        className="details-popover needs-change",
    )


def drop_zone(
    purpose: str,
    title: str,
    note: str,
    *,
    accept: str = ACCEPT,
    limit_mb: int | None = None,
    small: bool = False,
) -> Component:
    """A place to drop or choose a file.

    Parameters
    ----------
    purpose
        What the server does with it: ``"dataset"``, ``"batch"``, ``"model"``, ``"recipe"`` or
        ``"mended"``.
    title, note
        What to do, and what is accepted.
    accept
        File endings that the file dialog offers; the content decides in the end.
    limit_mb
        Larger files are refused before they are sent.
    small
        In one line, beside other things.
    """
    return html.Div(
        [
            icon("upload"),
            html.Div(
                [
                    html.Div(title, className="dropzone-title"),
                    html.Div(note, className="dropzone-note"),
                ],
                className="dropzone-words",
            ),
            # The script puts the file field in here; React must not own its content.
            html.Div(className="upload-mount"),
            html.Div(className="upload-progress", hidden=True),
            html.Div(className="upload-error", role="alert"),
        ],
        className="dropzone dropzone-small" if small else "dropzone",
        **{
            "data-upload": purpose,
            "data-accept": accept,
            "data-limit": None if limit_mb is None else str(limit_mb),
        },
    )
