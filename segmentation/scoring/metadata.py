"""The plain part of a model: everything that JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from segmentation.cluster.selection.evidence import KEvidence, Verdict
from segmentation.scoring.answers import ModelColumn
from segmentation.segments.segment import Importance, Lineage, Profile, Segment


@dataclass(frozen=True)
class Story:
    """The plain part of a model: what it says, and how it came about.

    Attributes
    ----------
    segments
        In display order; label i means ``segments[i]``.
    everybody
        Profile of all customers used.
    importance
        Columns by how well the segments tell their values, largest first.
    verdict, evidence
        What speaks for this number of segments.
    columns
        Basis and descriptor columns, as a form needs them.
    lineage
        Where each segment comes from; empty without an earlier model.
    algorithm, parameters, seed
        How it was fitted.
    n_rows, n_used
        Rows of the table, and rows used: the others missed more than half of the columns.
    created
        UTC, ISO 8601.
    versions
        Of the library and what it rests on.
    explained_variance
        Shares of the three principal components.
    inertia
        Sum of squared distances to the centers.
    seconds
        Wall time of each stage of fitting.
    monetary, identifier
        Names of the columns that hold amounts and ids, ``None`` where there is none.
    anonymous
        Whether it tells of no single customer any more; see `segmentation.scoring.anonymize`.
    """

    segments: tuple[Segment, ...]
    everybody: Profile
    importance: tuple[Importance, ...]
    verdict: Verdict
    evidence: tuple[KEvidence, ...]
    columns: tuple[ModelColumn, ...]
    lineage: tuple[Lineage, ...]
    algorithm: str
    parameters: dict[str, Any]
    seed: int
    n_rows: int
    n_used: int
    created: str
    versions: dict[str, str]
    explained_variance: tuple[float, ...]
    inertia: float
    seconds: dict[str, float]
    monetary: str | None
    identifier: str | None
    anonymous: bool = field(default=False, kw_only=True)
