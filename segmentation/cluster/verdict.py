"""From the comparison with data without groups to a grade and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.cluster.evidence import KEvidence
from segmentation.cluster.findings import Comparison

#: Odds in favor of groups, as logarithms, that separate the grades.
STRONG, CLEAR, WEAK = 6.0, 3.0, 0.0


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


def support(comparison: Comparison) -> float:
    """Return how far the data exceeds the null that comes closest, as a log odds."""
    margins = np.minimum(comparison.independent, comparison.elliptical)
    return float(np.arcsinh(margins).mean())


def grade(comparison: Comparison, evidence: KEvidence) -> Grading:
    """Grade the structure at the chosen number of segments.

    Parameters
    ----------
    comparison : Comparison
    evidence : KEvidence
        For the same k.
    """
    margins = np.minimum(comparison.independent, comparison.elliptical)
    if margins[0] > 10 and (evidence.stability or 0) > 0.7:
        level = "strong"
    elif margins.min() > 3:
        level = "clear"
    elif margins.max() > 3:
        level = "weak"
    else:
        level = "none"
    return Grading(level, _reasons(comparison, evidence))


def _reasons(comparison: Comparison, evidence: KEvidence) -> tuple[str, ...]:
    beside_nulls = (
        f"The silhouette of {evidence.k} segments is {comparison.observed[0]:.2f}; data like "
        f"yours but without groups reaches {comparison.typical:.2f} on average, and "
        f"{100 * comparison.beaten:.0f} % of such data stays below yours."
    )
    drawn_again = (
        f"When customers are drawn again, {evidence.k} segments come back with an agreement of "
        f"{evidence.stability or 0:.2f} (1 is perfect, 0 is chance)."
    )
    return beside_nulls, drawn_again


SENTENCES = {
    "strong": "{k} segments stand out strongly from what chance would show.",
    "clear": "{k} segments stand out clearly from what chance would show.",
    "weak": "{k} segments are a useful division, but their borders are soft.",
    "none": "No reliable segments in this data: it looks like data without groups.",
}


def sentence(level: str, k: int, recommended: int, *, by_user: bool) -> str:
    """Return the conclusion in one sentence."""
    text = SENTENCES[level].format(k=recommended)
    if by_user and k != recommended:
        return f"You chose {k} segments; the evidence favors {recommended}. {text}"
    return text


def list_of(numbers: Sequence[int]) -> str:
    """Return "4", "4 and 6" or "3, 4 and 6"."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
