"""Render static HTML as one component: Dash tracks every component, even one that never changes.

For a table of sixty cells Dash hydrates, subscribes and checks sixty components on each change of
the page; a :class:`Markup`, drawn by ``assets/markup.js``, is a single one.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

HTML = html.Div._namespace  # noqa: SLF001 - every component's public address in the browser


class Markup(Component):  # type: ignore[misc]  # Dash has no types
    """Static HTML with components in between.

    Parameters
    ----------
    children
        Components that Dash still tracks.
    tree
        Their surroundings, in order: a text, the index of one of ``children``, None, or
        ``[tag, attributes, *content]``.
    """

    _namespace = "dashapp"
    _type = "Markup"
    _base_nodes = ("children",)
    _prop_names = ("children", "tree")
    _valid_wildcard_attributes = ()
    available_properties = ("children", "tree")
    available_wildcard_properties = ()

    def __init__(self, children: list[Component], tree: list[Any]) -> None:
        super().__init__(children=children, tree=tree)


def markup(content: Any) -> Any:
    """Merge the HTML that no callback refers to into one component.

    Parameters
    ----------
    content
        Components, texts and lists of them; anything else is returned unchanged. Components with an
        id stay in place; their own content becomes markup too.
    """
    if not isinstance(content, Component | list | tuple):
        return content
    kept: list[Component] = []
    tree = [_node(item, kept) for item in _items(content)]
    if all(isinstance(node, int) for node in tree):
        return kept if isinstance(content, list | tuple) else content
    return Markup(kept, tree)


def _node(item: Any, kept: list[Component]) -> Any:
    if not isinstance(item, Component):
        return None if item is None else str(item)
    shown = item.to_plotly_json()
    attributes = shown["props"]
    if shown["namespace"] == HTML and "id" not in attributes:
        children = attributes.pop("children", None)
        return [
            shown["type"].lower(),
            attributes,
            *(_node(each, kept) for each in _items(children)),
        ]
    kept.append(_followed(item))
    return len(kept) - 1


def _followed(item: Component) -> Component:
    """Return a component with its content as markup; callbacks may refer to the component."""
    if "children" in item.to_plotly_json()["props"]:
        item.children = markup(item.children)
    # A click anywhere in a container would count as a click on it and trigger a request.
    if item._namespace == HTML and not isinstance(item, html.Button):  # noqa: SLF001
        item.disable_n_clicks = True
    return item


def _items(content: Any) -> list[Any]:
    return list(content) if isinstance(content, list | tuple) else [content]
