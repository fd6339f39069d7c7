"""From the comparison with data without groups to a grade and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.cluster.selection.evidence import Choice, KEvidence
from segmentation.cluster.selection.gather_evidence import Comparison
from segmentation.cluster.selection.verdict_text import DISSOLVED, conclusion

#: How many standard deviations of the nulls the data must exceed both of them by, in the middle
#: one of the three statistics. On 1,000 simulated single clouds the middle one stays below 2.5
#: in 97 of 100; a single statistic can be fooled, two of three seldom are.
STRONG, CLEAR, WEAK = 10.0, 5.0, 2.5

#: A silhouette alone that exceeds the nulls by this much is worth a look: weak structure.
WEAK_SILHOUETTE = 4.0

#: Least stability of strong structure: "patterns" begin at 0.6 with Hennig (2007).
STABLE = 0.6

#: How far the silhouette must exceed the nulls' for strong and for clear structure. On much data
#: the smallest departure from the nulls is significant without being of any use.
STRONG_GAIN, CLEAR_GAIN = 0.08, 0.03


@dataclass(frozen=True, slots=True)
class Grading:
    """A grade and what it rests on.

    Attributes
    ----------
    grade : {"strong", "clear", "weak", "none"}
    reasons : tuple of str
    """

    grade: str
    reasons: tuple[str, ...]


def margin(comparison: Comparison) -> float:
    """Return by how many standard deviations the data exceeds the null that comes closer.

    The middle one of the three statistics counts.
    """
    return float(np.median(np.minimum(comparison.independent, comparison.elliptical)))


def grade(comparison: Comparison, evidence: KEvidence, *, large_enough: bool = True) -> Grading:
    """Grade the structure at the chosen number of segments.

    Parameters
    ----------
    comparison : Comparison
    evidence : KEvidence
        For the same k.
    large_enough : bool
        Whether the smallest segment has the least share; a few outliers are no structure.
    """
    beyond = margin(comparison)
    width = min(comparison.independent[0], comparison.elliptical[0])
    gain = comparison.observed[0] - comparison.typical
    stable = evidence.stability is None or evidence.stability >= STABLE
    if beyond < WEAK and width < WEAK_SILHOUETTE:
        level = "none"
    elif beyond < CLEAR or gain < CLEAR_GAIN or not large_enough:
        level = "weak"
    elif beyond < STRONG or gain < STRONG_GAIN or not stable:
        level = "clear"
    else:
        level = "strong"
    return Grading(level, _reasons(comparison, evidence))


def _reasons(comparison: Comparison, evidence: KEvidence) -> tuple[str, ...]:
    beside_nulls = (
        f"The silhouette of {evidence.k} segments is {comparison.observed[0]:.2f}; data like "
        f"yours but without groups reaches {comparison.typical:.2f} on average, and "
        f"{100 * comparison.beaten:.0f} % of such data stays below yours."
    )
    if evidence.stability is None:
        return (beside_nulls,)
    drawn_again = (
        f"When customers are drawn again, {evidence.k} segments come back with an agreement of "
        f"{evidence.stability:.2f} (1 is perfect, 0 is chance)."
    )
    return beside_nulls, drawn_again


def lost_segments(stability: Sequence[float | None]) -> str:
    """Say how many segments are not to be trusted, empty if all are.

    Parameters
    ----------
    stability : sequence of float or None
        Cluster-wise Jaccard similarity of each segment; below `STABLE` it is not to be trusted
        (Hennig 2007, sec. 3.3).

    Examples
    --------
    >>> lost_segments([0.9, 0.5, 0.4])
    '2 of 3 segments dissolve when customers are drawn again.'
    >>> lost_segments([0.9, 0.5])
    '1 of 2 segments dissolves when customers are drawn again.'
    >>> lost_segments([0.9, None])
    ''
    """
    lost = _count_lost(stability)
    if not lost:
        return ""
    dissolve = "dissolves" if lost == 1 else "dissolve"
    return f"{lost} of {len(stability)} segments {dissolve} when customers are drawn again."


def _count_lost(stability: Sequence[float | None]) -> int:
    return sum(one is not None and one < STABLE for one in stability)


def with_stability(choice: Choice, stability: Sequence[float | None], least_share: float) -> Choice:
    """Say which part of a division is not to be trusted; most of it makes the division weak.

    Parameters
    ----------
    choice : Choice
    stability : sequence of float or None
        Of each segment.
    least_share : float
        The share that every segment should have.
    """
    told, reason = choice.verdict, lost_segments(stability)
    if not reason or told.grade == "none":
        return choice
    reasons = (reason, *told.reasons)
    if 2 * _count_lost(stability) <= len(stability):
        return replace(
            choice,
            verdict=replace(told, reasons=reasons, sentence=f"{told.sentence} {reason}"),
        )
    lowered = replace(
        told,
        grade="weak",
        reasons=reasons,
        sentence=conclusion(
            "weak",
            told.k,
            told.recommended_k,
            choice.evidence,
            told.runners_up,
            least_share=least_share,
            cause=DISSOLVED,
        ),
    )
    return replace(choice, verdict=lowered)
