"""Apply a model trained on other data to the customers of a data set.

The model keeps what it learned from its own customers; the counts here are of the data set's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashapp.services.train_models import encode_scores, origin_of
from dashapp.storage.keys import Kind
from segmentation import SegmentModel, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace


@dataclass(frozen=True)
class Match:
    """How the columns of a data set match those that a model needs.

    Attributes
    ----------
    needed
        Columns that drive the model's segments.
    missing
        Needed columns that the data set lacks.
    """

    needed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether the model can assign these customers: not if most columns are missing."""
        return 2 * len(self.missing) <= len(self.needed)


def match(model: SegmentModel, table: Table) -> Match:
    """Compare a model's columns with those of a data set."""
    have = set(table.frame.columns)
    return Match(model.bases, tuple(name for name in model.bases if name not in have))


@dataclass(frozen=True)
class Fit:
    """How well a data set's customers fit a model trained on other data.

    Attributes
    ----------
    customers, fitting, unassigned
        All customers, those that fit a segment well, and those in no segment.
    """

    customers: int
    fitting: int
    unassigned: int


def fit_of(model: SegmentModel, scores: pd.DataFrame) -> Fit:
    """Count the customers that fit."""
    known = scores["segment_id"].isin([segment.id for segment in model.segments])
    return Fit(len(scores), int(scores["fits"].sum()), int((~known).sum()))


def counted(model: SegmentModel, scores: pd.DataFrame, table: Table) -> SegmentModel:
    """Return the model with the sizes and shares of the data set's customers.

    Names, traits, profiles and actions stay those of the training data.
    """
    sizes = scores["segment_id"].value_counts()
    amounts = _amounts(model, table)
    total = None if amounts is None else float(amounts.sum())
    ids = scores["segment_id"].to_numpy()
    segments = tuple(
        replace(
            segment,
            size=int(sizes.get(segment.id, 0)),
            share=float(sizes.get(segment.id, 0)) / max(len(scores), 1),
            revenue_share=float(amounts[ids == segment.id].sum()) / total
            if amounts is not None and total
            else None,
        )
        for segment in model.segments
    )
    return replace(model, segments=segments)


def _amounts(model: SegmentModel, table: Table) -> np.ndarray | None:
    """Return each customer's spend; None if unknown or if no shares can be computed."""
    name = model.monetary
    if (
        name is None
        or name not in table.frame
        or not pd.api.types.is_numeric_dtype(table.frame[name].dtype)
    ):
        return None
    values: np.ndarray = table.frame[name].to_numpy(dtype=float, na_value=0.0)
    return values if (values >= 0).all() and values.sum() > 0 else None


def apply_model(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Assign the customers of a data set to the segments of a model (job ``apply``)."""
    workspace.progress("Reading the data", 0.05)
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    model = SegmentModel.from_bytes(workspace.read(Kind.MODEL, request["model"]))
    workspace.progress("Placing each customer", 0.3)
    scores_id = workspace.write(Kind.SCORES, encode_scores(model, table.frame))
    item = workspace.item(Kind.MODEL, request["model"])
    info = {"dataset": request["dataset"], "model": origin_of(request["model"], item)}
    sources = [(kind, request[kind]) for kind in (Kind.DATASET, Kind.MODEL)]
    workspace.add_item(Kind.SCORES, scores_id, table.name, info, made_from=sources)
    return {"dataset": request["dataset"], "model": request["model"]}
