"""Components as plain HTML, for what must be readable before any script has arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from dash import dcc, html

HTML = html.Div._namespace  # noqa: SLF001 - every component's public address in the browser
# Where HTML has another name for an attribute than React.
NAMES = {"className": "class", "htmlFor": "for", "id": "data-stands-for"}


def plain_html(content: Any) -> str:
    """HTML that looks like some components before they come to life.

    Parameters
    ----------
    content
        Components of ``dash.html``, links, and lists of them; whatever only a script can draw
        leaves no trace.

    Returns
    -------
    str
        Escaped HTML. An id becomes ``data-stands-for``: there is one of each in the page, and it
        belongs to the component itself.

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
    # A text behind an element belongs to that element here.
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _items(content: Any) -> list[Any]:
    return list(content) if isinstance(content, list | tuple) else [content]
