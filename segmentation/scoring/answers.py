"""What scoring takes and gives: form columns, one customer's assignment, one change."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.segments.profiles.column_values import NUMERIC_ROLES

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column that a model knows, with what a form needs to ask for it.

    Attributes
    ----------
    name, role, use, meaning
        As in the training table (``role`` and ``use`` as plain strings).
    minimum, maximum, median
        Of the training values; ``None`` for categories. Dates in days before ``newest``.
    levels
        Known levels of a categorical column; ordinal ones from low to high.
    default
        A sensible value to start from: the median or the most frequent level.
    decimals
        Decimals that the training values need, 0 to 2.
    newest
        ISO date of the newest value of a date column.
    currency
        Sign or code of the currency that the values are in; empty where none is known.
    few
        Levels that stand for single customers; empty once a model has left them.
    """

    name: str
    role: str
    use: str
    meaning: str | None
    minimum: float | None
    maximum: float | None
    median: float | None
    levels: tuple[str, ...]
    default: Value
    decimals: int
    newest: str | None = None
    currency: str = ""
    few: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether it has numbers or dates, not levels."""
        return self.role in NUMERIC_ROLES


@dataclass(frozen=True, slots=True)
class Assignment:
    """One customer's segment and why.

    Attributes
    ----------
    segment_id, segment
        The nearest segment; ``"unassigned"`` where the algorithm calls the customer noise.
    runner_up
        Name of the second nearest segment, ``None`` in a model with one segment.
    confidence
        About 0.5 on the border to the runner-up, near 1 at the segment's centre.
    fits
        Whether the customer lies within the 99th percentile of the segment's own
        distances in training.
    problems
        Sentences: missing values and what stood in, unknown levels, unseen ranges.
    distances
        Distance to each segment's centre in the model's standardised space, by id.
    contributions
        ``(column, log-odds)``, largest magnitude first: positive pulled the customer here,
        negative towards the runner-up.
    """

    segment_id: str
    segment: str
    runner_up: str | None
    confidence: float
    fits: bool
    problems: tuple[str, ...]
    distances: dict[str, float]
    contributions: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change of one column that moves a customer to another segment."""

    column: str
    current: Value
    needed: Value
    segment_id: str
    segment: str
