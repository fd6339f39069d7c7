"""Choose which scripts of Dash's packages to load on demand instead of with the first page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_ag_grid
from dash import dash_table
from dash.fingerprint import build_fingerprint

GRID_FILE = "dash_ag_grid.min.js"
# Scripts that no page needs at the start: the grid's, which assets/grid.js loads with the first
# grid, and that of Dash's DataTable, which no page uses.
LATER = ((dash_ag_grid, GRID_FILE), (dash_table, "dash_table/bundle.js"))


def postpone() -> None:
    """Remove the scripts of :data:`LATER` from the page; they stay available on demand.

    Dash adds the scripts of every imported package to every page, whether used or not. Calling this
    twice has no further effect.
    """
    for package, file in LATER:
        for script in package._js_dist:  # noqa: SLF001 - where Dash looks
            if script.get("relative_package_path") == file:
                script["dynamic"] = True
                script.pop("async", None)


def grid_address() -> str:
    """Return the URL of the grid's script; browsers may cache it forever."""
    package: Any = dash_ag_grid
    changed = int((Path(package.__file__).parent / GRID_FILE).stat().st_mtime)
    name = build_fingerprint(GRID_FILE, package.__version__, changed)
    return f"/_dash-component-suites/dash_ag_grid/{name}"
