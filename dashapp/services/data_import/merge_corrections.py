"""Merge corrected rows into the data set that had set them aside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dashapp.services.data_import.import_jobs import Rows, inherited, keep_table, mended_before
from dashapp.services.data_import.reading_limits import reading_limits
from dashapp.storage.keys import Kind
from segmentation import ParameterError, Table, read_mended, read_table, unescape_formula

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace


def mend_rows(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read a data set's file again with some rows corrected (job ``mend``).

    Raises
    ------
    ParameterError
        If the file holds no rows that this data set has set aside.
    """
    workspace.progress("Reading the mended rows", 0.1)
    limits = reading_limits(workspace.settings)
    sent = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    before = workspace.item(Kind.DATASET, request["dataset"])
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    rows = read_mended(sent, name=request["name"], limits=limits)
    fitting = those_set_aside(rows, table)
    mended = mended_before(before, workspace) | plain_rows(fitting)
    workspace.progress("Reading the file with them", 0.4)
    again = read_table(
        b"".join(workspace.open_stream(Kind.UPLOAD, inherited(before)["upload"])),
        name=table.name,
        recipe=table.recipe,
        mended=mended,
        limits=limits,
        **table.recipe.get("chosen", {}),
    )
    story = {
        "mended": workspace.write(Kind.UPLOAD, json.dumps(mended).encode()),
        "parent": request["dataset"],
        "because": "mended",
        "said": sentence(len(fitting), len(rows) - len(fitting), table, again),
    }
    return keep_table(again, workspace, inherited(before) | story)


def those_set_aside(rows: Rows, table: Table) -> Rows:
    """Return the corrected rows on lines that a table has set aside; others cannot be replaced.

    Raises
    ------
    ParameterError
        If there are none.
    """
    line = table.rejects.columns[-2]
    aside = set(table.rejects[line].tolist())
    fitting = {place: row for place, row in rows.items() if place in aside}
    if not fitting:
        raise ParameterError(
            f"None of these {len(rows):,} rows stands on a line that “{table.name}” has set "
            "aside. Download the rows set aside here, mend their cells and upload that file."
        )
    return fitting


def plain_rows(rows: Rows) -> Rows:
    """Return the rows without the apostrophes that keep spreadsheets from running a cell."""
    return {
        line: {name: unescape_formula(text) for name, text in row.items()}
        for line, row in rows.items()
    }


def sentence(mended: int, left_out: int, before: Table, after: Table) -> str:
    """Describe the outcome of the corrections."""
    joined = max(after.rows_used - before.rows_used, 0)
    parts = [f"{joined:,} of {mended:,} mended {'row' if mended == 1 else 'rows'} joined the data."]
    if after.rows_set_aside:
        are = "1 row is" if after.rows_set_aside == 1 else f"{after.rows_set_aside:,} rows are"
        parts.append(f"{are} still set aside.")
    if left_out:
        were = "1 row was" if left_out == 1 else f"{left_out:,} rows were"
        parts.append(f"{were} left out, since their lines had not been set aside.")
    return " ".join(parts)
