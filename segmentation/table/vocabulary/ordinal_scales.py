"""Known orders of levels, which make a column of words ordinal."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Each scale runs from low to high; words in the same position are synonyms.
_SCALES = (
    (
        "basic free member | bronze basis standard classic | silver silber plus | gold premium | "
        "platinum platin vip | diamond elite | titanium black"
    ),
    (
        "free trial | basic starter | standard plus growth team | premium pro professional | "
        "business scale | enterprise"
    ),
    (
        "very unsatisfied, very dissatisfied, sehr unzufrieden, extremely dissatisfied | "
        "unsatisfied, dissatisfied, unzufrieden, somewhat dissatisfied, insatisfait, "
        "insatisfecho | "
        "neutral, neither, okay, ok, mixed, teils teils, neither satisfied nor dissatisfied | "
        "satisfied, zufrieden, somewhat satisfied, satisfait, satisfecho | very satisfied, sehr "
        "zufrieden, extremely satisfied, delighted"
    ),
    (
        "none | very low, lowest, sehr niedrig | low, niedrig, gering, bajo, faible | medium, mid, "
        "middle, moderate, average, mittel, medio, moyen | high, hoch, alto, élevé | very high, "
        "highest, sehr hoch"
    ),
    (
        "never, nie, jamais, nunca | rarely, seldom, selten, almost never, rarement | sometimes, "
        "occasionally, manchmal, parfois, a veces | often, frequently, regularly, oft, häufig, "
        "souvent | very often, usually, almost always, sehr oft | always, immer, toujours, siempre"
    ),
    (
        "yearly, annually | quarterly, every 3 months | monthly | fortnightly, bi-weekly, biweekly "
        "| weekly | daily"
    ),
    (
        "strongly disagree | disagree | neutral, neither agree nor disagree, undecided | agree | "
        "strongly agree"
    ),
    (
        "terrible, very poor, very bad | poor, bad, schlecht | fair, average, okay, ok, neutral | "
        "good, gut | very good, great, sehr gut | excellent, outstanding, ausgezeichnet"
    ),
    (
        "xxs | xs, extra small | s, small, klein, petit | m, medium, mittel, moyen | l, large, "
        "groß, gross, grand, big | xl, extra large, very large | xxl, 2xl | xxxl, 3xl"
    ),
    "not at all likely, very unlikely | unlikely | neutral, maybe | likely | very likely",
    "negative, negativ | neutral | positive, positiv",
    "beginner, novice, junior | intermediate, mid | advanced, senior | expert",
    "new, neu | occasional, returning, casual | regular, active | loyal, frequent",
    (
        "child, kid | teen, teenager | young, young adult, youth | adult, middle-aged, middle aged "
        "| senior, elderly, old"
    ),
    (
        "no formal education, none, primary, primary school, basic | high school, secondary, "
        "secondary school, highschool | some college, associate, 2n cycle | college, bachelor, "
        "bachelors, bachelor's, bachelor's degree, graduation, graduate, undergraduate | master, "
        "masters, master's, master's degree, postgraduate | phd, doctorate, doctoral, ph.d."
    ),
    "month-to-month, monthly | one year, 1 year, yearly | two year, 2 year, two years",
    "first, 1st | second, 2nd | third, 3rd | fourth, 4th",
)

_RANGE = re.compile(
    r"^[^\d<>]{0,3}(?P<sign>[<>]=?|under |below |over |above |less than |more than )?\s*"
    r"[^\d<>]{0,3}(?P<low>\d[\d,.]*)\s*(?P<thousand>k)?"
    r"(?:\s*(?:-|–|to|bis)\s*[^\d]{0,3}(?P<high>\d[\d,.]*)\s*k?"
    r"|(?P<plus>\s*\+| and over| or more))?"
    r"[^\d]{0,12}$"
)
_NUMBERED = re.compile(r"^(?P<rank>\d{1,2})\s*[-.:)_–]\s*(?=\D)")
_DOWNWARD = ("<", "under ", "below ", "less than ")


def _parse(scale: str) -> dict[str, int]:
    places = [place.strip() for place in scale.split("|")]
    ranks: dict[str, int] = {}
    for rank, place in enumerate(places):
        words = place.split(",") if "," in scale else place.split()
        ranks |= {word.strip(): rank for word in words}
    return ranks


_RANKS = tuple(_parse(scale) for scale in _SCALES)


def known_order(levels: Iterable[str]) -> tuple[str, ...] | None:
    """Return levels in their known order from low to high, or None.

    Number ranges ("18-25", "26-35", "65+") and numbered levels ("1 - Low") are ordered too.

    Parameters
    ----------
    levels : iterable of str
        Distinct levels, as written.

    Returns
    -------
    tuple of str or None
        The levels in order; None if no scale has all of them in different positions.

    Examples
    --------
    >>> known_order(["Gold", "Bronze", "Silver"])
    ('Bronze', 'Silver', 'Gold')
    >>> known_order(["65+", "18-25", "<18"])
    ('<18', '18-25', '65+')
    >>> known_order(["red", "blue"]) is None
    True
    """
    written = list(levels)
    if not 2 <= len(written) <= 30:
        return None
    for rank_of in (_scale_ranks, _numbered_ranks, _range_ranks):
        ranks = rank_of(written)
        if ranks is not None and len(set(ranks)) == len(written):
            return tuple(level for _, level in sorted(zip(ranks, written, strict=True)))
    return None


def _scale_ranks(levels: list[str]) -> list[float] | None:
    plain = [" ".join(level.casefold().replace("_", " ").split()) for level in levels]
    for ranks in _RANKS:
        if all(word in ranks for word in plain):
            return [float(ranks[word]) for word in plain]
    return None


def _numbered_ranks(levels: list[str]) -> list[float] | None:
    found = [_NUMBERED.match(level) for level in levels]
    if not all(found):
        return None
    return [float(match["rank"]) for match in found if match]


def _range_ranks(levels: list[str]) -> list[float] | None:
    found = [_RANGE.match(level.casefold().strip()) for level in levels]
    matches = [match for match in found if match]
    if len(matches) < len(levels) or not any(m["high"] or m["plus"] for m in matches):
        return None
    return [_lower_edge(match) for match in matches]


def _lower_edge(match: re.Match[str]) -> float:
    digits = re.sub(r"[,.](?=\d{3}\b)", "", match["low"]).replace(",", ".").rstrip(".")
    value = float(digits) if digits.count(".") <= 1 else 0.0
    value *= 1000.0 if match["thousand"] else 1.0
    return value - 0.5 if (match["sign"] or "").startswith(_DOWNWARD) else value
