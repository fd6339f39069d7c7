"""Handlers that the tests let the worker run."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from dashapp.jobs.workspace import Workspace
from dashapp.storage.errors import StoreUnavailableError
from dashapp.storage.keys import Kind
from segmentation import ParameterError

HANDLERS = {
    name: f"tests.dashapp.jobs.work:{name}"
    for name in (
        "add", "keep", "hang", "refuse", "break_down", "abort", "swallow", "vanish", "forget",
    )
}  # fmt: skip
# Of the kinds that may take minutes.
HANDLERS["train"] = HANDLERS["hang"]


def add(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Add two numbers."""
    workspace.progress("Adding", 0.5)
    return {"sum": request["a"] + request["b"], "process": os.getpid()}


def keep(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Write a value and note it."""
    model_id = workspace.write(Kind.MODEL, request["text"].encode())
    workspace.add_item(Kind.MODEL, model_id, "kept", {"length": len(request["text"])})
    return {"model": model_id}


def hang(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Tell the process id and wait for ever."""
    workspace.progress(str(os.getpid()), 0.25)
    threading.Event().wait()
    return {}


def refuse(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Fail as the engine does for bad input."""
    raise ParameterError("The number of segments must be at least 2.")


def break_down(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Fail by a defect whose text holds a customer's data."""
    raise RuntimeError("canary-of-a-customer")


def abort(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Break off as a C library does."""
    os.abort()


def swallow(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Take more memory than there may be."""
    return {"length": len(bytearray(request["mb"] * 1024 * 1024))}


def vanish(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Be killed the first time, and succeed the second."""
    mark = workspace.settings.data_dir / "vanished"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"done": True}


def forget(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Find that the server's memory is away, so many times."""
    mark = workspace.settings.data_dir / "forgotten"
    times = len(mark.read_text()) if mark.exists() else 0
    mark.write_text("x" * (times + 1))
    if times < request["times"]:
        raise StoreUnavailableError
    return {"done": True}
