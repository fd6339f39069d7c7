"""Jobs that make data sets: read a file, read it again, make a sample, change columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from dashapp.services.data_import.previews import keep_unread
from dashapp.services.data_import.reading_limits import reading_limits
from dashapp.services.data_import.recipe_files import parse_recipe
from dashapp.storage.keys import Kind, content_id
from dashapp.storage.store import SessionExpiredError
from segmentation import SegmentationError, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace
    from dashapp.ledger.ledger import Item

# Parts of a recipe that a user chose; the rest was detected.
CHOSEN = ("chosen", "fixes", "columns")
# Info that a data set passes on to those made from it.
INHERITED = ("upload", "shape", "mended", "large")
# Number of earlier layouts to try on a file that cannot be read by itself.
LAYOUTS_TRIED = 3
REPEATED = "Your choices for “{}” were repeated, as this file has the same columns."
SAID = {
    "recipe": "The recipe was applied. Undo takes it back.",
    "ids": "The file was checked again for customers that come twice, with the other id.",
}

Rows = dict[int, dict[str, str]]


def import_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read an uploaded file into a table, for the first time or again (job ``import``).

    A file that cannot be read the first time is recorded with a preview, for other choices.
    """
    workspace.progress("Reading the file", 0.05)
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    if request.get("parent"):
        return read_again(data, request, workspace)
    chosen = request.get("chosen")
    try:
        table = read(data, request["name"], None, workspace, chosen=chosen)
    except SegmentationError as error:
        known = None if chosen else known_layout(data, request, workspace)
        if known is None:
            keep_unread(data, request, workspace, error)
            raise
        return known
    workspace.progress("Storing the table", 0.8)
    first = {"upload": request["upload"], "shape": shape_of(table)}
    return recalled(data, table, workspace, first) or keep_table(table, workspace, first)


