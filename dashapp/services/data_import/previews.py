"""Previews: how a file would be read, computed in a limited process and stored as JSON.

A preview has the file's first lines, what was detected or chosen, and the first rows as text. The
page shows it while a user tries other choices, and for a file that could not be read at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

import segmentation
from dashapp import formatting
from dashapp.services.data_import.reading_limits import reading_limits
from dashapp.services.masking import lines_shown, rows_shown
from dashapp.storage.keys import Kind
from segmentation import ReadError, Role, SegmentationError, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace
    from segmentation import Beginning

PREVIEW_ROWS = 6
# Further columns are cut off: nobody judges a delimiter by the hundredth column.
PREVIEW_COLUMNS = 40
# Parts of a table's recipe to show.
FOUND = ("encoding", "delimiter", "decimal", "header_line", "sheet")


@dataclass(frozen=True)
class Preview:
    """How a file would be read.

    Attributes
    ----------
    format
        ``"csv"``, ``"xlsx"`` or ``"parquet"``.
    found
        What was detected or chosen: encoding, delimiter, decimal, header_line, sheet.
    sheets
        Sheets of a workbook.
    lines
        The file's first lines as text.
    names, roles, rows
        The first rows as they would be read, cells as text, contact data hidden.
    places
        Line in the file of each of these rows.
    columns
        Number of columns; not all of them may be shown.
    asked
        Columns whose dates or numbers are ambiguous.
    problem
        Why the file cannot be read this way; empty if it can.
    """

    format: str
    found: dict[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    places: tuple[int, ...] = ()
    columns: int = 0
    asked: tuple[str, ...] = ()
    problem: str = ""

    def to_bytes(self) -> bytes:
        """Return the preview as JSON."""
        return json.dumps(self.__dict__).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Preview:
        """Return the preview in such JSON."""
        plain = json.loads(data)
        tuples = {key: tuple(value) for key, value in plain.items() if isinstance(value, list)}
        return cls(**plain | tuples)


def preview_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Preview how a file would be read with some choices (job ``preview``)."""
    workspace.progress("Reading the first lines", 0.1)
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    try:
        seen = look(data, request["name"], request["recipe"], workspace)
    except SegmentationError as error:
        seen = Preview("csv", problem=str(error))
    return {"preview": workspace.write(Kind.PREVIEW, seen.to_bytes())}


def look(data: bytes, name: str, recipe: Mapping[str, Any], workspace: Workspace) -> Preview:
    """Return the preview of a file.

    Raises
    ------
    SegmentationError
        If no choice makes the file a table.
    """
    limits = reading_limits(workspace.settings)
    # Imported here, by a job: readers of all formats would take 13 MB in each web worker.
    seen = segmentation.read_beginning(data, name=name, recipe=recipe, limits=limits)
    return preview_of(seen, recipe)


def keep_unread(
    data: bytes, request: Mapping[str, Any], workspace: Workspace, error: SegmentationError
) -> None:
    """Record a file that could not be read, so that other choices can be tried on it.

    A file that no choice can make a table is not recorded.
    """
    if isinstance(error, ReadError) and error.kind in {"too_large", "unsupported", "encrypted"}:
        return
    recipe = {"chosen": request.get("chosen") or {}}
    try:
        seen = look(data, request["name"], recipe, workspace)
    except SegmentationError:
        return
    if seen.format == "parquet":
        return
    info = {
        "problem": str(error),
        "preview": workspace.write(Kind.PREVIEW, seen.to_bytes()),
        "chosen": recipe["chosen"],
    }
    workspace.add_item(Kind.UPLOAD, request["upload"], request["name"], info)


def preview_of(seen: Beginning, recipe: Mapping[str, Any]) -> Preview:
    """Return the preview of a file's beginning."""
    if seen.table is not None:
        return preview_of_table(seen.table, seen.format, seen.sheets, seen.lines)
    chosen = recipe.get("chosen", {})
    return Preview(
        format=seen.format,
        found={"encoding": seen.encoding} | {key: chosen[key] for key in FOUND if key in chosen},
        sheets=seen.sheets,
        lines=seen.lines,
        problem=seen.problem,
    )


def preview_of_table(
    table: Table, file_format: str, sheets: Sequence[str] = (), lines: Sequence[str] = ()
) -> Preview:
    """Return the preview of a table and of the first lines of its file."""
    shown = table.columns[:PREVIEW_COLUMNS]
    return Preview(
        format=file_format,
        found={key: table.recipe.get(key) for key in FOUND},
        sheets=tuple(sheets),
        lines=tuple(lines_shown(lines, table)),
        names=tuple(column.name for column in shown),
        roles=tuple(str(column.role) for column in shown),
        rows=rows_as_text(table, [column.name for column in shown]),
        places=tuple(table.lines[:PREVIEW_ROWS].tolist()),
        columns=len(table.columns),
        asked=tuple(i.column for i in table.issues if i.kind.startswith("ambiguous") and i.column),
    )


def rows_as_text(table: Table, names: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return the first rows of some columns as readable text."""
    frame = rows_shown(table, PREVIEW_ROWS)[names]
    ids = {column.name for column in table.columns if column.role is Role.IDENTIFIER}
    texts = [_texts(frame[name], plain=name in ids) for name in names]
    return tuple(zip(*texts, strict=True))


def _texts(cells: pd.Series, *, plain: bool) -> list[str]:
    if cells.dtype.kind not in "iuf":
        return [formatting.cell(value) for value in cells.tolist()]
    numbers = cells.to_numpy(dtype="float64", na_value=float("nan")).tolist()
    decimals = formatting.decimals_of(numbers) or 0
    texts = [formatting.number(number, decimals) for number in numbers]
    return [text.replace(",", "") for text in texts] if plain else texts
