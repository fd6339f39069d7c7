"""A handler that writes and notes things for as long as it lives."""

from __future__ import annotations

from itertools import count
from typing import Any

from dashapp.jobs.workspace import Workspace
from dashapp.storage.keys import Kind


def write(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Never end by itself."""
    for number in count():
        model_id = workspace.write(Kind.MODEL, str(number % 20).encode())
        workspace.add_item(Kind.MODEL, model_id, "kept", {})
    return {}