def read_again(data: bytes, request: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read the file of a data set with other choices."""
    before = workspace.item(Kind.DATASET, request["parent"])
    recipe = chosen_recipe(request, workspace)
    # Choices made for this very file must work or be refused; of a recipe from another file, those
    # that do not fit are ignored.
    chosen = None if request["because"] == "recipe" else recipe.get("chosen")
    mended = mended_before(before, workspace)
    table = read(data, request["name"], recipe, workspace, chosen=chosen, mended=mended)
    workspace.progress("Storing the table", 0.8)
    said = SAID.get(request["because"]) or used_now(before, table)
    made = {"parent": request["parent"], "because": request["because"], "said": said}
    return keep_table(table, workspace, inherited(before) | made)


def chosen_recipe(request: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Return the choices to read with: from the page, or from an uploaded recipe."""
    if "recipe_file" not in request:
        return dict(request["recipe"])
    return parse_recipe(b"".join(workspace.open_stream(Kind.UPLOAD, request["recipe_file"])))


def used_now(before: Item | None, table: Table) -> str:
    """Describe how a change affects the number of rows in use."""
    rows = table.rows_used
    earlier = rows if before is None else int(before.info.get("rows", rows))
    if rows == earlier:
        return f"Applied. All {rows:,} rows are used as before."
    return f"Applied. {rows:,} rows are used now, {earlier:,} before."


def read(
    data: bytes,
    name: str,
    recipe: Mapping[str, Any] | None,
    workspace: Workspace,
    *,
    chosen: Mapping[str, Any] | None = None,
    mended: Rows | None = None,
) -> Table:
    """Read a file within the portal's limits.

    Parameters
    ----------
    chosen
        Layout chosen for this very file.
    mended
        Corrected rows that replace those on their lines.
    """
    from segmentation import read_table

    limits = reading_limits(workspace.settings)
    return read_table(
        data, name=name, recipe=recipe, mended=mended, limits=limits, **(chosen or {})
    )


def mended_before(item: Item | None, workspace: Workspace) -> Rows:
    """Return the rows corrected so far for a data set, by their lines."""
    value = inherited(item).get("mended")
    if not value:
        return {}
    return {int(line): row for line, row in json.loads(workspace.read(Kind.UPLOAD, value)).items()}


def recalled(
    data: bytes, table: Table, workspace: Workspace, first: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Repeat the choices made for an earlier file of the same shape, if there are any.

    Both readings are kept: Undo returns to the one without choices.

    Returns
    -------
    dict or None
        The job's result; None if there is nothing to repeat.
    """
    earlier = next(decided(workspace, shape=str(first["shape"])), None)
    if earlier is None:
        return None
    item, recipe = earlier
    workspace.progress(f"Repeating your choices for {item.name}", 0.5)
    try:
        again = read(data, table.name, recipe, workspace)
    except SegmentationError as error:
        said = f"The choices made for “{item.name}” were not repeated. {error}"
        return keep_table(table, workspace, {**first, "said": said})
    plain = keep_table(table, workspace, first)
    made = {"parent": plain["dataset"], "because": "memory", "said": REPEATED.format(item.name)}
    return keep_table(again, workspace, {**first, **made})


def known_layout(
    data: bytes, request: Mapping[str, Any], workspace: Workspace
) -> dict[str, Any] | None:
    """Read a file that cannot be read by itself with the layout of a similar earlier one.

    Returns
    -------
    dict or None
        The job's result; None if no earlier file had the same columns.
    """
    for item, recipe in islice(decided(workspace), LAYOUTS_TRIED):
        if not recipe.get("chosen"):
            continue
        try:
            table = read(data, request["name"], recipe, workspace, chosen=recipe["chosen"])
        except SegmentationError:
            continue
        if shape_of(table) == item.info.get("shape"):
            story = {"upload": request["upload"], "shape": shape_of(table)}
            return keep_table(table, workspace, story | {"said": REPEATED.format(item.name)})
    return None


def decided(
    workspace: Workspace, shape: str | None = None
) -> Iterator[tuple[Item, dict[str, Any]]]:
    """Return the data sets with choices of a user, newest first, each with its recipe."""
    for item in workspace.items(Kind.DATASET):
        if item.info.get("decided") and shape in {None, item.info.get("shape")}:
            try:
                table = Table.from_bytes(workspace.read(Kind.DATASET, item.id))
            except SessionExpiredError:
                continue
            yield item, table.recipe


def make_sample(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Make a table of sample customers (job ``sample``)."""
    from segmentation import sample_customers

    workspace.progress("Making customers", 0.2)
    frame = sample_customers(request["rows"], request["seed"])
    return keep_table(Table.from_frame(frame, name="Sample customers"), workspace, {})


def change_columns(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Change the descriptions of a table's columns (job ``columns``)."""
    before = workspace.item(Kind.DATASET, request["dataset"])
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    made = {"parent": request["dataset"], "because": "columns"}
    return keep_table(table.with_columns(request["changes"]), workspace, inherited(before) | made)


def inherited(item: Item | None) -> dict[str, Any]:
    """Return the info that a data set passes on to those made from it."""
    info = {} if item is None else item.info
    return {key: info[key] for key in INHERITED if info.get(key)}


def shape_of(table: Table) -> str:
    """Return a short hash of a table's column names, equal for files of the same shape.

    Examples
    --------
    >>> import pandas as pd
    >>> may = Table.from_frame(pd.DataFrame({"id": [1, 2], "spend": [3, 4]}), "may.csv")
    >>> june = Table.from_frame(pd.DataFrame({"id": [5, 6], "spend": [7, 8]}), "june.csv")
    >>> shape_of(may) == shape_of(june)
    True
    """
    return content_id(json.dumps([column.name for column in table.columns]).encode())


def keep_table(table: Table, workspace: Workspace, story: Mapping[str, Any]) -> dict[str, Any]:
    """Store a table under its content id and record it, with its origin, in the ledger."""
    dataset_id = workspace.write(Kind.DATASET, table.to_bytes())
    info = {
        "rows": table.customers,
        "rows_held": len(table.frame),
        "rejects": len(table.rejects),
        "columns": len(table.columns),
        "decided": any(table.recipe.get(key) for key in CHOSEN),
        **story,
    }
    known = workspace.item(Kind.DATASET, dataset_id)
    if known is not None:
        # Changing something and changing it back leads to the first data set: keep its own past, so
        # that Undo never goes in circles.
        info |= {key: known.info.get(key) for key in ("parent", "because", "said")}
    before = [(Kind.DATASET, story["parent"])] if story.get("parent") else []
    workspace.add_item(Kind.DATASET, dataset_id, table.name, info, made_from=before)
    return {"dataset": dataset_id}
