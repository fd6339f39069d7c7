"""From labels to segments that people can name, trust and act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.segments.advice.conditions import Facts
from segmentation.segments.advice.playbook import Playbook
from segmentation.segments.naming.kept_names import lasting_names
from segmentation.segments.naming.segment_names import unique_names
from segmentation.segments.naming.traits import distinctive_traits
from segmentation.segments.profiles.column_values import Measured
from segmentation.segments.profiles.importance import importances
from segmentation.segments.profiles.profile import profiles, revenue_shares
from segmentation.segments.profiles.summaries import Summaries
from segmentation.segments.refit_identity import Identity
from segmentation.segments.rules import segment_rules
from segmentation.segments.segment import Importance, Profile, Segment

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

TRAITS = 3
# Columns in which rules are looked for, the most important ones: time and memory stay bounded.
RULE_COLUMNS = 20
# Hennig (2007, 2008): what a cluster-wise Jaccard similarity means, from high to low.
STABILITY_LABELS = (
    (0.85, "highly stable"),
    (0.75, "valid"),
    (0.6, "a pattern"),
    (0.5, "not to be trusted"),
)


def stability_label(stability: float | None) -> str:
    """Put a cluster-wise Jaccard similarity into words.

    Examples
    --------
    >>> [stability_label(s) for s in (0.9, 0.75, 0.6, 0.55, 0.5, None)]
    ['highly stable', 'valid', 'a pattern', 'not to be trusted', 'dissolved', 'not measured']
    """
    if stability is None:
        return "not measured"
    for least, words in STABILITY_LABELS[:-1]:
        if stability >= least:
            return words
    return STABILITY_LABELS[-1][1] if stability > STABILITY_LABELS[-1][0] else "dissolved"


@dataclass(frozen=True)
class Explanation:
    """Segments in words and numbers."""

    segments: tuple[Segment, ...]
    everybody: Profile
    importance: tuple[Importance, ...]


def explain(
    summaries: Summaries,
    rows: Measured,
    labels: Integers,
    *,
    identities: Sequence[Identity],
    stability: Sequence[float | None],
    examples: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
    playbook: Playbook,
    monetary: str | None,
) -> Explanation:
    """Describe, name and advise on every segment.

    Parameters
    ----------
    summaries
        Of all customers, segment by segment.
    rows
        The columns of n customers in which rules are looked for: all, or a uniform sample.
    labels
        (n,) their positions in ``identities``; −1 for none.
    identities, stability, examples
        One a segment; ``examples`` holds typical and borderline row positions.
    playbook
        Archetypes and actions.
    monetary
        Name of the column that holds amounts.
    """
    k = len(identities)
    everybody, own = profiles(summaries)
    columns = summaries.columns
    positions = median_positions(summaries)
    facts = [
        Facts(profile, everybody, position, columns)
        for profile, position in zip(own, positions, strict=True)
    ]
    # A single segment is everybody: no kind of customer, however its averages look.
    plays = [playbook.archetype(fact) if k > 1 else None for fact in facts]
    archetypes = [play.name if play is not None else None for play in plays]
    kept = lasting_names(identities, archetypes, own, everybody, columns)
    names = unique_names(archetypes, own, everybody, columns, kept)
    importance = importances(summaries)
    telling = {one.column for one in importance[:RULE_COLUMNS]}
    rules = segment_rules(rows.only(telling), labels, k)
    amounts = summaries.amounts(monetary)
    revenue = (None,) * k if amounts is None else revenue_shares(amounts)
    segments = tuple(
        Segment(
            id=identity.id,
            name=names[i],
            color=identity.color,
            size=own[i].size,
            share=own[i].share,
            revenue_share=revenue[i],
            stability=stability[i],
            stability_label=stability_label(stability[i]),
            archetype=archetypes[i],
            traits=tuple(
                trait.phrase for trait in distinctive_traits(own[i], everybody, columns)[:TRAITS]
            ),
            profile=own[i],
            rules=rules[i],
            actions=playbook.actions(facts[i], plays[i]),
            named_by_user=i in kept and identity.named_by_user,
            typical=examples[i][0],
            borderline=examples[i][1],
        )
        for i, identity in enumerate(identities)
    )
    return Explanation(segments, everybody, importance)


def median_positions(summaries: Summaries) -> tuple[Mapping[str, float], ...]:
    """Position of each segment's median among all customers, 0 to 1, for numeric columns."""
    return tuple(
        {v.column.name: float(v.positions[i]) for v in summaries.numeric}
        for i in range(summaries.k)
    )


def display_order(summaries: Summaries, monetary: str | None) -> Integers:
    """Order segments by the monetary column's mean, largest first, else by size.

    Returns
    -------
    ndarray of k positions
        Entry i is the segment that comes i-th; ties keep the order.
    """
    sizes = summaries.sizes[1:].astype(np.float64)
    amounts = summaries.amounts(monetary)
    key = sizes
    if amounts is not None:
        key = np.array([m.center if m.count else -np.inf for m in amounts.moments[1:]])
    return np.lexsort((np.arange(summaries.k), -sizes, -key))
