"""Training: from a table to a model, step by step, without scikit-learn.

The estimator, the command line and the portal's jobs all come here.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from segmentation.cluster.algorithms import algorithm_named
from segmentation.cluster.choosing import Choice, choose_k
from segmentation.cluster.clustering import Clustering, clustering_of
from segmentation.cluster.encoding import Encoder
from segmentation.cluster.ordering import canonical_order
from segmentation.cluster.projection import Projection
from segmentation.cluster.stability import RESAMPLES, segment_stability
from segmentation.errors import DataError, ParameterError
from segmentation.scoring.boundaries import Boundaries, calibrate, nearness, place
from segmentation.scoring.columns import model_columns
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.examples import example_rows
from segmentation.segments.explanation import Explanation, Identity, display_order, explain
from segmentation.segments.identity import Members, overlap, shared_labels, trace
from segmentation.segments.playbook import Playbook, built_in, load_playbook
from segmentation.segments.rows import TrainingRows, choose_columns, training_rows
from segmentation.segments.segment import Lineage
from segmentation.table.columns import Column, Role
from segmentation.version import __version__

Progress = Callable[[str, float], None]
Matrix = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]

FEWEST_ROWS = 2
# Algorithms other than k-means are slower: their resamples are fewer and smaller.
OTHER_RESAMPLES = 20
OTHER_ROWS = 1_000


@dataclass(frozen=True)
class Settings:
    """What a user can choose; see `segmentation.model.CustomerSegmentation`."""

    n_clusters: str | int = "auto"
    k_range: tuple[int, int] = (2, 10)
    algorithm: str = "kmeans"
    columns: Sequence[str] | None = None
    encoding: str = "auto"
    weights: Mapping[str, float] | None = None
    min_segment_share: float = 0.03
    random_state: int = 42
    n_jobs: int | None = None
    playbook: str | Path | None = None

    def number(self) -> int | None:
        """Return the wanted number of segments, ``None`` for automatic.

        Raises
        ------
        ParameterError
            Neither ``"auto"`` nor a whole number from 1 up.
        """
        if isinstance(self.n_clusters, str):
            if self.n_clusters == "auto":
                return None
        elif _is_whole(self.n_clusters) and self.n_clusters >= 1:
            return int(self.n_clusters)
        raise ParameterError(
            "The number of segments must be “auto” or a whole number from 1 up, "
            f"but is {self.n_clusters!r}."
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and the segment of each row of its table: positions, −1 for unassigned."""

    model: SegmentModel
    labels: Integers


@dataclass
class _Watch:
    """Measures the stages, and passes progress on as a share of the whole."""

    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, words: str, share: float) -> Iterator[None]:
        if self.progress is not None:
            self.progress(words, share)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def within(self, low: float, high: float) -> Progress | None:
        if self.progress is None:
            return None
        progress = self.progress
        return lambda words, share: progress(words, low + (high - low) * min(max(share, 0.0), 1.0))


def train(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    settings: Settings,
    *,
    progress: Progress | None = None,
    previous: SegmentModel | None = None,
) -> Trained:
    """Find segments in a table and explain them.

    Parameters
    ----------
    frame
        (n, …) typed rows.
    columns
        Descriptions of its columns.
    settings
        What the user chose.
    progress
        Told the stage in words and the share done; may raise `CancelledError` to stop.
    previous
        Earlier model whose ids, names and colors matching segments keep.

    Raises
    ------
    DataError
        Nothing to segment: too few rows, no usable column, nothing but missing values.
    ParameterError
        An impossible setting.
    PlaybookError
        The user's playbook is not valid.
    """
    started = time.perf_counter()
    wanted = settings.number()
    if not _is_whole(settings.random_state) or settings.random_state < 0:
        raise ParameterError(
            f"The seed must be a whole number from 0 up, but is {settings.random_state!r}."
        )
    algorithm_named(settings.algorithm)
    playbook = built_in() if settings.playbook is None else load_playbook(settings.playbook)
    watch = _Watch(progress)
    with threadpool_limits(1):  # results must not depend on the number of threads
        with watch.stage("encode", "Preparing the columns", 0.0):
            rows, encoder, X = _encode(frame, columns, settings)
        with watch.stage("choose", "Trying numbers of segments", 0.05):
            choice = _choose(X, encoder, settings, wanted, watch.within(0.05, 0.5))
        with watch.stage("fit", "Finding the segments", 0.5):
            clustering = _cluster(X, choice, settings)
        with watch.stage("explain", "Explaining the segments", 0.6):
            run = _Run(settings, playbook, rows, encoder, X, choice, watch)
            model, used_labels = _explain(run, clustering, len(frame), previous)
    watch.seconds["total"] = time.perf_counter() - started
    model.seconds.update({"read": 0.0} | watch.seconds)
    labels = np.full(len(frame), -1, dtype=np.intp)
    labels[rows.order] = used_labels
    if progress is not None:
        progress("Done", 1.0)
    return Trained(model, labels)


