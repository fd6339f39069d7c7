"""Plain HTML as one component: Dash follows every component, whether it can change or not.

A table of sixty cells is sixty components that Dash hydrates, subscribes and asks after each
change of the page; as one :class:`Markup`, drawn by ``assets/markup.js``, it is one.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

HTML = html.Div._namespace  # noqa: SLF001 - every component's public address in the browser


class Markup(Component):  # type: ignore[misc]  # Dash has no types
    """HTML that never changes, with the components that may between it.

    Parameters
    ----------
    children
        Components that Dash goes on to follow.
    tree
        What stands around them, in order: a text, the place of one of ``children``, None, or
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
    """The same content, in which all HTML that no callback knows has become one component.

    Parameters
    ----------
    content
        Components, lists of them, texts; all else is returned as it is. Components with an id
        stay themselves, in place; their own content becomes markup as well.
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
    """A component that callbacks know, with its content as markup."""
    if "children" in item.to_plotly_json()["props"]:
        item.children = markup(item.children)
    # A click anywhere in a container would count as one on it, and be told to everybody.
    if item._namespace == HTML and not isinstance(item, html.Button):  # noqa: SLF001
        item.disable_n_clicks = True
    return item


def _items(content: Any) -> list[Any]:
    return list(content) if isinstance(content, list | tuple) else [content]
