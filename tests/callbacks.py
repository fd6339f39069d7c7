"""Fire one callback over HTTP, as a browser would: wiring needs no browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# What a browser of the same origin sends with every request.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Callback:
    """One registered callback, by the text that names its outputs.

    Attributes
    ----------
    output
        Dash's own key, such as ``"..a.children...b.data.."``.
    inputs, state
        Wanted properties in order: ``(id, property)``, ids of patterns as dicts.
    """

    output: str
    inputs: tuple[tuple[str | dict[str, Any], str], ...]
    state: tuple[tuple[str | dict[str, Any], str], ...]


def callbacks(app: Dash) -> list[Callback]:
    """All server-side callbacks of an application."""
    app.server.test_client().get("/_dash-dependencies", headers=SAME_ORIGIN)
    return [
        Callback(output, _wanted(spec["inputs"]), _wanted(spec["state"]))
        for output, spec in app.callback_map.items()
    ]


def _wanted(entries: list[dict[str, Any]]) -> tuple[tuple[str | dict[str, Any], str], ...]:
    return tuple(
        (json.loads(entry["id"]) if entry["id"].startswith("{") else entry["id"], entry["property"])
        for entry in entries
    )


def find(app: Dash, output: str) -> Callback:
    """The one callback with this output, such as ``"data-content.children"``."""
    found = [item for item in callbacks(app) if output in _outputs(item.output)]
    assert len(found) == 1, f"{len(found)} callbacks have the output {output}"
    return found[0]


def _outputs(key: str) -> list[str]:
    """Output names without the hash that allows duplicates."""
    parts = key.removeprefix("..").removesuffix("..").split("...")
    return [part.split("@")[0] for part in parts]


def find_by_input(app: Dash, output: str, input_: str) -> Callback:
    """The one callback with this output and this input: outputs may have several writers."""
    found = [
        item
        for item in callbacks(app)
        if output in _outputs(item.output) and input_ in [_name(*pair) for pair in item.inputs]
    ]
    assert len(found) == 1, f"{len(found)} callbacks lead from {input_} to {output}"
    return found[0]


def _name(id_: str | dict[str, Any], property_: str) -> str:
    return f"{id_['type'] if isinstance(id_, dict) else id_}.{property_}"


def fire(
    client: FlaskClient,
    callback: Callback,
    values: Mapping[str, Any] | None = None,
    *,
    changed: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """Send what a browser would send.

    Parameters
    ----------
    values
        ``"id.property"`` → value; for a pattern ``"type.property"`` → list of
        ``(id dict, value)``. What is not given is None, or no component for a pattern.
    changed
        The input that triggers, by the same name; the first input when not given.
    """
    return client.post(
        "/_dash-update-component",
        json=body_of(callback, values or {}, changed),
        headers={**SAME_ORIGIN, **(headers or {})},
    )


def body_of(
    callback: Callback, values: Mapping[str, Any], changed: str | None = None
) -> dict[str, Any]:
    """The JSON that a browser sends to fire a callback; parameters as in :func:`fire`."""
    return {
        "output": callback.output,
        "outputs": _output_specs(callback.output),
        "inputs": [_filled(pair, values) for pair in callback.inputs],
        "state": [_filled(pair, values) for pair in callback.state],
        "changedPropIds": [_changed(callback, values, changed)],
    }


def _output_specs(key: str) -> Any:
    specs = []
    for part in key.removeprefix("..").removesuffix("..").split("..."):
        id_, _, property_ = part.rpartition(".")
        specs.append({"id": json.loads(id_) if id_.startswith("{") else id_, "property": property_})
    return specs if key.startswith("..") else specs[0]


def _filled(pair: tuple[str | dict[str, Any], str], values: Mapping[str, Any]) -> Any:
    id_, property_ = pair
    given = values.get(_name(id_, property_))
    if isinstance(id_, dict):
        return [{"id": item, "property": property_, "value": value} for item, value in given or []]
    return {"id": id_, "property": property_, "value": given}


def _changed(callback: Callback, values: Mapping[str, Any], changed: str | None) -> str:
    id_, property_ = next(
        (pair for pair in callback.inputs if _name(*pair) == changed), callback.inputs[0]
    )
    if not isinstance(id_, dict):
        return f"{id_}.{property_}"
    given = values.get(_name(id_, property_)) or []
    first = given[0][0] if given else id_
    return f"{json.dumps(first, sort_keys=True, separators=(',', ':'))}.{property_}"


def outputs_of(response: TestResponse) -> dict[str, Any]:
    """``"id.property"`` → new value, of an answer with status 200."""
    assert response.status_code == 200, f"{response.status_code}: {response.get_data(as_text=True)}"
    return changes_in(response.get_json())


def changes_in(answer: Mapping[str, Any]) -> dict[str, Any]:
    """``"id.property"`` → new value, of the JSON that answers a callback."""
    return {
        f"{id_}.{name.split('@')[0]}": value
        for id_, changed in answer["response"].items()
        for name, value in changed.items()
    }


def side_updates(response: TestResponse) -> dict[str, Any]:
    """What ``set_props`` changed beside the outputs."""
    return dict((response.get_json() or {}).get("sideUpdate") or {}) if response.data else {}


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """All components of an answer, as the browser gets them."""
    if isinstance(tree, list):
        for item in tree:
            yield from parts(item)
    elif isinstance(tree, dict) and "props" in tree:
        yield tree
        yield from parts(tree["props"].get("children"))


def texts(tree: Any) -> str:
    """All text in a component tree, joined by single spaces, as a reader would see it."""
    return " ".join(_texts(tree).split())


def _texts(tree: Any) -> str:
    if tree is None or isinstance(tree, bool):
        return ""
    if isinstance(tree, str | int | float):
        return str(tree)
    if isinstance(tree, list):
        return " ".join(filter(None, map(_texts, tree)))
    if isinstance(tree, dict):
        props = tree.get("props", {})
        if "tree" in props:
            return " ".join(_drawn(node, props["children"]) for node in props["tree"])
        return _texts(props.get("children", props.get("label")))
    return ""


def _drawn(node: Any, components: list[Any]) -> str:
    """The text of a piece of markup, see ``dashapp/dash_patches/markup.py``."""
    if isinstance(node, int):
        return _texts(components[node])
    if isinstance(node, list):
        return " ".join(_drawn(inner, components) for inner in node[2:])
    return node or ""
