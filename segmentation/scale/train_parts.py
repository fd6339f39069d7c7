"""Train on data in parts: few passes over all rows, the rest on a uniform sample.

1. One pass finds roles, levels, means and missing values, draws the sample and hashes every row.
   If duplicates or rows with too many missing values are removed, a second pass counts the rest.
2. The number of segments, their stability, the verdict, rules and the map come from the sample,
   by the code for tables in memory.
3. k-means steps over all rows refine the centers until the inertia stops falling.
4. One pass profiles the segments: exact except for quantiles, which are within `QUANTILE_ERROR`.

Data no larger than the sample are trained in memory, so both ways give the same model.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from segmentation.build_model import Found, build_model, stability_of_segments
from segmentation.cluster.algorithms.kmeans import Step, converged
from segmentation.cluster.algorithms.registry import algorithm_named
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.encoding.quantiles import QUANTILE_ERROR
from segmentation.cluster.row_sample import SAMPLE_ROWS
from segmentation.cluster.selection.evidence import Choice, Progress
from segmentation.errors import ParameterError
from segmentation.options import Settings
from segmentation.progress import Stopwatch
from segmentation.scale.column_survey import statistics_of, yardsticks_of
from segmentation.scale.later_passes import LloydPass, PartProfile, Points, ProfilePass
from segmentation.scale.partitions.data_set import DataSet, open_data_set
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.surveying import Changes, Survey, survey
from segmentation.scoring.boundaries import (
    FITS_PERCENTILE,
    Boundaries,
    calibrated,
    place,
    uncalibrated,
)
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.advice.playbook import Playbook, built_in, load_playbook
from segmentation.segments.explanation import display_order
from segmentation.segments.training_rows import TrainingRows, training_rows
from segmentation.table.schema.columns import UNUSABLE_ROLES
from segmentation.training import choose_number, train

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TrainedInParts:
    """A model and the survey of its training data.

    Attributes
    ----------
    model
        The model of all rows.
    survey
        Columns, sample and row counts.
    """

    model: SegmentModel
    survey: Survey


def train_in_parts(
    source: Any,
    settings: Settings,
    workers: Workers,
    *,
    choices: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    previous: SegmentModel | None = None,
    sample_rows: int = SAMPLE_ROWS,
    changes: Changes | None = None,
) -> TrainedInParts:
    """Return a model with explained segments of data larger than memory.

    Parameters
    ----------
    source
        Path of a file or folder, pattern, URL, or Dask DataFrame.
    settings
        The user's settings; the algorithm must be k-means.
    workers
        The processes to run on.
    choices
        Encoding, delimiter, decimal mark and header line of text files.
    progress, previous
        See `segmentation.training.train`.
    sample_rows
        Number of rows in the sample.
    changes
        The user's column changes; see `segmentation.table.column_choices`.

    Raises
    ------
    ReadError
        A file cannot be read or does not fit the others; the message names it.
    DataError, ParameterError, PlaybookError
        See `segmentation.training.train`.
    """
    started = time.perf_counter()
    _check(settings)
    playbook = built_in() if settings.playbook is None else load_playbook(settings.playbook)
    watch = Stopwatch(progress)
    with watch.stage("read", "Reading all rows", 0.0):
        data = open_data_set(source, choices or {}, workers.each)
        share = watch.within(0.0, 0.3)
        known = survey(data, settings, workers, sample_rows, share, changes=changes)
    if known.is_whole:
        trained = train(
            known.frame, known.columns, settings,
            progress=watch.within(0.3, 1.0), previous=previous,
        )  # fmt: skip
        trained.model.seconds.update({"read": watch.seconds["read"]})
        return TrainedInParts(trained.model, known)
    with threadpool_limits(1):
        work = _Work(settings, playbook, workers, data, known, watch)
        model = work.model(previous)
    watch.seconds["total"] = time.perf_counter() - started
    model.seconds.update(watch.seconds)
    if progress is not None:
        progress("Done", 1.0)
    return TrainedInParts(model, known)


def _check(settings: Settings) -> None:
    settings.number()
    settings.seed()
    algorithm_named(settings.algorithm)
    if settings.algorithm != "kmeans":
        raise ParameterError(
            f"Data in parts are segmented with k-means, not with {settings.algorithm}: leave the "
            "algorithm out, or use the memory engine."
        )


@dataclass(frozen=True, eq=False)
class _Work:
    """The steps after the survey."""

    settings: Settings
    playbook: Playbook
    workers: Workers
    data: DataSet
    survey: Survey
    watch: Stopwatch

    def model(self, previous: SegmentModel | None) -> SegmentModel:
        known, settings, watch = self.survey, self.settings, self.watch
        with watch.stage("encode", "Preparing the columns", 0.3):
            encoder = Encoder.from_statistics(
                statistics_of(known.scan, self.data.plans, known.bases),
                known.bases,
                mode=settings.encoding,
                weights=settings.weights,
            )
            yardsticks = yardsticks_of(known.scan, known.columns)
            rows = training_rows(known.frame, known.columns, yardsticks)
            rows = replace(rows, order=known.lines[rows.order].astype(np.intp))
            X = encoder.transform(rows.frame)
        with watch.stage("choose", "Trying numbers of segments", 0.32):
            choice = choose_number(
                X, encoder, settings, watch.within(0.32, 0.5), rows=known.scan.rows
            )
        with watch.stage("fit", "Finding the segments", 0.5):
            start = algorithm_named("kmeans").fit(X, choice.k, settings.random_state).centers
            fit = self._polished(encoder, start)
        with watch.stage("explain", "Explaining the segments", 0.75):
            found = self._found(rows, X, encoder, choice, fit)
            return build_model(found, self.playbook, previous)

    def _each_part(self, function: Any) -> list[Any]:
        """Run a function for every part; results stay on the workers."""
        parts = self.data.parts
        arguments: list[Sequence[Any]] = [range(len(parts)), parts, self.survey.drops]
        if self.data.data:
            arguments.append(self.workers.compute(self.data.data))
        return self.workers.keep(function, *arguments)

    def _polished(self, encoder: Encoder, centers: Floats) -> tuple[Floats, float]:
        """Iterate k-means over all rows until it stops improving."""
        bases = tuple(column.name for column in self.survey.bases)
        points = Points(self.data.plans, bases, encoder, self.workers.new_folder())

        def one_pass(at: Floats, done: int) -> Step:
            share = 0.5 + 0.25 * done / (done + 4)
            steps: Iterator[Step] = self.workers.in_order(
                self._each_part(LloydPass(points, at)),
                self.watch.within(share, share + 0.02),
                f"Finding the segments: pass {done + 1} over all rows",
            )
            return functools.reduce(Step.merged, steps)

        centers, inertia = converged(one_pass, centers)
        return centers[np.lexsort(centers.T[::-1])], inertia

    def _profile(self, rows: TrainingRows, encoder: Encoder, centers: Floats) -> PartProfile:
        used = {c.name for c in rows.columns if c.role not in UNUSABLE_ROLES}
        needed = used | {rows.identifier}
        task = ProfilePass(
            plans=tuple(plan for plan in self.data.plans if plan.name in needed),
            bases=tuple(column.name for column in rows.bases),
            encoder=encoder,
            centers=centers,
            columns=rows.columns,
            yardsticks=yardsticks_of(self.survey.scan, rows.columns),
            identifier=rows.identifier,
        )
        kept = self._each_part(task)
        parts: Iterator[PartProfile | None] = self.workers.in_order(
            kept, self.watch.within(0.75, 0.9), "Profiling the segments"
        )
        return functools.reduce(PartProfile.merged, (one for one in parts if one is not None))

    def _found(
        self,
        rows: TrainingRows,
        X: Matrix,
        encoder: Encoder,
        choice: Choice,
        fit: tuple[Floats, float],
    ) -> Found:
        centers, inertia = fit
        profile = self._profile(rows, encoder, centers)
        summaries = profile.tallies.summaries()
        order = display_order(summaries, rows.monetary)
        boundaries = _boundaries(centers, profile).reordered(order)
        placement = place(X, boundaries)
        return Found(
            settings=self.settings,
            choice=choice,
            encoder=encoder,
            boundaries=boundaries,
            inertia=inertia,
            rows=rows,
            X=X,
            placement=placement,
            stability=stability_of_segments(
                X, placement.nearest, len(centers), self.settings, self.watch.within(0.9, 0.98)
            ),
            summaries=summaries.reordered(order),
            members=profile.members.reordered(order),
            n_rows=self.survey.rows_used,
            n_used=self.survey.scan.rows,
            engine={"engine": "dask", "sample_rows": len(X), "quantile_error": QUANTILE_ERROR},
        )


def _boundaries(centers: Floats, profile: PartProfile) -> Boundaries:
    share = [FITS_PERCENTILE / 100]
    reach = [profile.nearness.quantiles(share, i)[0] for i in range(len(centers))]
    return calibrated(
        uncalibrated(centers, {}), np.nan_to_num(reach), profile.tallies.sizes, profile.scatters
    )
