"""Validate callback requests before Dash sees them.

Dash trusts the renderer: a list instead of an object, an unknown output or a missing input raises
an exception and ends in a 500. Here they are answered with 400 and a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Dash
from flask import Response, g, request
from werkzeug.exceptions import BadRequest

from dashapp.page.inputs import BadInputError
from dashapp.web.errors import answer, status_of
from dashapp.web.guards.load_shedding import BODY_BYTES
from dashapp.web.guards.request_bodies import NOT_OURS

# Limit of property paths that trigger one callback; a page has a few dozen.
TRIGGERS = 1000


def install(app: Dash) -> None:
    """Validate each callback request."""
    path = f"{app.config.routes_pathname_prefix}_dash-update-component"
    server = app.server
    server.config["MAX_CONTENT_LENGTH"] = BODY_BYTES

    @server.before_request
    def check_callback() -> None:
        if request.path != path or request.method != "POST":
            return
        fault = fault_in(request.get_json(), app.callback_map)
        if fault:
            raise BadRequest(NOT_OURS.format(fault=fault))

    @server.after_request
    def status_of_callback(response: Response) -> Response:
        error = g.get("callback_error")
        if request.path != path or error is None:
            return response
        if isinstance(error, BadInputError):
            # Our own pages never send this.
            response.status_code = 400
            return response
        status, retry_after = status_of(error)
        return answer(status, str(error), retry_after=retry_after)


def fault_in(body: object, callback_map: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return what is wrong with a callback's body, or None.

    Examples
    --------
    >>> fault_in([], {})
    'the body is not an object'
    >>> fault_in({"output": "a.children"}, {})
    'there is no such output'
    """
    if not isinstance(body, dict):
        return "the body is not an object"
    output = body.get("output")
    if not isinstance(output, str) or output not in callback_map:
        return "there is no such output"
    declared = callback_map[output]
    fits = {
        "inputs": _fits(body.get("inputs", []), declared["inputs"]),
        "state": _fits(body.get("state", []), declared["state"]),
        "changedPropIds": _is_texts(body.get("changedPropIds", [])),
        "outputs": declared.get("no_output") or _are_outputs(body.get("outputs"), output),
    }
    return next((f"“{part}” does not fit" for part, fit in fits.items() if not fit), None)


def _fits(sent: object, declared: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the properties match a callback's arguments in number and form."""
    if not isinstance(sent, list) or len(sent) != len(declared):
        return False
    return all(
        _are_properties(item) if _is_many(known["id"]) else _is_property(item)
        for item, known in zip(sent, declared, strict=True)
    )


def _are_outputs(sent: object, key: str) -> bool:
    """Whether the outputs are those in a callback's key.

    Examples
    --------
    >>> _are_outputs({"id": "a", "property": "children"}, "a.children")
    True
    >>> _are_outputs([], "..a.children...b.data..")
    False
    """
    names = [
        name.rpartition(".")[0] for name in key.removeprefix("..").removesuffix("..").split("...")
    ]
    items = sent if key.startswith("..") else [sent]
    if not isinstance(items, list) or len(items) != len(names):
        return False
    return all(_is_output(item, name) for item, name in zip(items, names, strict=True))


def _is_output(sent: object, declared_id: str) -> bool:
    if _is_many(declared_id):
        return isinstance(sent, list) and _are_properties(sent)
    if not _is_property(sent):
        return False
    assert isinstance(sent, dict)
    return declared_id.startswith("{") or sent["id"] == declared_id


def _is_many(declared_id: object) -> bool:
    """Whether an id matches any number of components (wildcard)."""
    return isinstance(declared_id, str) and (
        '["ALL"]' in declared_id or '["ALLSMALLER"]' in declared_id
    )


def _are_properties(value: object) -> bool:
    if isinstance(value, list):
        return all(_are_properties(item) for item in value)
    return _is_property(value)


def _is_property(value: object) -> bool:
    """Whether a value names a property of one component."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str | dict)
        and isinstance(value.get("property"), str)
    )


def _is_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= TRIGGERS
        and all(isinstance(item, str) for item in value)
    )
