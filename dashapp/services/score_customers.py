"""Predictions: score one customer at once, or a whole file as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashapp.jobs.queue import Job
from dashapp.ledger.ledger import Item
from dashapp.services.arrow_frames import decode_frame, encode_frame
from dashapp.services.data_import.reading_limits import reading_limits
from dashapp.services.masking import contact_columns
from dashapp.services.repository import Memory
from dashapp.services.train_models import Training
from dashapp.storage.keys import Key, Kind
from segmentation import Assignment, Change, SegmentModel, add_scores

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace


class Scoring:
    """Scoring for the Predict page.

    Parameters
    ----------
    memory
        The server's storage of each session.
    training
        Provides the models.
    """

    def __init__(self, memory: Memory, training: Training) -> None:
        self._memory = memory
        self._training = training

    def score(self, session: str, model_id: str, record: Mapping[str, Any]) -> Assignment:
        """Return the segment of one customer, given as column name → value."""
        return self._training.model(session, model_id).score(record)

    def whatif(self, session: str, model_id: str, record: Mapping[str, Any]) -> tuple[Change, ...]:
        """Return the smallest single changes that move this customer to another segment."""
        return self._training.model(session, model_id).whatif(record)

    def place(self, session: str, model_id: str, record: Mapping[str, Any]) -> np.ndarray:
        """Return the customer's map coordinates: x, y, z."""
        place: np.ndarray = self._training.model(session, model_id).project(
            pd.DataFrame([dict(record)])
        )
        first: np.ndarray = place[0]
        return first

    def start_batch(self, session: str, model_id: str, upload_id: str, name: str) -> Job:
        """Score an uploaded file in a separate process."""
        self._training.item(session, model_id)
        request = {"model": model_id, "upload": upload_id, "name": name}
        return self._memory.jobs.submit(session, "score", request)

    def batch_item(self, session: str, batch_id: str) -> Item:
        """Return the ledger record of a scored file.

        Raises
        ------
        SessionExpiredError
            If this session has no such file.
        """
        return self._memory.item(session, Kind.BATCH, batch_id)

    def batch(self, session: str, batch_id: str) -> pd.DataFrame:
        """Return a scored file: the input's columns, then those of ``assign``."""
        self.batch_item(session, batch_id)
        return self._memory.value(Key(session, Kind.BATCH, batch_id), decode_frame)

    def latest_batch(self, session: str, model_id: str) -> Item | None:
        """Return the newest file scored with a model, or None."""
        return self._memory.newest(session, Kind.BATCH, model=model_id)


def score_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Score every row of an uploaded file (job ``score``)."""
    from segmentation import read_table

    workspace.progress("Reading the file", 0.05)
    model = SegmentModel.from_bytes(workspace.read(Kind.MODEL, request["model"]))
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    # A file to score keeps all rows, including duplicates: one result for each.
    limits = reading_limits(workspace.settings)
    table = read_table(data, name=request["name"], keep_duplicates=True, limits=limits)
    workspace.progress("Assigning segments", 0.4)
    scores = model.assign(table.frame)
    scored, renamed = add_scores(table.frame, scores)
    workspace.progress("Storing the result", 0.85)
    batch_id = workspace.write(Kind.BATCH, encode_frame(scored))
    needed = [column.name for column in model.columns if column.use == "basis"]
    info = {
        "model": request["model"],
        "rows": len(scored),
        "columns": scored.shape[1],
        "set_aside": table.rows_set_aside,
        "duplicates": table.rows_duplicate,
        "missing_columns": [name for name in needed if name not in table.frame.columns],
        "other_columns": [name for name in table.frame.columns if name not in needed],
        "renamed_columns": renamed,
        "contact_columns": [renamed.get(name, name) for name in contact_columns(table)],
    }
    source = (Kind.MODEL, request["model"])
    workspace.add_item(Kind.BATCH, batch_id, request["name"], info, made_from=[source])
    return {"batch": batch_id, "model": request["model"]}
