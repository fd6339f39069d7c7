"""Jobs that make data sets: read a file, read it again, make a sample, change columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashapp.services.bounds import reading_limits
from dashapp.session.keys import Kind, content_id
from dashapp.session.store import SessionExpiredError
from segmentation import SegmentationError, Table

if TYPE_CHECKING:
    from dashapp.jobs.progress import Workspace
    from dashapp.session.ledger import Item

# Parts of a recipe that somebody chose; the rest was found.
CHOSEN = ("chosen", "fixes", "columns")


def import_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read an uploaded file into a table, for the first time or again (job ``import``)."""
    from segmentation import read_table

    workspace.progress("Reading the file", 0.05)
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    recipe = request.get("recipe")
    limits = reading_limits(workspace.settings)
    # What somebody chose for this very file must work or be refused; a recipe that comes from
    # another file leaves out what does not suit this one.
    own = {} if recipe is None or request["because"] == "recipe" else recipe.get("chosen", {})
    table = read_table(data, name=request["name"], recipe=recipe, limits=limits, **own)
    workspace.progress("Storing the table", 0.8)
    if recipe is not None:
        before = workspace.item(Kind.DATASET, request["parent"])
        made = {"parent": request["parent"], "because": request["because"]}
        if request["because"] == "recipe":
            made["said"] = "The recipe was applied. Undo takes it back."
        return keep_table(table, workspace, inherited(before) | made)
    first = {"upload": request["upload"], "shape": shape_of(table)}
    return recalled(data, table, workspace, first) or keep_table(table, workspace, first)


def recalled(
    data: bytes, table: Table, workspace: Workspace, first: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Repeat the choices made for an earlier file of the same shape, if there are any.

    Both readings are kept: the plain one is what Undo goes back to.

    Returns
    -------
    dict or None
        The job's result; None where there is nothing to repeat.
    """
    from segmentation import read_table

    earlier = earlier_choices(workspace, str(first["shape"]))
    if earlier is None:
        return None
    item, recipe = earlier
    workspace.progress(f"Repeating your choices for {item.name}", 0.5)
    try:
        again = read_table(
            data, name=table.name, recipe=recipe, limits=reading_limits(workspace.settings)
        )
    except SegmentationError as error:
        said = f"The choices made for “{item.name}” were not repeated. {error}"
        return keep_table(table, workspace, {**first, "said": said})
    plain = keep_table(table, workspace, first)
    said = f"Your choices for “{item.name}” were repeated, as this file has the same columns."
    made = {"parent": plain["dataset"], "because": "memory", "said": said}
    return keep_table(again, workspace, {**first, **made})


def earlier_choices(workspace: Workspace, shape: str) -> tuple[Item, dict[str, Any]] | None:
    """The newest data set of a shape for which somebody chose something, with its recipe."""
    for item in workspace.items(Kind.DATASET):
        if item.info.get("shape") == shape and item.info.get("decided"):
            try:
                table = Table.from_bytes(workspace.read(Kind.DATASET, item.id))
            except SessionExpiredError:
                continue
            return item, table.recipe
    return None


def make_sample(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Make a table of sample customers (job ``sample``)."""
    from segmentation import sample_customers

    workspace.progress("Making customers", 0.2)
    frame = sample_customers(request["rows"], request["seed"])
    return keep_table(Table.from_frame(frame, name="Sample customers"), workspace, {})


def change_columns(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Describe the columns of a table differently (job ``columns``)."""
    before = workspace.item(Kind.DATASET, request["dataset"])
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    made = {"parent": request["dataset"], "because": "columns"}
    return keep_table(table.with_columns(request["changes"]), workspace, inherited(before) | made)


def inherited(item: Item | None) -> dict[str, Any]:
    """What a data set passes on to those that are made from it."""
    info = {} if item is None else item.info
    return {key: info[key] for key in ("upload", "shape") if info.get(key)}


def shape_of(table: Table) -> str:
    """A short mark of a table's column names, equal for files of the same shape.

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
    """Store a table under its content id and note it, with where it came from, in the ledger."""
    dataset_id = workspace.write(Kind.DATASET, table.to_bytes())
    info = {
        "rows": table.rows_used,
        "columns": len(table.columns),
        "decided": any(table.recipe.get(key) for key in CHOSEN),
        **story,
    }
    known = workspace.item(Kind.DATASET, dataset_id)
    if known is not None:
        # Who changes something and changes it back is where they were: its own past stays, so
        # that Undo never goes round in circles.
        info |= {key: known.info.get(key) for key in ("parent", "because", "said")}
    workspace.add_item(Kind.DATASET, dataset_id, table.name, info)
    return {"dataset": dataset_id}
