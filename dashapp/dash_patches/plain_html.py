"""Render components as plain HTML, readable before any script has loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from dash import dcc, html

HTML = html.Div._namespace  # noqa: SLF001 - every component's public address in the browser
# Attributes whose HTML name differs from React's.
NAMES = {"className": "class", "htmlFor": "for", "id": "data-stands-for"}


def plain_html(content: Any) -> str:
    """Return the HTML of components before Dash renders them.

    Parameters
    ----------
    content
        Components of ``dash.html``, links and lists of them; anything that needs a script is
        omitted.

    Returns
    -------
    str
        Escaped HTML. An id becomes ``data-stands-for``, because ids must be unique and this one
        belongs to the real component.

    Examples
    --------
    >>> plain_html(html.P(["Age < ", html.Button("34", id="age", className="btn"), " years"]))
    '<p>Age &lt; <button data-stands-for="age" class="btn">34</button> years</p>'
    """
    return "".join(
        ET.tostring(element, encoding="unicode", method="html") for element in _elements(content)
    )


def _elements(content: Any) -> Iterator[ET.Element]:
    for item in _items(content):
        if isinstance(item, dcc.Link) or getattr(item, "_namespace", None) == HTML:
            yield _element(item.to_plotly_json())


def _element(component: Mapping[str, Any]) -> ET.Element:
    tag = "a" if component["type"] == "Link" else component["type"].lower()
    attributes = dict(component["props"])
    content = attributes.pop("children", None)
    element = ET.Element(tag, dict(_attributes(attributes)))
    for item in _items(content):
        if isinstance(item, str):
            _add_text(element, item)
        else:
            element.extend(_elements(item))
    return element


def _attributes(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if value is True:
            yield name, name
        elif value is not None and value is not False:
            yield NAMES.get(name, name.lower()), str(value)


def _add_text(element: ET.Element, text: str) -> None:
    # In ElementTree, text after an element is that element's tail.
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _items(content: Any) -> list[Any]:
    return list(content) if isinstance(content, list | tuple) else [content]
