"""Which scripts of Dash's packages come with the first page, and which when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_ag_grid
from dash import dash_table
from dash.fingerprint import build_fingerprint

GRID_FILE = "dash_ag_grid.min.js"
# Scripts that no page needs at its start: the grid's, which assets/grid.js brings when a grid is
# shown, and that of Dash's own tables, which no page uses.
LATER = ((dash_ag_grid, GRID_FILE), (dash_table, "dash_table/bundle.js"))


def postpone() -> None:
    """Keep the scripts of :data:`LATER` out of the page; they stay available on demand.

    Dash writes the scripts of every package that is imported into every page, whether a page
    uses them or not. Doing this twice changes nothing.
    """
    for package, file in LATER:
        for script in package._js_dist:  # noqa: SLF001 - where Dash looks
            if script.get("relative_package_path") == file:
                script["dynamic"] = True
                script.pop("async", None)


def grid_address() -> str:
    """Where the browser finds the grid's script; it may be kept for ever under this name."""
    package: Any = dash_ag_grid
    changed = int((Path(package.__file__).parent / GRID_FILE).stat().st_mtime)
    name = build_fingerprint(GRID_FILE, package.__version__, changed)
    return f"/_dash-component-suites/dash_ag_grid/{name}"
