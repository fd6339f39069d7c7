"""The conclusion about a number of segments in words: this one first, then the others."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation.cluster.selection.evidence import KEvidence

NOTHING_FOUND = "No reliable segments in this data: it looks like data without groups."

SOFT = "their borders are soft"
DISSOLVED = "most of them dissolve when customers are drawn again"

_BY_RULE = {
    "strong": "{k} strong segments.",
    "clear": "{k} clear segments.",
    "weak": "{k} weak segments: {cause}.",
    "none": NOTHING_FOUND,
}
_BY_USER = {
    "strong": "{k} strong segments, as you chose.",
    "clear": "{k} clear segments, as you chose.",
    "weak": "{k} weak segments, as you chose: {cause}.",
    "none": "{k} segments, as you chose, but no reliable ones: data without groups divides alike.",
}


def conclusion(
    level: str,
    k: int,
    recommended: int,
    evidence: Sequence[KEvidence] = (),
    runners_up: Sequence[int] = (),
    *,
    least_share: float = 0.0,
    cause: str = SOFT,
) -> str:
    """Say what there is to say about k segments, and what the evidence favors if that is not k.

    Parameters
    ----------
    level : {"strong", "clear", "weak", "none"}
        The grade of the division into k.
    k : int
        The number in use.
    recommended : int
        The number that the rule favors; 1 for no division.
    evidence : sequence of KEvidence
        The one for k is quoted; without it no number is.
    runners_up : sequence of int
        Other defensible numbers, best first.
    least_share : float
        The share that every segment should have.
    cause : str
        Why a weak division is weak.

    Examples
    --------
    >>> four = KEvidence(4, 0.41, 0.39, 0.43, 310.0, 0.9, 800.0, 0.97, 0.2)
    >>> conclusion("clear", 4, 4, [four], [5, 3])
    '4 clear segments. Silhouette 0.41 (0.39–0.43); 3 and 5 are close.'
    >>> conclusion("weak", 4, 7, [four])
    '4 weak segments, as you chose: their borders are soft. Silhouette 0.41 (0.39–0.43); the
    evidence favors 7 segments.'
    """
    own = next((one for one in evidence if one.k == k), None)
    if k == 1:
        return _undivided(recommended, evidence, runners_up)
    too_small = own is not None and own.smallest_share < least_share
    if too_small:
        cause = f"not every one has {100 * least_share:g} % of the customers"
    first = (_BY_RULE if k == recommended else _BY_USER)[level].format(k=k, cause=cause)
    others = _others(k, recommended, runners_up)
    if own is None:
        told = [f"{others[:1].upper()}{others[1:]}."] if others else []
    else:
        told = [f"Silhouette {_silhouette(own)}{'; ' if others else ''}{others}."]
    if own is not None and too_small and k == recommended:
        told.append(
            f"No division does better than about this one's {100 * own.smallest_share:.2g} % in "
            "its smallest segment."
        )
    return " ".join([first, *told])


def _undivided(recommended: int, evidence: Sequence[KEvidence], runners_up: Sequence[int]) -> str:
    if recommended > 1:
        return f"One segment for all, as you chose; the evidence favors {recommended} segments."
    best = next((one for one in evidence if one.k in runners_up[:1]), None)
    if best is None:
        return NOTHING_FOUND
    return (
        f"{NOTHING_FOUND} The best division has {best.k} segments and a silhouette of "
        f"{_silhouette(best)}."
    )


def _others(k: int, recommended: int, runners_up: Sequence[int]) -> str:
    if recommended != k:
        favored = f"{recommended} segments" if recommended > 1 else "no division at all"
        return f"the evidence favors {favored}"
    close = sorted(other for other in runners_up if other != k)
    return f"{list_of(close)} {'is' if len(close) == 1 else 'are'} close" if close else ""


def _silhouette(one: KEvidence) -> str:
    text = f"{one.silhouette:.2f} ({one.silhouette_low:.2f}–{one.silhouette_high:.2f})"
    return text.replace("-", "−")


def list_of(numbers: Sequence[int]) -> str:
    """Return "4", "4 and 6" or "3, 4 and 6"."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
