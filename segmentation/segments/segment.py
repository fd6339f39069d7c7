"""What a segment is: plain, immutable values that every caller reads the same way."""

from __future__ import annotations

from dataclasses import dataclass

UNASSIGNED_ID = "unassigned"
UNASSIGNED = "Unassigned"


@dataclass(frozen=True, slots=True)
class NumericProfile:
    """How one numeric column is distributed among a group of customers.

    Attributes
    ----------
    mean, median, q1, q3, minimum, maximum
        In the column's own units, over the known values; NaN where all are missing.
        Date columns are measured in days before the newest date.
    index
        100 × mean / everybody's mean; ``None`` where a value is negative or everybody's mean is
        next to nothing beside the standard deviation.
    z
        (mean − everybody's mean) / everybody's standard deviation; 0 for a constant column.
    """

    mean: float
    median: float
    q1: float
    q3: float
    minimum: float
    maximum: float
    index: float | None
    z: float


@dataclass(frozen=True, slots=True)
class LevelProfile:
    """How often one level of a categorical column occurs among a group of customers.

    Attributes
    ----------
    level
        The level as it stands in the table.
    share
        Share of the group's known values, 0 to 1.
    lift
        ``share`` divided by everybody's share of the level; 1 means "as everybody".
    """

    level: str
    share: float
    lift: float


@dataclass(frozen=True)
class Profile:
    """A group of customers in original units.

    Attributes
    ----------
    size
        Number of customers.
    share
        Share of all customers, 0 to 1.
    numeric
        Numeric and date columns by name, bases and descriptors alike.
    levels
        Ordinal columns (low to high), nominal and binary columns (most frequent first
        among everybody) by name; every group lists the same levels in the same order.
    """

    size: int
    share: float
    numeric: dict[str, NumericProfile]
    levels: dict[str, tuple[LevelProfile, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence that describes a segment by few conditions.

    Attributes
    ----------
    text
        The conditions in original units.
    coverage
        Share of the segment's customers that meet them, 0 to 1.
    precision
        Share of the customers meeting them that are in the segment, 0 to 1.
    """

    text: str
    coverage: float
    precision: float


@dataclass(frozen=True, slots=True)
class Action:
    """A marketing action with the numbers it rests on."""

    title: str
    detail: str
    because: str


@dataclass(frozen=True, slots=True)
class Importance:
    """How much of the difference between segments a column carries.

    Attributes
    ----------
    column
        Column name.
    value
        0 (no difference between segments) to 1 (the segments fix the column's value).
    measure
        ``"eta squared"`` for numbers and dates, ``"Cramér's V"`` for categories.
    """

    column: str
    value: float
    measure: str


@dataclass(frozen=True)
class Segment:
    """One segment of customers, described, named and ready to act on.

    Attributes
    ----------
    id
        ``"s1"``, ``"s2"``, …; kept across refits.
    name
        Unique among the model's segments; can be changed with ``SegmentModel.rename``.
    color
        Index into a palette, from 0; kept across refits.
    size, share
        Number and share (0 to 1) of the customers used for training.
    revenue_share
        Share of the monetary column's total, ``None`` where there is none.
    stability
        Cluster-wise Jaccard similarity over resamples, 0 to 1 [1]_; ``None`` if not measured.
    stability_label
        ``"highly stable"``, ``"valid"``, ``"a pattern"``, ``"not to be trusted"``,
        ``"dissolved"`` or ``"not measured"``.
    archetype
        Name of the playbook's archetype, ``None`` where no archetype's conditions hold.
    traits
        Up to three short phrases in plain words.
    profile, rules, actions
        The evidence behind the name and what to do about it.
    typical, borderline
        Row positions in the training table: nearest the centre, and least certain.
    named_by_user
        Whether somebody gave the name; such names are kept across refits whatever they say.

    References
    ----------
    .. [1] C. Hennig, "Cluster-wise assessment of cluster stability", Computational
       Statistics & Data Analysis 52 (2007) 258–271.
    """

    id: str
    name: str
    color: int
    size: int
    share: float
    revenue_share: float | None
    stability: float | None
    stability_label: str
    archetype: str | None
    traits: tuple[str, ...]
    profile: Profile
    rules: tuple[Rule, ...]
    actions: tuple[Action, ...]
    typical: tuple[int, ...]
    borderline: tuple[int, ...]
    named_by_user: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a segment of a refit comes from.

    Attributes
    ----------
    segment_id
        The segment in the new model.
    status
        ``"matched"``, ``"new"``, ``"split"`` or ``"merged"``.
    previous
        Ids of the earlier segments it continues or came from.
    jaccard
        Overlap with the first of them, 0 to 1.
    """

    segment_id: str
    status: str
    previous: tuple[str, ...]
    jaccard: float