@dataclass(frozen=True, eq=False)
class _Run:
    """What the last stage needs from the earlier ones."""

    settings: Settings
    playbook: Playbook
    rows: TrainingRows
    encoder: Encoder
    X: Matrix
    choice: Choice
    watch: _Watch


def _encode(
    frame: pd.DataFrame, columns: Sequence[Column], settings: Settings
) -> tuple[TrainingRows, Encoder, Matrix]:
    if len(frame) < FEWEST_ROWS:
        raise DataError(
            f"Segments need at least {FEWEST_ROWS} customers, but there is only "
            f"n_samples={len(frame)} in the table."
        )
    rows = training_rows(frame, choose_columns(columns, settings.columns))
    encoder = _encoder(rows, settings)
    usable = encoder.usable(rows.frame)
    if not usable.all():
        if np.count_nonzero(usable) < FEWEST_ROWS:
            raise DataError(
                "Nearly all rows miss more than half of the columns that drive the segments: "
                "choose columns with more values."
            )
        rows = rows.kept(usable)
        encoder = _encoder(rows, settings)
    return rows, encoder, encoder.transform(rows.frame)


def _encoder(rows: TrainingRows, settings: Settings) -> Encoder:
    return Encoder.fit(rows.frame, rows.bases, mode=settings.encoding, weights=settings.weights)


def _choose(
    X: Matrix, encoder: Encoder, settings: Settings, wanted: int | None, progress: Progress | None
) -> Choice:
    distinct = canonical_order(X)[1]
    if wanted is not None and wanted > distinct:
        raise DataError(
            f"{wanted} segments need at least {wanted} different rows, but there are {distinct}: "
            "choose fewer segments or more columns."
        )
    return choose_k(
        X,
        settings.k_range,
        k=wanted,
        algorithm=settings.algorithm,
        min_segment_share=settings.min_segment_share,
        blocks=encoder.blocks,
        seed=settings.random_state,
        n_jobs=settings.n_jobs,
        progress=progress,
    )


def _cluster(X: Matrix, choice: Choice, settings: Settings) -> Clustering:
    algorithm = algorithm_named(settings.algorithm)
    if choice.k == 1 and algorithm.needs_k:
        return clustering_of(X, np.zeros(len(X), dtype=np.intp))
    return algorithm.fit(X, choice.k, settings.random_state, n_jobs=settings.n_jobs)


def _explain(
    run: _Run, clustering: Clustering, n_rows: int, previous: SegmentModel | None
) -> tuple[SegmentModel, Integers]:
    rows, k = run.rows, clustering.k
    monetary = _monetary(rows.columns)
    boundaries = calibrate(run.X, clustering.labels, clustering.centers, clustering.scorer)
    order = display_order(rows.measured, clustering.labels, k, monetary)
    boundaries = boundaries.reordered(order)
    placement = place(run.X, boundaries)
    labels = placement.nearest  # the labels that scoring gives, so that both always agree
    stability = _stability(run, labels, k)
    lineage, identities = _identify(run, labels, k, previous)
    explanation = explain(
        rows.measured,
        labels,
        identities=identities,
        stability=stability,
        examples=example_rows(
            labels, _own_nearness(run.X, labels, boundaries), placement.confidence, rows.order, k
        ),
        playbook=run.playbook,
        monetary=monetary,
    )
    run.watch.within(0.6, 1.0)
    parts = _Parts(explanation, boundaries, lineage, _members(rows, labels), monetary)
    return _model(run, clustering, parts, n_rows), labels


def _own_nearness(X: Matrix, labels: Integers, boundaries: Boundaries) -> npt.NDArray[np.float64]:
    result = np.empty(len(X))
    step = 65_536
    for start in range(0, len(X), step):
        part = nearness(X[start : start + step], boundaries)
        chosen = np.maximum(labels[start : start + step], 0)
        result[start : start + step] = part[chosen, np.arange(part.shape[1])]
    return result


