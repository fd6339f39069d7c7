"""Our own line icons, drawn by ``assets/icons.css`` in the color of the surrounding text."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

NAMES = (
    "alert", "arrow", "calendar", "chart", "check", "clock", "close", "columns", "download",
    "error", "expired", "explore", "file", "filter", "help", "info", "map", "people", "predict",
    "search", "segments", "sparkle", "table", "theme", "trash", "upload",
)  # fmt: skip


def icon(name: str, *, label: str | None = None) -> Component:
    """Return an icon.

    Parameters
    ----------
    name
        One of :data:`NAMES`.
    label
        Accessible name if no visible text gives the meaning; otherwise screen readers skip the
        icon.

    Raises
    ------
    ValueError
        If the icon is unknown.
    """
    if name not in NAMES:
        raise ValueError(f"There is no icon {name!r}; there are {', '.join(NAMES)}.")
    spoken = {"aria-hidden": "true"} if label is None else {"aria-label": label}
    role = {} if label is None else {"role": "img"}
    return html.Span(className=f"icon icon-{name}", **role, **spoken)
