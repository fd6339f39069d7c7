"""Train a model on a data set as a job, and read finished models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashapp.jobs.queue import Job
from dashapp.ledger.ledger import Item
from dashapp.ledger.lending import MARKS, marks
from dashapp.services.arrow_frames import decode_frame, encode_frame
from dashapp.services.large.large_sets import train_large
from dashapp.services.repository import Memory
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.store import SessionExpiredError
from segmentation import SegmentModel, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace

# Share of the progress bar for fitting; the rest is scoring and storing.
FIT_SHARE = 0.85


class Training:
    """Models for pages.

    Parameters
    ----------
    memory
        The server's storage of each session.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def start(
        self,
        session: str,
        dataset_id: str,
        options: Mapping[str, Any],
        previous: str | None = None,
    ) -> Job:
        """Find segments in a separate process.

        Parameters
        ----------
        options
            Constructor arguments of :class:`segmentation.CustomerSegmentation`.
        previous
            Id of the model whose names, ids and colors to keep.
        """
        self._memory.item(session, Kind.DATASET, dataset_id)
        if previous is not None:
            self.item(session, previous)
        request = {"dataset": dataset_id, "options": dict(options), "previous": previous}
        return self._memory.jobs.submit(session, "train", request)

    def item(self, session: str, model_id: str) -> Item:
        """Return the ledger record of a model.

        Raises
        ------
        SessionExpiredError
            If this session has no such model.
        """
        return self._memory.item(session, Kind.MODEL, model_id)

    def latest(self, session: str, dataset_id: str | None = None) -> Item | None:
        """Return the newest model of a session, optionally of one data set."""
        wanted = {} if dataset_id is None else {"dataset": dataset_id}
        return self._memory.newest(session, Kind.MODEL, **wanted)

    def model(self, session: str, model_id: str) -> SegmentModel:
        """Return the model itself."""
        self.item(session, model_id)
        return self._memory.value(Key(session, Kind.MODEL, model_id), SegmentModel.from_bytes)

    def others(self, session: str, dataset_id: str | None) -> tuple[Item, ...]:
        """Return a session's models of other data sets or from files, newest first.

        A renamed model replaces its predecessors, which differ only in names.
        """
        newest: dict[str, Item] = {}
        for item in self._memory.items(session, Kind.MODEL):
            if item.info["dataset"] != dataset_id:
                newest.setdefault(origin_of(item.id, item), item)
        return tuple(newest.values())

    def start_applying(self, session: str, model_id: str, dataset_id: str) -> Job:
        """Assign the customers of a data set to the segments of a model trained on other data."""
        self.item(session, model_id)
        self._memory.item(session, Kind.DATASET, dataset_id)
        request = {"model": model_id, "dataset": dataset_id}
        return self._memory.jobs.submit(session, "apply", request)

    def has_scores(self, session: str, model_id: str, dataset_id: str | None) -> bool:
        """Whether each customer of a data set has a segment: found here, or applied."""
        return self._scores_id(session, model_id, dataset_id) is not None

    def scores(self, session: str, model_id: str, dataset_id: str | None) -> pd.DataFrame:
        """Return segment, confidence and map coordinates of each customer of a data set.

        Returns
        -------
        pandas.DataFrame
            One row per row of the data set: ``segment_id, runner_up_id, confidence, fits,
            problems, x, y, z``. Names come from the model, because users rename segments.

        Raises
        ------
        SessionExpiredError
            If the model was neither trained on this data set nor applied to it.
        """
        scores_id = self.scores_id(session, model_id, dataset_id)
        return self._memory.value(Key(session, Kind.SCORES, scores_id), decode_frame)

    def scores_id(self, session: str, model_id: str, dataset_id: str | None) -> str:
        """Return the id of those scores; raises the same errors as :meth:`scores`."""
        scores_id = self._scores_id(session, model_id, dataset_id)
        if scores_id is None:
            raise SessionExpiredError("These customers have not been placed by this model.")
        return scores_id

    def _scores_id(self, session: str, model_id: str, dataset_id: str | None) -> str | None:
        if dataset_id is None:
            return None
        item = self.item(session, model_id)
        if item.info["dataset"] == dataset_id:
            return str(item.info["scores"])
        asked = {"model": origin_of(model_id, item), "dataset": dataset_id}
        applied = self._memory.newest(session, Kind.SCORES, **asked)
        return None if applied is None else applied.id

    def rename(self, session: str, model_id: str, segment_id: str, name: str) -> str:
        """Rename a segment and return the id of the renamed model.

        Models never change: the new name makes a new model with the same scores, whose names are
        read from the model on screen and in exports.
        """
        item = self.item(session, model_id)
        renamed = self.model(session, model_id).rename(segment_id, name)
        data = renamed.to_bytes(customers=True)
        renamed_id = content_id(data)
        self._memory.store.put(Key(session, Kind.MODEL, renamed_id), data)
        ledger = self._memory.ledger
        info = {name: value for name, value in item.info.items() if name not in MARKS}
        info |= marks(ledger, session, (Kind.MODEL, renamed_id), [(Kind.MODEL, model_id)])
        info["origin"] = origin_of(model_id, item)
        ledger.add_item(session, Kind.MODEL, renamed_id, item.name, info)
        return renamed_id

    def keep_new_names(
        self, session: str, model_id: str, *, started: Mapping[str, Any] | None, shown: str | None
    ) -> str:
        """Give a new model the names that were typed while it was trained.

        Parameters
        ----------
        started
            The model that its training started from, from :func:`starting_point`; None if there
            was none.
        shown
            The model on screen now: the same one, perhaps with other names.

        Returns
        -------
        str
            Id of the model with those names; a model that has left the session adds none.
        """
        if started is None or shown is None:
            return model_id
        item = self._memory.find(session, Kind.MODEL, shown)
        if item is None or origin_of(shown, item) != started["origin"]:
            return model_id
        try:
            after, found = (names_of(self.model(session, each)) for each in (shown, model_id))
        except SessionExpiredError:
            return model_id
        before = started["names"]
        for segment_id, name in after.items():
            if found.get(segment_id) == before[segment_id] != name and name not in found.values():
                model_id = self.rename(session, model_id, segment_id, name)
                found[segment_id] = name
        return model_id

    def start_loading(self, session: str, upload_id: str, name: str) -> Job:
        """Read an uploaded model file in a separate process."""
        return self._memory.jobs.submit(session, "load_model", {"upload": upload_id, "name": name})


