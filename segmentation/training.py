"""Training: from a table to a model, step by step, without scikit-learn.

The estimator, the command line and the portal's jobs all come here.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from segmentation.build_model import Found, build_model, stability_of_segments
from segmentation.cluster.algorithms.clustering import Clustering, clustering_of
from segmentation.cluster.algorithms.kmeans import refined
from segmentation.cluster.algorithms.registry import algorithm_named
from segmentation.cluster.algorithms.row_order import canonical_order
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.row_sample import SAMPLE_ROWS, sampled
from segmentation.cluster.selection.choose_k import choose_k
from segmentation.cluster.selection.evidence import Choice, Progress
from segmentation.cluster.selection.verdict_text import conclusion
from segmentation.errors import DataError
from segmentation.options import Settings
from segmentation.progress import Stopwatch
from segmentation.scoring.boundaries import calibrate, place
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.advice.playbook import built_in, load_playbook
from segmentation.segments.explanation import display_order
from segmentation.segments.profiles.summaries import summarize
from segmentation.segments.training_rows import TrainingRows, choose_columns, training_rows
from segmentation.table.schema.columns import Column

Matrix = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]

FEWEST_ROWS = 2


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and the segment of each row of its table: positions, −1 for unassigned."""

    model: SegmentModel
    labels: Integers


def train(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    settings: Settings,
    *,
    progress: Progress | None = None,
    previous: SegmentModel | None = None,
    sample_rows: int = SAMPLE_ROWS,
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
    sample_rows
        Of more rows than these the number of segments, their start and their stability come
        from a sample of so many, which data in parts are sampled to as well.

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
    settings.number()
    settings.seed()
    algorithm_named(settings.algorithm)
    playbook = built_in() if settings.playbook is None else load_playbook(settings.playbook)
    watch = Stopwatch(progress)
    with threadpool_limits(1):  # results must not depend on the number of threads
        with watch.stage("encode", "Preparing the columns", 0.0):
            rows, encoder, X = _encode(frame, columns, settings, sample_rows)
            sample = sampled(rows.frame, sample_rows, settings.random_state)
            some = X if sample is None else X[sample]
        with watch.stage("choose", "Trying numbers of segments", 0.05):
            choice = choose_number(some, encoder, settings, watch.within(0.05, 0.5), rows=len(X))
        with watch.stage("fit", "Finding the segments", 0.5):
            clustering = _cluster(X, some, choice, settings)
            choice = _as_found(choice, clustering.k)
        with watch.stage("explain", "Explaining the segments", 0.6):
            run = _Run(settings, rows, encoder, X, sample, choice, watch)
            found = _found(run, clustering, len(frame))
            model = build_model(found, playbook, previous)
    watch.seconds["total"] = time.perf_counter() - started
    model.seconds.update({"read": 0.0} | watch.seconds)
    labels = np.full(len(frame), -1, dtype=np.intp)
    labels[rows.order] = found.placement.nearest
    if progress is not None:
        progress("Done", 1.0)
    return Trained(model, labels)


@dataclass(frozen=True, eq=False)
class _Run:
    """What the last stage needs from the earlier ones."""

    settings: Settings
    rows: TrainingRows
    encoder: Encoder
    X: Matrix
    sample: Integers | None
    choice: Choice
    watch: Stopwatch


def _encode(
    frame: pd.DataFrame, columns: Sequence[Column], settings: Settings, sample_rows: int
) -> tuple[TrainingRows, Encoder, Matrix]:
    if len(frame) < FEWEST_ROWS:
        raise DataError(
            f"Segments need at least {FEWEST_ROWS} customers, but the table has only {len(frame)}."
        )
    rows = training_rows(frame, choose_columns(columns, settings.columns))
    encoder = _encoder(rows, settings, sample_rows)
    usable = encoder.usable(rows.frame)
    if not usable.all():
        if np.count_nonzero(usable) < FEWEST_ROWS:
            raise DataError(
                "Nearly all rows miss more than half of the columns that drive the segments: "
                "choose columns with more values."
            )
        rows = rows.kept(usable)
        encoder = _encoder(rows, settings, sample_rows)
    return rows, encoder, encoder.transform(rows.frame)


def _encoder(rows: TrainingRows, settings: Settings, sample_rows: int) -> Encoder:
    return Encoder.fit(
        rows.frame,
        rows.bases,
        mode=settings.encoding,
        weights=settings.weights,
        as_part=len(rows.frame) > sample_rows,
    )


def choose_number(
    X: Matrix, encoder: Encoder, settings: Settings, progress: Progress | None, *, rows: int
) -> Choice:
    """Choose the number of segments of some points.

    Parameters
    ----------
    X
        (m, p) all points, or a sample of them.
    encoder, settings, progress
        See `train`.
    rows
        How many points there are, to which inertia is extrapolated.

    Raises
    ------
    DataError
        More segments are wanted than there are different rows.
    """
    distinct = canonical_order(X)[1]
    wanted = settings.number()
    if wanted is not None and wanted > distinct:
        raise DataError(
            f"{wanted} segments need at least {wanted} different rows, but there are {distinct}: "
            "choose fewer segments or more columns."
        )
    choice = choose_k(
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
    if rows == len(X):
        return choice
    evidence = tuple(replace(one, inertia=one.inertia * (rows / len(X))) for one in choice.evidence)
    return replace(choice, evidence=evidence)


def _cluster(X: Matrix, some: Matrix, choice: Choice, settings: Settings) -> Clustering:
    """Find the segments; k-means of many rows starts from those of the sample."""
    algorithm = algorithm_named(settings.algorithm)
    if choice.k == 1 and algorithm.needs_k:
        return clustering_of(X, np.zeros(len(X), dtype=np.intp))
    if settings.algorithm != "kmeans" or len(some) == len(X):
        return algorithm.fit(X, choice.k, settings.random_state, n_jobs=settings.n_jobs)
    start = algorithm.fit(some, choice.k, settings.random_state, n_jobs=settings.n_jobs)
    return refined(X, start.centers, settings.n_jobs)


def _as_found(choice: Choice, k: int) -> Choice:
    """Correct the verdict where an algorithm found another number of segments on all rows."""
    if k == choice.k:
        return choice
    told = choice.verdict
    words = conclusion(told.grade, k, k, choice.evidence)
    found = replace(told, k=k, recommended_k=k, chosen_by="rule", sentence=words)
    return replace(choice, k=k, verdict=found)


def _found(run: _Run, clustering: Clustering, n_rows: int) -> Found:
    """Place all rows among the segments, in the order in which these are shown."""
    rows, k = run.rows, clustering.k
    boundaries = calibrate(run.X, clustering.labels, clustering.centers, clustering.scorer)
    amounts = rows.measured.only({rows.monetary} if rows.monetary else ())
    order = display_order(summarize(amounts, clustering.labels, k), rows.monetary)
    boundaries = boundaries.reordered(order)
    placement = place(run.X, boundaries)
    labels = placement.nearest  # the labels that scoring gives, so that both always agree
    some = slice(None) if run.sample is None else run.sample
    return Found(
        settings=run.settings,
        choice=run.choice,
        encoder=run.encoder,
        boundaries=boundaries,
        inertia=clustering.inertia,
        rows=rows,
        X=run.X,
        placement=placement,
        stability=stability_of_segments(
            run.X[some], labels[some], k, run.settings, run.watch.within(0.6, 0.95)
        ),
        summaries=summarize(rows.measured, labels, k),
        members=rows.members(labels),
        n_rows=n_rows,
        n_used=len(run.X),
    )
