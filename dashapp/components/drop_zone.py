"""The drop zone for uploads; ``assets/upload.js`` adds its behavior.

Dash's own upload component sends files as text through a callback, which takes many times the
file's size in memory. Ours streams the bytes to a route and shows the progress.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.icon import icon

ACCEPT = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.parquet,.gz,.zip"
MODEL_ACCEPT = ".segmodel"


def load_model() -> Component:
    """Return a collapsed drop zone for a saved model."""
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
    """Return an area to drop or choose a file.

    Parameters
    ----------
    purpose
        What the server does with the file: ``"dataset"``, ``"batch"``, ``"model"``, ``"recipe"`` or
        ``"mended"``.
    title, note
        Instruction and accepted formats.
    accept
        File extensions offered by the file dialog; the server decides by the content.
    limit_mb
        Larger files are refused before upload.
    small
        Whether to use a compact, one-line layout.
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
            # The script inserts the file input here; React must not own the content.
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
