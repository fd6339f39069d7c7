"""Table downloads: a link for a small file, a button that starts the export of a large one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.auth.permissions import Right, may
from dashapp.services.exports import Export

MASKED = "Contact data are masked in these files, as they are on screen."


def download(
    label: str,
    export: Export,
    href: str,
    button_id: str | dict[str, Any],
    look: str = "btn-secondary",
) -> Component:
    """Return a link or a button for one download.

    Parameters
    ----------
    export
        The file. With a search text it is always exported first: URLs must not contain searches.
    href
        Address of a small file.
    button_id
        Id of the button that exports a large file.
    look
        CSS class of the button or link.
    """
    if export.is_small and not export.selection.text.strip():
        return html.A(label, href=href, className=f"btn {look}")
    return html.Button(label, id=button_id, className=f"btn {look}")


def masking_note(contacts: Sequence[str]) -> Component | None:
    """Return a note that contact data are masked, if this visitor gets them masked."""
    if not contacts or may(Right.CHANGE):
        return None
    return html.P(MASKED, className="text-muted-soft")