def _stability(run: _Run, labels: Integers, k: int) -> Sequence[float | None]:
    progress = run.watch.within(0.6, 0.95)
    if k == 1:
        return [None]
    if run.settings.algorithm == "kmeans":
        found = segment_stability(
            run.X, labels, B=RESAMPLES, seed=run.settings.random_state, progress=progress
        )
    else:
        algorithm = algorithm_named(run.settings.algorithm)
        step = max(1, len(labels) // OTHER_ROWS)
        found = segment_stability(
            np.ascontiguousarray(run.X[::step]),
            labels[::step],
            lambda points, seed: algorithm.fit(points, k, seed).labels,
            B=OTHER_RESAMPLES,
            seed=run.settings.random_state,
            progress=progress,
        )
    measured: list[float | None] = [float(value) for value in found]
    return measured + [None] * (k - len(measured))


def _identify(
    run: _Run, labels: Integers, k: int, previous: SegmentModel | None
) -> tuple[tuple[Lineage, ...], list[Identity]]:
    if previous is None:
        return (), [Identity(f"s{i + 1}", i) for i in range(k)]
    found = trace(_shared_counts(run, labels, k, previous), [s.id for s in previous.segments])
    old = {segment.id: segment for segment in previous.segments}
    highest = max((int(i[1:]) for i in old if i[1:].isdigit()), default=0)
    kept = {old[one.segment_id].color for one in found if one.segment_id}
    free = (color for color in range(2 * k + len(old)) if color not in kept)
    lineage, identities = [], []
    for one in found:
        if one.segment_id:
            segment = old[one.segment_id]
            identities.append(Identity(segment.id, segment.color, segment.name))
            lineage.append(one)
            continue
        highest += 1
        identities.append(Identity(f"s{highest}", next(free)))
        lineage.append(Lineage(f"s{highest}", one.status, one.previous, one.jaccard))
    return tuple(lineage), identities


def _shared_counts(
    run: _Run, labels: Integers, k: int, previous: SegmentModel
) -> npt.NDArray[np.float64]:
    """Count who is in which old and which new segment.

    By the customers that both tables share; where they share too few, by the segments that
    the earlier model's centers give to the customers of the new table.
    """
    n_old = len(previous.segments)
    shared = shared_labels(previous.members, _members(run.rows, labels))
    if shared is not None:
        return overlap(shared[0], shared[1], n_old, k)
    try:
        ids = previous.assign(run.rows.frame)["segment_id"]
    except DataError:  # another kind of table: nothing continues
        return np.zeros((n_old + 1, k + 1))
    old = pd.Index([segment.id for segment in previous.segments]).get_indexer(pd.Index(ids))
    return overlap(old, labels, n_old, k)


def _members(rows: TrainingRows, labels: Integers) -> Members:
    name = _identifier(rows.columns)
    return Members.sketch(None if name is None else rows.frame[name], labels)


def _monetary(columns: Sequence[Column]) -> str | None:
    return next((c.name for c in columns if c.meaning == "spend" and c.role is Role.NUMERIC), None)


def _identifier(columns: Sequence[Column]) -> str | None:
    ids = [c for c in columns if c.role is Role.IDENTIFIER]
    named = [c for c in ids if c.meaning == "customer_id"] or ids
    return named[0].name if named else None


@dataclass(frozen=True, eq=False)
class _Parts:
    explanation: Explanation
    boundaries: Boundaries
    lineage: tuple[Lineage, ...]
    members: Members
    monetary: str | None


def _model(run: _Run, clustering: Clustering, parts: _Parts, n_rows: int) -> SegmentModel:
    projection = Projection.fit(run.X, run.encoder.feature_names)
    settings = run.settings
    return SegmentModel(
        segments=parts.explanation.segments,
        everybody=parts.explanation.everybody,
        importance=parts.explanation.importance,
        verdict=run.choice.verdict,
        evidence=run.choice.evidence,
        columns=model_columns(run.rows.measured),
        lineage=parts.lineage,
        algorithm=settings.algorithm,
        parameters=_parameters(settings),
        seed=settings.random_state,
        n_rows=n_rows,
        n_used=len(run.X),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=_versions(),
        explained_variance=tuple(projection.explained_variance_ratio.tolist()),
        inertia=clustering.inertia,
        seconds={},
        monetary=parts.monetary,
        identifier=_identifier(run.rows.columns),
        encoder=run.encoder,
        boundaries=parts.boundaries,
        projection=projection,
        members=parts.members,
    )


def _parameters(settings: Settings) -> dict[str, Any]:
    return {
        "n_clusters": settings.n_clusters,
        "k_range": list(settings.k_range),
        "columns": None if settings.columns is None else list(settings.columns),
        "encoding": settings.encoding,
        "weights": None if settings.weights is None else dict(settings.weights),
        "min_segment_share": settings.min_segment_share,
    }


def _versions() -> dict[str, str]:
    return {
        "segmentation": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }
