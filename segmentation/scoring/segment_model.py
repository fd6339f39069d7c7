"""The model: everything that was learned, immutable, enough to score and to explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.column_encoding import EncodedColumn
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.projection import Projection
from segmentation.errors import ModelFileError, ParameterError
from segmentation.scoring.anonymize import without_customers
from segmentation.scoring.answers import Assignment, Change
from segmentation.scoring.artifact import MAX_MODEL_FILE, pack, unpack
from segmentation.scoring.assign import assign_frame, score_record, with_all_columns
from segmentation.scoring.boundaries import Boundaries
from segmentation.scoring.check_model import check_model
from segmentation.scoring.metadata import Story
from segmentation.scoring.stored_profiles import (
    NUMBERS,
    profile_arrays,
    with_numbers,
    without_numbers,
)
from segmentation.scoring.typed_json import from_json, to_json
from segmentation.scoring.whatif import smallest_changes
from segmentation.segments.naming.segment_names import LONGEST as LONGEST_NAME
from segmentation.segments.profiles.comparison import Difference, compare_segments
from segmentation.segments.refit_identity import Members
from segmentation.segments.segment import UNASSIGNED, Segment

if TYPE_CHECKING:
    from segmentation.table.table import Table

Floats = npt.NDArray[np.float64]

SCORER = "scorer_"  # begins the names of the algorithm's own arrays in the file


@dataclass(frozen=True, eq=False)
class SegmentModel(Story):
    """Segments learned from a table, ready to score, to explain and to save.

    Holds numbers and words; its file tells of no customer. Needs numpy and pandas only.

    Attributes
    ----------
    encoder
        Turns rows into points.
    boundaries
        Centers and the scales that make distances readable.
    projection
        The flat picture of the points.
    members
        A sketch of who was in which segment, for matching a later model; never in a file that
        leaves the customers.
    """

    encoder: Encoder
    boundaries: Boundaries = field(repr=False)
    projection: Projection = field(repr=False)
    members: Members = field(repr=False)

    @property
    def centers(self) -> Floats:
        """(k, p) float64: the centers in the encoder's space."""
        return self.boundaries.centers

    @property
    def bases(self) -> tuple[str, ...]:
        """Names of the columns that drive the segments."""
        return tuple(column.name for column in self.encoder.columns)

    @cached_property
    def _by_id(self) -> dict[str, Segment]:
        return {segment.id: segment for segment in self.segments}

    def segment(self, segment_id: str) -> Segment:
        """Return a segment by its id.

        Raises
        ------
        ParameterError
            There is none.
        """
        if segment_id not in self._by_id:
            raise ParameterError(f"There is no segment “{segment_id}” in this model.")
        return self._by_id[segment_id]

    def assign(self, data: pd.DataFrame | Table) -> pd.DataFrame:
        """Give every row its segment.

        Parameters
        ----------
        data
            (n, …) rows with the columns of the training table, in any order. Absent columns
            count as missing values.

        Returns
        -------
        DataFrame
            Same index as ``data``; ``segment_id, segment, runner_up, confidence, fits,
            problems``. A row's answer depends on that row alone, to the last bit.

        Raises
        ------
        DataError
            More than half of the basis columns are absent.
        """
        frame = data if isinstance(data, pd.DataFrame) else data.frame
        return assign_frame(frame, self.encoder, self.boundaries, self.segments)

    def score(self, record: Mapping[str, Any]) -> Assignment:
        """Give one customer a segment and say why; agrees with `assign` to the last bit.

        Parameters
        ----------
        record
            Column name → value; a column that is not there counts as missing.
        """
        return score_record(record, self.encoder, self.boundaries, self.segments)

    def whatif(self, record: Mapping[str, Any]) -> tuple[Change, ...]:
        """Find for each column the smallest change that alone leads to another segment."""
        return smallest_changes(record, self.encoder, self.boundaries, self.segments, self.columns)

    def project(self, data: pd.DataFrame | Table) -> Floats:
        """Place rows on the map.

        Returns
        -------
        ndarray of shape (n, 3)
            Coordinates on the three principal components.
        """
        frame = data if isinstance(data, pd.DataFrame) else data.frame
        used = with_all_columns(frame, self.encoder)
        return self.projection.transform(self.encoder.transform(used))

    def compare(self, segment_ids: Sequence[str]) -> tuple[Difference, ...]:
        """Line up segments on every column, the largest differences first.

        Raises
        ------
        ParameterError
            No segment is named, or one that does not exist.
        """
        if not segment_ids:
            raise ParameterError("Choose at least one segment to compare.")
        return compare_segments([self.segment(i) for i in segment_ids], self.everybody)

    def rename(self, segment_id: str, name: str) -> SegmentModel:
        """Return the same model with another name for one segment.

        Raises
        ------
        ParameterError
            No such segment, or a name that is empty, too long, or taken.
        """
        self.segment(segment_id)
        cleaned = " ".join(name.split())
        if not 1 <= len(cleaned) <= LONGEST_NAME or not cleaned.isprintable():
            raise ParameterError(f"A segment's name has 1 to {LONGEST_NAME} characters.")
        taken = {s.name.casefold() for s in self.segments if s.id != segment_id}
        if cleaned.casefold() in taken | {UNASSIGNED.casefold()}:
            raise ParameterError(f"There is already a segment called “{cleaned}”: choose another.")
        renamed = tuple(
            replace(s, name=cleaned, named_by_user=True) if s.id == segment_id else s
            for s in self.segments
        )
        return replace(self, segments=renamed)

    def with_reading_time(self, seconds: float) -> SegmentModel:
        """Return the same model with the time that reading the file took."""
        total = self.seconds.get("total", 0.0) + seconds
        return replace(self, seconds={**self.seconds, "read": seconds, "total": total})

    def describe(self) -> dict[str, Any]:
        """Return what ``segmentation describe --json`` prints, as plain JSON values."""
        story: dict[str, Any] = to_json({f.name: getattr(self, f.name) for f in fields(Story)})
        return story | {"k": len(self.segments), "bases": list(self.bases)}

    def without_customers(self) -> SegmentModel:
        """Return the model without what it tells of single customers.

        See `segmentation.scoring.anonymize`.
        """
        return without_customers(self)

    def to_bytes(self, *, customers: bool = False) -> bytes:
        """Return the model file's bytes; the same model gives the same bytes.

        Parameters
        ----------
        customers
            Keep what the model tells of single customers: only for a place where the customers
            are as well.

        Raises
        ------
        ModelFileError
            The model is larger than models may be.
        """
        model = self if customers else self.without_customers()
        check_model(model)
        return _pack(model)

    @classmethod
    def from_bytes(cls, data: bytes) -> SegmentModel:
        """Read a model file's bytes.

        Raises
        ------
        ModelFileError
            Not a model file, damaged, too large, or written by a newer program.
        """
        document, arrays = unpack(data)
        try:
            model = _build(document, arrays)
            check_model(model)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise ModelFileError("The model file is damaged: a part is missing.") from error
        return model

    def save(self, path: str | Path, *, customers: bool = False) -> None:
        """Write the model file, complete or not at all; see `to_bytes`."""
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(self.to_bytes(customers=customers))
        partial.replace(target)

    @classmethod
    def load(cls, path: str | Path) -> SegmentModel:
        """Read a model file.

        Raises
        ------
        ModelFileError
            There is none at this path, or see `from_bytes`.
        """
        source = Path(path)
        try:
            with source.open("rb") as stream:
                data = stream.read(MAX_MODEL_FILE + 1)
        except FileNotFoundError as error:
            raise ModelFileError(f"There is no model file at {source}.") from error
        except IsADirectoryError as error:
            raise ModelFileError(f"{source} is a folder. Choose a model file in it.") from error
        except OSError as error:
            raise ModelFileError(f"The model file {source} cannot be read.") from error
        return cls.from_bytes(data)


