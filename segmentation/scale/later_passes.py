"""Later passes over the data: k-means steps on encoded points, and segment profiles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.kmeans import Step, step
from segmentation.cluster.algorithms.nearest_center import assign_points
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.encoding.quantiles import Counted
from segmentation.scale.column_plan import ColumnPlan
from segmentation.scale.partitions.part import Part
from segmentation.scale.row_hashes import Places
from segmentation.scale.usable_rows import kept_rows
from segmentation.scoring.boundaries import own_nearness, scatter, uncalibrated
from segmentation.segments.profiles.column_values import Yardsticks, measure
from segmentation.segments.profiles.tallies import Tallies
from segmentation.segments.refit_identity import Members
from segmentation.table.schema.columns import Column, Role
from segmentation.table.values.column_profile import settled

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Reads the points of a part: encoded in the first of these passes, then cached in a file.

    Files are local to the machine of the process that wrote them and only save time: a process
    that finds none (on another machine, or unfinished) encodes the rows again.

    Attributes
    ----------
    plans, bases
        Plans for reading the columns, and columns of which a row needs at least half.
    encoder
        Encodes rows as points.
    folder
        Folder of the cache files.
    """

    plans: tuple[ColumnPlan, ...]
    bases: tuple[str, ...]
    encoder: Encoder
    folder: str

    def of(self, number: int, part: Part, drop: Places, data: Any) -> Iterator[Matrix]:
        """Yield the points of a part in batches of rows."""
        width = len(self.encoder.feature_names)
        file = Path(self.folder) / f"points-{number}"
        if file.exists():
            chunk = max(1, (1 << 22) // width)
            with file.open("rb") as stream:
                while len(values := np.fromfile(stream, np.float32, chunk * width)):
                    yield values.reshape(-1, width)
            return
        Path(self.folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as partial:
            for rows in kept_rows(part, self._needed(), drop, data, self.bases):
                X = self.encoder.transform(rows.frame)
                X.tofile(partial)
                yield X
        Path(partial.name).replace(file)

    def _needed(self) -> tuple[ColumnPlan, ...]:
        needed = {column.name for column in self.encoder.columns}
        return tuple(plan for plan in self.plans if plan.name in needed)


@dataclass(frozen=True)
class LloydPass:
    """One k-means step over a part."""

    points: Points
    centers: Floats

    def __call__(self, number: int, part: Part, drop: Places, data: Any = None) -> Step:
        """Return the sums, sizes and inertia for the rows of the part."""
        total = Step.nothing(*self.centers.shape)
        for X in self.points.of(number, part, drop, data):
            total = total.merged(step(X, self.centers))
        return total


@dataclass(frozen=True, eq=False)
class PartProfile:
    """Statistics of the segments over some rows.

    Attributes
    ----------
    tallies
        Tallies of all used columns.
    nearness
        Closeness of rows to their own segment, by segment.
    scatters
        Sums of squares and products around each center, shape (k, p, p).
    members
        Sketch of the members of each segment.
    """

    tallies: Tallies
    nearness: Counted
    scatters: Floats
    members: Members

    def merged(self, other: PartProfile) -> PartProfile:
        """Return the profile of both parts combined."""
        return PartProfile(
            self.tallies.merged(other.tallies),
            self.nearness.merged(other.nearness),
            self.scatters + other.scatters,
            self.members.merged(other.members),
        )


@dataclass(frozen=True)
class ProfilePass:
    """Profiles the segments in a part.

    Attributes
    ----------
    plans, bases, encoder
        See `Points`.
    centers
        Centers of the segments.
    columns, yardsticks, identifier
        Columns to profile, their scales, and the id column.
    """

    plans: tuple[ColumnPlan, ...]
    bases: tuple[str, ...]
    encoder: Encoder
    centers: Floats
    columns: tuple[Column, ...]
    yardsticks: Yardsticks
    identifier: str | None

    def __call__(
        self, number: int, part: Part, drop: Places, data: Any = None
    ) -> PartProfile | None:
        """Return the profile of the part; None if it has no rows."""
        del number
        plain = uncalibrated(self.centers, {})
        k = len(self.centers)
        total: PartProfile | None = None
        for rows in kept_rows(part, self.plans, drop, data, self.bases):
            X = self.encoder.transform(rows.frame)
            labels = assign_points(X, self.centers, {})
            found = PartProfile(
                Tallies.of(measure(rows.frame, self.columns, self.yardsticks), labels, k),
                Counted.of(own_nearness(X, labels, plain), labels, k),
                np.array([scatter(X[labels == i], self.centers[i]) for i in range(k)]),
                Members.sketch(
                    settled(rows.frame[self.identifier], Role.IDENTIFIER)
                    if self.identifier
                    else None,
                    labels,
                ),
            )
            total = found if total is None else total.merged(found)
        return total
