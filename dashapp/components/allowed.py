"""Content without the controls that its visitor may not use.

The server refuses what a visitor has no right to; taking the controls away as well keeps people
from trying in vain, and Dash from asking for every control that comes onto a page.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dash import html

from dashapp.auth.permissions import Right, may

# Class of parts that only those see who may change something.
CHANGING = "needs-change"


def allowed(content: Any, controls: Collection[str]) -> Any:
    """Content as its visitor may use it; whoever may change everything gets it untouched.

    Parameters
    ----------
    content
        Components, lists of them, texts.
    controls
        Ids, or types of ids, of what changes something. Buttons go; a field, grid or chart stays
        to be looked at, under an id that no callback knows.
    """
    return content if may(Right.CHANGE) else still(content, controls)


def still(content: Any, controls: Collection[str]) -> Any:
    """Content that can be looked at only."""
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
    """The id of a component, or the type of a pattern's id."""
    id_ = getattr(component, "id", None)
    return id_["type"] if isinstance(id_, dict) else id_


def _fix(component: Any) -> None:
    """Make a field, grid or chart one that is only looked at."""
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
