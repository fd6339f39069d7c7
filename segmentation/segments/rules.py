"""Rules: a segment in one short condition, or in two or three together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.segments.naming.phrases import listing
from segmentation.segments.naming.traits import YES, says_yes_or_no
from segmentation.segments.profiles.column_values import LevelValues, Measured, NumericValues
from segmentation.segments.segment import Rule
from segmentation.table.schema.columns import Column, Role

Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]
Integers = npt.NDArray[np.intp]

ALL = slice(None)

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
    """One condition: a number on one side of a threshold, or a level.

    Attributes
    ----------
    column, text
        What it is about, and how it reads.
    values
        (n,) numbers or codes of levels.
    bound
        The threshold or code.
    compare
        From values and bound to whether they meet the condition.
    """

    column: Column
    text: str
    values: Values
    bound: float
    compare: Callable[[Values, float], Mask]

    def meets(self, rows: slice = ALL) -> Mask:
        """Say which of some rows meet the condition; a missing value never does."""
        with np.errstate(invalid="ignore"):
            return self.compare(self.values[rows], self.bound)


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
    # Rows stand in the order of their hashes, so that every step-th is a uniform sample.
    rows = slice(None, None, max(1, math.ceil(measured.size / SEARCH_ROWS)))
    literals = tuple(_literals(measured, rows))
    sampled = [literal.meets(rows) for literal in literals]
    return tuple(_rules_of(literals, sampled, labels == i, rows) for i in range(k))


def _literals(measured: Measured, rows: slice) -> Iterator[Literal]:
    for numeric in measured.numeric:
        yield from _thresholds(numeric, rows)
    for levels in measured.levels:
        yield from _level_literals(levels)


def _thresholds(numeric: NumericValues, rows: slice) -> Iterator[Literal]:
    data = numeric.data
    known = data[rows][~np.isnan(data[rows])]
    if len(known) == 0:
        return
    quantiles = np.unique(np.percentile(known, np.linspace(0, 100, BINS + 1)[1:-1]))
    rounded = np.unique([_round(q, float(known.std())) for q in quantiles])
    name = numeric.column.name
    low, high = float(known.min()), float(known.max())
    for bound in rounded[(rounded > low) & (rounded <= high)].tolist():
        more, less = _sides(numeric, bound)
        yield Literal(numeric.column, f"{name} {more}", data, bound, np.greater_equal)
        yield Literal(numeric.column, f"{name} {less}", data, bound, np.less)


def _sides(numeric: NumericValues, bound: float) -> tuple[str, str]:
    """Word both sides of a threshold; dates are counted back from the newest one."""
    if numeric.column.role is Role.DATE:
        day = f"{pd.Timestamp(numeric.newest - bound, unit='D'):%Y-%m-%d}"
        return f"up to {day}", f"after {day}"
    text = f"{bound:,.10g}".replace("-", "−")
    return f"at least {text}", f"below {text}"


def _round(value: float, spread: float) -> float:
    """Round a threshold to a twentieth of the spread's magnitude, so that it reads well."""
    if not spread > 0:
        return value
    digits = 1 - math.floor(math.log10(spread))
    return round(value, digits)


def _level_literals(levels: LevelValues) -> Iterator[Literal]:
    column = levels.column
    for code, level in enumerate(levels.levels):
        yield Literal(column, _level_text(column, level), levels.codes, code, np.equal)
    if column.role is Role.ORDINAL:
        for code in range(1, len(levels.levels) - 1):
            text = f"{column.name} {listing(levels.levels[code:], 'or')}"
            yield Literal(column, text, levels.codes, code, np.greater_equal)


def _level_text(column: Column, level: str) -> str:
    if says_yes_or_no(column):
        return column.name if level.casefold() in YES else f"not {column.name}"
    return f"{column.name} {level}"


@dataclass(frozen=True)
class _Branch:
    literals: tuple[Literal, ...]
    score: float


def _rules_of(
    literals: tuple[Literal, ...], sampled: list[Mask], target: Mask, rows: slice
) -> tuple[Rule, ...]:
    wanted = target[rows]
    if not 0 < int(wanted.sum()) < len(wanted) or not literals:
        return ()
    beam: list[tuple[_Branch, Mask]] = [(_Branch((), 0.0), np.ones(len(wanted), bool))]
    found: list[_Branch] = []
    for _ in range(MAX_CONDITIONS):
        beam = _grow(beam, literals, sampled, wanted)
        found += [branch for branch, _ in beam]
        if not beam:
            break
    found.sort(key=lambda branch: (-branch.score, len(branch.literals)))
    rules = [_rule(branch.literals, target) for branch in _distinct(found)[:MAX_RULES]]
    rules.sort(key=lambda rule: -_harmonic(rule.coverage, rule.precision))
    good = [rule for rule in rules if min(rule.precision, rule.coverage) >= FAIR]
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
    """Leave out branches that add conditions to a better one without need."""
    kept: list[tuple[frozenset[str], _Branch]] = []
    for branch in branches:
        texts = frozenset(literal.text for literal in branch.literals)
        if not any(better <= texts for better, _ in kept):
            kept.append((texts, branch))
    return [branch for _, branch in kept]


def _rule(literals: tuple[Literal, ...], target: Mask) -> Rule:
    meets = np.ones(len(target), dtype=bool)
    for literal in literals:
        meets &= literal.meets()
    hits = int(np.count_nonzero(meets & target))
    return Rule(
        text=" and ".join(literal.text for literal in literals),
        coverage=hits / int(target.sum()),
        precision=hits / max(int(meets.sum()), 1),
    )


def _harmonic(coverage: float, precision: float) -> float:
    return 2 * coverage * precision / max(coverage + precision, 1e-12)
