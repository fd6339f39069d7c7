"""What is known about each number of segments, and what is concluded from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

#: Told the stage in words and the share of the work done, 0 to 1; may raise `CancelledError`.
Progress = Callable[[str, float], None]

#: What a verdict can be, best first.
GRADES = ("strong", "clear", "weak", "none")
#: More segments than these are nobody's to read, and a page shows a card for each.
LARGEST_K = 50


@dataclass(frozen=True, slots=True)
class KEvidence:
    """The evidence for one number of segments.

    Attributes
    ----------
    k : int
    silhouette, silhouette_low, silhouette_high : float
        Mean silhouette width and its 95 % interval, -1 to 1, higher is better.
    calinski_harabasz : float
        Variance ratio criterion, above 0, higher is better.
    davies_bouldin : float
        Mean worst similarity of segments, above 0, lower is better.
    inertia : float
        Sum of squared distances to the segments' centers over all rows; on large data estimated
        from the sample.
    stability : float or None
        Mean adjusted Rand index between fits on resamples and the fit on all rows, up to 1.
    smallest_share : float
        The smallest segment's share of the rows.
    """

    k: int
    silhouette: float
    silhouette_low: float
    silhouette_high: float
    calinski_harabasz: float
    davies_bouldin: float
    inertia: float
    stability: float | None
    smallest_share: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is concluded about the segments, in words and for programs.

    Attributes
    ----------
    grade : one of `GRADES`
        How far the structure goes beyond what data without groups shows.
    sentence : str
        The conclusion in one sentence.
    k : int
        The number of segments in use.
    chosen_by : {"rule", "user"}
    recommended_k : int
        What the rule says; 1 when the data holds no reliable segments.
    runners_up : tuple of int
        Other defensible numbers of segments, best first.
    reasons : tuple of str
        What the conclusion rests on, with its numbers.
    """

    grade: str
    sentence: str
    k: int
    chosen_by: str
    recommended_k: int
    runners_up: tuple[int, ...]
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {
            "runners_up": list(self.runners_up),
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True)
class Choice:
    """The number of segments and what it rests on.

    Attributes
    ----------
    k : int
        To be used: the user's, or the recommended one.
    evidence : tuple of KEvidence
        For every k that could be tried.
    verdict : Verdict
    """

    k: int
    evidence: tuple[KEvidence, ...]
    verdict: Verdict

    @property
    def runners_up(self) -> tuple[int, ...]:
        """Other defensible numbers of segments, best first."""
        return self.verdict.runners_up
