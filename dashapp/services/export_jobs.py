"""The job that writes a large file into the session's storage."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashapp.services.arrow_frames import decode_frame
from dashapp.services.exports import (
    Export,
    What,
    customers_frame,
    rejects_frame,
    scored_frame,
)
from dashapp.services.spreadsheets import csv_chunks, write_xlsx
from dashapp.storage.errors import QuotaExceededError, SessionExpiredError
from dashapp.storage.keys import Kind
from dashapp.storage.scratch_folders import scratch_folder
from segmentation import SegmentModel, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace

# Bytes of a finished workbook to read at a time.
READ_BYTES = 1024 * 1024
# Share of the progress bar for reading.
READ_SHARE = 0.1


def export_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Write a file (jobs ``export`` and ``large_export``).

    Returns
    -------
    dict
        Id of the file, its rows, sheets and bytes.
    """
    export = Export.from_request(request)
    workspace.progress("Reading the data", 0.02)
    frame = read_frame(export, workspace)

    def tell(share: float) -> None:
        workspace.progress("Writing the file", READ_SHARE + (1 - READ_SHARE) * share)

    if export.kind == "csv":
        sheets = 1
        file_id, size = workspace.write_stream(Kind.EXPORT, csv_chunks(frame, tell))
    else:
        with scratch_folder(workspace.settings.data_dir) as folder, full_disk_told():
            path, sheets = write_xlsx(frame, folder, tell)
            file_id, size = workspace.write_stream(Kind.EXPORT, pieces_of(path))
    return {"file": file_id, "rows": len(frame), "sheets": sheets, "size": size}


def read_frame(export: Export, workspace: Workspace) -> pd.DataFrame:
    """Return the rows of a file."""
    if export.what is What.SCORED:
        item = workspace.item(Kind.BATCH, export.source)
        if item is None:
            raise SessionExpiredError
        scored = decode_frame(workspace.read(Kind.BATCH, export.source))
        return scored_frame(scored, item, export)
    table = Table.from_bytes(workspace.read(Kind.DATASET, export.source))
    if export.what is What.REJECTS:
        return rejects_frame(table, export)
    model = SegmentModel.from_bytes(workspace.read(Kind.MODEL, export.model))
    scores = decode_frame(workspace.read(Kind.SCORES, export.scores))
    return customers_frame(table, model, scores, export)


def pieces_of(path: Path) -> Iterator[bytes]:
    """Yield a file's content in chunks."""
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Translate a full disk into an error with a sentence for users."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise QuotaExceededError from error
        raise
