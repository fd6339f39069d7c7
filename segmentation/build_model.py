"""From what training found to the model: segments explained, named, advised on and drawn."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.algorithms.registry import algorithm_named
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.projection import Projection
from segmentation.cluster.selection.evidence import Choice, Progress
from segmentation.cluster.selection.stability import RESAMPLES, segment_stability
from segmentation.cluster.selection.verdict import with_stability
from segmentation.options import Settings
from segmentation.scoring.boundaries import Boundaries, Placement
from segmentation.scoring.form_columns import model_columns
from segmentation.scoring.lineage import identities
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.advice.playbook import Playbook
from segmentation.segments.explanation import explain
from segmentation.segments.profiles.summaries import Summaries
from segmentation.segments.profiles.typical_customers import example_rows
from segmentation.segments.refit_identity import Members
from segmentation.segments.training_rows import TrainingRows
from segmentation.version import __version__

Matrix = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]

# Algorithms other than k-means are slower: their resamples are fewer and smaller.
OTHER_RESAMPLES = 20
OTHER_ROWS = 1_000


@dataclass(frozen=True, eq=False)
class Found:
    """What a model is made of.

    Attributes
    ----------
    settings, choice, encoder
        What the user chose, the number of segments with its evidence, how rows become points.
    boundaries
        Of the k segments, in the order in which they are shown.
    inertia
        Of all used rows.
    rows, X, placement
        The rows that rules, examples and the map are made from: all that are used, or a uniform
        sample of them.
    stability
        One a segment.
    summaries, members
        Of all used rows.
    n_rows, n_used
        How many rows there are, and how many have enough values to be used.
    engine
        How rows were read where not all were in memory, as plain JSON values.
    """

    settings: Settings
    choice: Choice
    encoder: Encoder
    boundaries: Boundaries
    inertia: float
    rows: TrainingRows
    X: Matrix
    placement: Placement
    stability: Sequence[float | None]
    summaries: Summaries
    members: Members
    n_rows: int
    n_used: int
    engine: Mapping[str, Any] = field(default_factory=dict)


def build_model(found: Found, playbook: Playbook, previous: SegmentModel | None) -> SegmentModel:
    """Explain what was found.

    Parameters
    ----------
    found
        By training.
    playbook
        Archetypes and actions.
    previous
        Earlier model whose ids, names and colors matching segments keep.
    """
    rows, settings, k = found.rows, found.settings, found.summaries.k
    choice = with_stability(found.choice, found.stability, settings.min_segment_share)
    placement, labels = found.placement, found.placement.nearest
    lineage, own = identities(previous, rows.frame, labels, found.members, k)
    explanation = explain(
        found.summaries,
        rows.measured,
        labels,
        identities=own,
        stability=found.stability,
        examples=example_rows(labels, placement.measure, placement.confidence, rows.order, k),
        playbook=playbook,
        monetary=rows.monetary,
    )
    projection = Projection.fit(found.X, found.encoder.feature_names)
    return SegmentModel(
        segments=explanation.segments,
        everybody=explanation.everybody,
        importance=explanation.importance,
        verdict=choice.verdict,
        evidence=choice.evidence,
        columns=model_columns(found.summaries, [c.name for c in rows.columns]),
        lineage=lineage,
        algorithm=settings.algorithm,
        parameters=settings.to_dict() | dict(found.engine),
        seed=settings.random_state,
        n_rows=found.n_rows,
        n_used=found.n_used,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=_versions(),
        explained_variance=tuple(projection.explained_variance_ratio.tolist()),
        inertia=found.inertia,
        seconds={},
        monetary=rows.monetary,
        identifier=rows.identifier,
        encoder=found.encoder,
        boundaries=found.boundaries,
        projection=projection,
        members=found.members,
    )


def stability_of_segments(
    X: Matrix, labels: Integers, k: int, settings: Settings, progress: Progress | None
) -> Sequence[float | None]:
    """Measure how well each segment comes back when the customers are drawn again."""
    if k == 1:
        return [None]
    if settings.algorithm == "kmeans":
        found = segment_stability(
            X,
            labels,
            B=RESAMPLES,
            seed=settings.random_state,
            n_jobs=settings.n_jobs,
            progress=progress,
        )
    else:
        algorithm = algorithm_named(settings.algorithm)
        step = max(1, len(labels) // OTHER_ROWS)
        found = segment_stability(
            np.ascontiguousarray(X[::step]),
            labels[::step],
            lambda points, seed: algorithm.fit(points, k, seed).labels,
            B=OTHER_RESAMPLES,
            seed=settings.random_state,
            progress=progress,
        )
    measured: list[float | None] = [float(value) for value in found]
    return measured + [None] * (k - len(measured))


def _versions() -> dict[str, str]:
    return {
        "segmentation": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }
