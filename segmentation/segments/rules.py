"""Rules: a segment in one short condition, or in two or three together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.segments.phrases import listing
from segmentation.segments.profile import LevelValues, Measured, NumericValues
from segmentation.segments.segment import Rule
from segmentation.segments.traits import NO, YES
from segmentation.table.columns import Column, Role

Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.intp]

MAX_CONDITIONS = 3
MAX_RULES = 4
BINS = 32  # thresholds tried for a number: as many quantiles
# Rows on which conditions are looked for; coverage and precision are counted on all rows.
SEARCH_ROWS = 20_000
# A further condition must improve the harmonic mean of coverage and precision by this much.
WORTH = 0.01
# A rule that misses more than this, or is wrong more often, is no description.
FAIR = 0.5


@dataclass(frozen=True)
class Literal:
    """One condition: a number on one side of a threshold, or a level."""

    column: Column
    text: str
    mask: Mask


def segment_rules(measured: Measured, labels: Integers, k: int) -> tuple[tuple[Rule, ...], ...]:
    """Describe each segment by a few rules.

    For each segment a shallow one-against-the-rest decision tree is grown along its best
    branch: at every node the condition with the largest harmonic mean of coverage and
    precision (the F measure of C. J. van Rijsbergen, Information Retrieval (1979), ch. 7) is
    kept; the beam holds the two best branches, and every node on them is a candidate rule.

    Parameters
    ----------
    measured
        The columns of n customers.
    labels
        (n,) segment positions, −1 for none.
    k
        Number of segments.

    Returns
    -------
    tuple of k tuples of Rule
        Best first; up to `MAX_RULES` each.
    """
    literals = tuple(_literals(measured))
    return tuple(_rules_of(literals, labels == i) for i in range(k))


def _literals(measured: Measured) -> Iterator[Literal]:
    for numeric in measured.numeric:
        yield from _thresholds(numeric)
    for levels in measured.levels:
        yield from _level_literals(levels)


def _thresholds(numeric: NumericValues) -> Iterator[Literal]:
    data = numeric.data
    known = data[~np.isnan(data)]
    if len(known) == 0:
        return
    quantiles = np.unique(np.percentile(known, np.linspace(0, 100, BINS + 1)[1:-1]))
    rounded = np.unique([_round(q, float(known.std())) for q in quantiles])
    name = numeric.column.name
    unit = " days before the newest" if numeric.column.role is Role.DATE else ""
    for threshold in rounded.tolist():
        text = f"{threshold:,.10g}"
        with np.errstate(invalid="ignore"):
            above = data >= threshold
            below = data < threshold
        if above.any() and below.any():
            yield Literal(numeric.column, f"{name} at least {text}{unit}", above)
            yield Literal(numeric.column, f"{name} below {text}{unit}", below)


def _round(value: float, spread: float) -> float:
    """Round a threshold to a twentieth of the spread's magnitude, so that it reads well."""
    if not spread > 0:
        return value
    digits = 1 - math.floor(math.log10(spread))
    return round(value, digits)


def _level_literals(levels: LevelValues) -> Iterator[Literal]:
    column = levels.column
    for code, level in enumerate(levels.levels):
        mask = levels.codes == code
        if mask.any():
            yield Literal(column, _level_text(column, level), mask)
    if column.role is Role.ORDINAL:
        for code in range(1, len(levels.levels) - 1):
            some = listing(levels.levels[code:], "or")
            yield Literal(column, f"{column.name} {some}", levels.codes >= code)


def _level_text(column: Column, level: str) -> str:
    if column.role is Role.BINARY and level.casefold() in YES:
        return f"{column.name}"
    if column.role is Role.BINARY and level.casefold() in NO:
        return f"not {column.name}"
    return f"{column.name} {level}"


@dataclass(frozen=True)
class _Branch:
    literals: tuple[Literal, ...]
    score: float


def _rules_of(literals: tuple[Literal, ...], target: Mask) -> tuple[Rule, ...]:
    size = int(target.sum())
    if size == 0 or size == len(target) or not literals:
        return ()
    step = max(1, math.ceil(len(target) / SEARCH_ROWS))
    rows = slice(None, None, step)  # rows stand in hash order: every step-th is a sample
    sampled = [literal.mask[rows] for literal in literals]
    beam: list[tuple[_Branch, Mask]] = [(_Branch((), 0.0), np.ones(len(target[rows]), bool))]
    found: list[_Branch] = []
    for _ in range(MAX_CONDITIONS):
        beam = _grow(beam, literals, sampled, target[rows])
        found += [branch for branch, _ in beam]
        if not beam:
            break
    rules = [_rule(branch.literals, target) for branch in _distinct(found)]
    rules.sort(key=lambda r: -_harmonic(r.coverage, r.precision))
    good = [r for r in rules[:MAX_RULES] if min(r.precision, r.coverage) >= FAIR]
    return tuple(good or rules[:1])


def _grow(
    beam: list[tuple[_Branch, Mask]],
    literals: tuple[Literal, ...],
    sampled: list[Mask],
    target: Mask,
) -> list[tuple[_Branch, Mask]]:
    """Extend the branches by the condition that helps each most; keep the two best."""
    size = int(target.sum())
    grown: list[tuple[_Branch, Mask]] = []
    for branch, mask in beam:
        inside = target & mask
        candidates = []
        for literal, meets in zip(literals, sampled, strict=True):
            if any(literal.text == used.text for used in branch.literals):
                continue
            hits = int(np.count_nonzero(inside & meets))
            total = int(np.count_nonzero(mask & meets))
            score = 2 * hits / (total + size)  # the harmonic mean of hits/size and hits/total
            if score > branch.score + (WORTH if branch.literals else 0.0):
                candidates.append((score, literal, meets))
        candidates.sort(key=lambda entry: -entry[0])
        for score, literal, meets in _one_per_column(candidates):
            grown.append((_Branch((*branch.literals, literal), score), mask & meets))
    grown.sort(key=lambda entry: -entry[0].score)
    return grown[:2]


def _one_per_column(
    candidates: list[tuple[float, Literal, Mask]],
) -> Iterator[tuple[float, Literal, Mask]]:
    seen: set[str] = set()
    for score, literal, meets in candidates:
        if literal.column.name not in seen:
            seen.add(literal.column.name)
            yield score, literal, meets
        if len(seen) == 2:
            return


def _distinct(branches: list[_Branch]) -> list[_Branch]:
    kept: dict[frozenset[str], _Branch] = {}
    for branch in branches:
        kept.setdefault(frozenset(literal.text for literal in branch.literals), branch)
    return list(kept.values())


def _rule(literals: tuple[Literal, ...], target: Mask) -> Rule:
    meets = np.ones(len(target), dtype=bool)
    for literal in literals:
        meets = meets & literal.mask
    hits = int(np.count_nonzero(meets & target))
    return Rule(
        text=" and ".join(literal.text for literal in literals),
        coverage=hits / int(target.sum()),
        precision=hits / max(int(meets.sum()), 1),
    )


def _harmonic(coverage: float, precision: float) -> float:
    return 2 * coverage * precision / max(coverage + precision, 1e-12)
