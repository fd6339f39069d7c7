"""Downloads of tables: a link where the file is small, else a button that has it written."""

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
    """One download.

    Parameters
    ----------
    export
        The file; a search never becomes part of an address, so its files are written first.
    href
        Where a small file is.
    button_id
        Id of the button that has a larger one written.
    look
        Class of the button or link.
    """
    if export.is_small and not export.selection.text.strip():
        return html.A(label, href=href, className=f"btn {look}")
    return html.Button(label, id=button_id, className=f"btn {look}")


def masking_note(contacts: Sequence[str]) -> Component | None:
    """Says that contact data are masked, where there are some and the visitor gets them so."""
    if not contacts or may(Right.CHANGE):
        return None
    return html.P(MASKED, className="text-muted-soft")
