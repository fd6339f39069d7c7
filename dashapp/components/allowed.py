"""Content without the controls that the current visitor may not use.

The server rejects forbidden actions anyway. Removing their controls spares visitors failed
attempts, and spares Dash the initial callbacks of those controls.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dash import html

from dashapp.auth.permissions import Right, may

# CSS class of parts shown only to visitors who may change something.
CHANGING = "needs-change"


def allowed(content: Any, controls: Collection[str]) -> Any:
    """Return content without controls that the visitor may not use; editors get it unchanged.

    Parameters
    ----------
    content
        Components, texts and lists of them.
    controls
        Ids, or types of pattern ids, of controls that change something. Buttons are removed; a
        field, grid or chart stays read-only, under an id that no callback knows.
    """
    return content if may(Right.CHANGE) else still(content, controls)


def still(content: Any, controls: Collection[str]) -> Any:
    """Return a read-only version of the content."""
    if isinstance(content, list | tuple):
        return [still(item, controls) for item in content]
    if not hasattr(content, "to_plotly_json"):
        return content
    if CHANGING in str(getattr(content, "className", "")).split():
        return None
    if _name(content) in controls:
        if isinstance(content, html.Button):
            return None
        _fix(content)
    if hasattr(content, "children"):
        content.children = still(content.children, controls)
    return content


def _name(component: Any) -> str | None:
    """Return a component's id, or the type of its pattern id."""
    id_ = getattr(component, "id", None)
    return id_["type"] if isinstance(id_, dict) else id_


def _fix(component: Any) -> None:
    """Make a field, grid or chart read-only."""
    id_ = component.id
    if isinstance(id_, dict):
        component.id = {**id_, "type": f"{id_['type']}-still"}
    else:
        component.id = f"{id_}-still"
    if hasattr(component, "columnDefs"):
        component.columnDefs = [
            {**column, "editable": False, "cellClass": "", "cellClassRules": {}}
            for column in component.columnDefs
        ]
    elif "readonly" in component.available_properties:
        component.readonly = True