def origin_of(model_id: str, item: Item | None) -> str:
    """Return the model that this one renames; both assign every customer alike."""
    return model_id if item is None else str(item.info.get("origin", model_id))


def names_of(model: SegmentModel) -> dict[str, str]:
    """Return the name of each segment by id."""
    return {segment.id: segment.name for segment in model.segments}


def starting_point(
    workspace: Workspace, model_id: str | None
) -> tuple[SegmentModel | None, dict[str, Any] | None]:
    """Return the model that a training starts from, and its names at that time.

    A model that left the session between the click and the training counts as none. The names are
    stored with the result, because the model may be gone when the training ends.
    """
    if model_id is None:
        return None, None
    try:
        model = SegmentModel.from_bytes(workspace.read(Kind.MODEL, model_id))
    except SessionExpiredError:
        return None, None
    origin = origin_of(model_id, workspace.item(Kind.MODEL, model_id))
    return model, {"origin": origin, "names": names_of(model)}


def load_model(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Load an uploaded model file (job ``load_model``).

    The file is checked completely and written anew: web workers read only that version.

    Raises
    ------
    segmentation.ModelFileError
        If the file is damaged, too large or of a newer version.
    """
    workspace.progress("Reading the model", 0.1)
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    model = SegmentModel.from_bytes(data)
    workspace.progress("Storing the model", 0.8)
    model_id = workspace.write(Kind.MODEL, model.to_bytes())
    info = {"dataset": None, "scores": None, "segments": len(model.segments)}
    workspace.add_item(Kind.MODEL, model_id, request["name"], info)
    return {"model": model_id}


def train(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Train a model on a data set of the session (job ``train``)."""
    from segmentation import CustomerSegmentation

    workspace.progress("Reading the data", 0.01)
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    previous, started = starting_point(workspace, request["previous"])

    def progress(stage: str, fraction: float) -> None:
        workspace.progress(stage, 0.01 + FIT_SHARE * fraction)

    options = request["options"]
    if "k_range" in options:
        options = {**options, "k_range": tuple(options["k_range"])}
    model: SegmentModel
    if table.population is not None:
        model = train_large(table, options, previous, workspace, request)
    else:
        estimator = CustomerSegmentation(**options)
        model = estimator.fit(table, progress=progress, previous=previous).model_
    workspace.progress("Placing each customer", 0.9)
    scores_id = workspace.write(Kind.SCORES, encode_scores(model, table.frame))
    model_id = workspace.write(Kind.MODEL, model.to_bytes(customers=True))
    info = {
        "dataset": request["dataset"],
        "scores": scores_id,
        "segments": len(model.segments),
        "grade": model.verdict.grade,
    }
    source = (Kind.DATASET, request["dataset"])
    workspace.add_item(Kind.MODEL, model_id, table.name, info, made_from=[source])
    return {"dataset": request["dataset"], "model": model_id, "started": started}


def encode_scores(model: SegmentModel, frame: pd.DataFrame) -> bytes:
    """Score every row, compute its map coordinates, and return them as bytes."""
    assigned = model.assign(frame).reset_index(drop=True)
    ids = {segment.name: segment.id for segment in model.segments}
    place = model.project(frame).astype("float32")
    scores = pd.DataFrame(
        {
            "segment_id": assigned["segment_id"],
            "runner_up_id": assigned["runner_up"].map(ids),
            "confidence": assigned["confidence"],
            "fits": assigned["fits"],
            "problems": assigned["problems"],
            "x": place[:, 0],
            "y": place[:, 1],
            "z": place[:, 2],
        }
    )
    return encode_frame(scores)