def _pack(model: SegmentModel) -> bytes:
    bare = replace(
        model,
        everybody=without_numbers(model.everybody),
        segments=tuple(replace(s, profile=without_numbers(s.profile)) for s in model.segments),
    )
    document = {
        "story": to_json({f.name: getattr(bare, f.name) for f in fields(Story)}),
        "encoder": to_json(model.encoder.to_dict()),
        "features": list(model.projection.feature_names),
    }
    arrays = {
        "centers": model.boundaries.centers,
        "reach": model.boundaries.reach,
        "spread": model.boundaries.spread,
        "projection_mean": model.projection.mean,
        "projection_components": model.projection.components,
        "projection_ratio": model.projection.explained_variance_ratio,
        "member_hashes": model.members.hashes,
        "member_labels": model.members.labels,
    }
    arrays |= profile_arrays(
        [model.everybody, *(segment.profile for segment in model.segments)], model.columns
    )
    arrays |= {SCORER + name: values for name, values in model.boundaries.scorer.items()}
    return pack(document, arrays)


def _build(document: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> SegmentModel:
    story = from_json(Story, document["story"], "story")
    # Before format 2 profiles were JSON as well.
    if NUMBERS in arrays:
        bare = [story.everybody, *(segment.profile for segment in story.segments)]
        everybody, *profiles = with_numbers(bare, story.columns, arrays)
        segments = zip(story.segments, profiles, strict=True)
        story = replace(
            story,
            everybody=everybody,
            segments=tuple(replace(one, profile=profile) for one, profile in segments),
        )
    encoder = document["encoder"]
    return SegmentModel(
        **{f.name: getattr(story, f.name) for f in fields(Story)},
        encoder=Encoder(
            from_json(tuple[EncodedColumn, ...], encoder["columns"], "encoder.columns"),
            from_json(str, encoder["mode"], "encoder.mode"),
        ),
        boundaries=Boundaries(
            arrays["centers"],
            arrays["reach"],
            arrays["spread"],
            {
                name.removeprefix(SCORER): values
                for name, values in arrays.items()
                if name.startswith(SCORER)
            },
        ),
        projection=Projection(
            arrays["projection_mean"],
            arrays["projection_components"],
            arrays["projection_ratio"],
            from_json(tuple[str, ...], document["features"], "features"),
        ),
        members=Members(arrays["member_hashes"], arrays["member_labels"]),
    )
