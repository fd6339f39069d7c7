"""Traits: what sets a segment apart from everybody, in a few words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.segments.naming.phrases import label, number, percent, sentence, value
from segmentation.segments.segment import LevelProfile, NumericProfile, Profile
from segmentation.table.schema.columns import Column, Role, Use

# Differences below this many standard deviations are called small by Cohen, Statistical Power
# Analysis for the Behavioral Sciences (1988), sec. 2.2; they are not worth a word.
SMALLEST_EFFECT = 0.2
# From here on "2.1× average" reads better than "110 % above average".
RATIO_FROM = 1.5
# A share of which people say "mostly", and one of which they say it without "mostly".
MOSTLY_SHARE = 0.6
NEARLY_ALL = 0.9

SHORT_RELATIVE = {
    "spend": ("higher spending", "lower spending"),
    "age": ("older", "younger"),
    "items": ("more items", "fewer items"),
    "rating": ("higher ratings", "lower ratings"),
    "recency": ("longer inactive", "more recently active"),
}

# Below this mean age "young" is true by itself, not only beside the others.
YOUNG = 35

# Told in profiles, but neither name nor trait unless the user made it drive the segments.
PERSONAL = frozenset({"gender"})

YES = frozenset({"true", "yes", "y", "1", "ja", "oui", "si", "on"})
NO = frozenset({"false", "no", "n", "0", "nein", "non", "off"})

# Words for the classic columns: (high, low) as a short name.
SHORT_NUMERIC = {
    "spend": ("high spending", "low spending"),
    "age": ("older", "younger"),
    "items": ("many items", "few items"),
    "rating": ("high ratings", "low ratings"),
    "recency": ("long inactive", "recently active"),
}


@dataclass(frozen=True, slots=True)
class Trait:
    """One difference between a segment and everybody.

    Attributes
    ----------
    column
        Where it shows.
    effect
        Signed size in standard deviations of everybody: z of a mean, or of a level's share.
    short
        For a name: "younger", "mostly Gold".
    phrase
        With its number: "Spends 2.1× average".
    """

    column: str
    effect: float
    short: str
    phrase: str


def distinctive_traits(
    profile: Profile, everybody: Profile, columns: Sequence[Column], *, relative: bool = False
) -> tuple[Trait, ...]:
    """Rank what sets a segment apart, one trait a column.

    Parameters
    ----------
    profile, everybody
        Of the segment, and of those it is compared with.
    columns
        Descriptions of the profiled columns.
    relative
        Whether the comparison is with a few others, so that "high" must read "higher".

    Returns
    -------
    tuple of Trait
        Largest effect first, equal ones by column name; without differences too small to tell.
    """
    found = []
    for column in columns:
        if column.meaning in PERSONAL and column.use is not Use.BASIS:
            continue
        if column.name in profile.numeric:
            numbers = profile.numeric[column.name]
            overall = everybody.numeric[column.name]
            found.append(_numeric_trait(column, numbers, overall, relative=relative))
        elif column.name in profile.levels:
            levels = profile.levels[column.name]
            found.append(_level_trait(column, levels, everybody.levels[column.name]))
    told = [t for t in found if t is not None and abs(t.effect) >= SMALLEST_EFFECT]
    return tuple(sorted(told, key=lambda t: (-abs(t.effect), t.column)))


def _numeric_trait(
    column: Column, own: NumericProfile, overall: NumericProfile, *, relative: bool
) -> Trait | None:
    if not math.isfinite(own.mean):
        return None
    high = own.z > 0
    words = (SHORT_RELATIVE if relative else SHORT_NUMERIC).get(column.meaning or "")
    short = (words or _any_words(column, relative=relative))[0 if high else 1]
    if column.meaning == "age" and not relative and not high and own.mean < YOUNG:
        short = "young"
    if column.role is Role.DATE:
        phrase = f"{sentence(label(column.name))} {apart(own, overall)}"
    else:
        phrase = _numeric_phrase(column, own, overall, short)
    return Trait(column.name, own.z, short, phrase)


def _any_words(column: Column, *, relative: bool) -> tuple[str, str]:
    """Name a high and a low value of a column without a classic meaning."""
    name = label(column.name)
    if column.role is Role.DATE:  # measured in days before the newest: high is early
        return f"earlier {name}", f"later {name}"
    return (f"higher {name}", f"lower {name}") if relative else (f"high {name}", f"low {name}")


def _numeric_phrase(
    column: Column, own: NumericProfile, overall: NumericProfile, short: str
) -> str:
    mean = number(own.mean)
    if column.meaning == "spend" and own.index is not None:
        return f"Spends {comparison(own.index)}"
    if column.meaning == "recency":
        return f"Last purchase {mean} days ago"
    if column.meaning == "age":
        return f"{mean} years old on average"
    if column.meaning == "items":
        return f"{mean} items on average"
    if column.meaning == "rating":
        return f"Rates {mean} on average"
    mean, everybody = (value(column.name, n.mean, column.currency) for n in (own, overall))
    return f"{sentence(short)}: {mean} (everybody {everybody})"


def apart(own: NumericProfile, overall: NumericProfile) -> str:
    """Say how far a segment's dates lie from everybody's, which models count back from the newest.

    Examples
    --------
    >>> early, late = (NumericProfile(m, m, m, m, m, m, None, 0.0) for m in (300.0, 117.4))
    >>> apart(early, late), apart(late, early), apart(late, late)
    ('183 days earlier than average', '183 days later than average', 'as early as on average')
    """
    days = round(own.mean - overall.mean)
    if days == 0:
        return "as early as on average"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days):,} {unit} {'earlier' if days > 0 else 'later'} than average"


def comparison(index: float) -> str:
    """Say how an index compares with everybody's 100.

    Examples
    --------
    >>> [comparison(i) for i in (210.0, 118.0, 82.0, 40.0)]
    ['2.1× average', '18 % above average', '18 % below average', '40 % of average']
    """
    ratio = index / 100
    if ratio >= RATIO_FROM:
        return f"{number(ratio)}× average"
    if ratio <= 1 / RATIO_FROM:
        return f"{percent(ratio)} of average"
    difference = round(index - 100)
    if difference == 0:
        return "as much as everybody"
    return f"{abs(difference)} % {'above' if difference > 0 else 'below'} average"


def _level_trait(
    column: Column, own: Sequence[LevelProfile], overall: Sequence[LevelProfile]
) -> Trait | None:
    """Take the level whose share exceeds everybody's most; for two levels the commoner one."""
    effects = [
        (level_effect(mine.share, theirs.share), mine.share, i)
        for i, (mine, theirs) in enumerate(zip(own, overall, strict=True))
    ]
    more = [entry for entry in effects if entry[0] > 0]
    if not more:
        return None
    # A rare level can be far over-represented and still describe few: weigh by its share.
    effect, share, position = max(more, key=lambda entry: (entry[0] * entry[1], -entry[2]))
    mine, theirs = own[position], overall[position]
    short = level_words(column, mine.level, share)
    phrase = f"{percent(share)} {said(column, mine.level)} (everybody {percent(theirs.share)})"
    return Trait(column.name, effect * share**0.5, short, phrase)


def level_effect(share: float, overall: float) -> float:
    """Difference of two shares in standard deviations of everybody's indicator.

    Examples
    --------
    >>> level_effect(0.9, 0.5)
    0.8
    """
    deviation = math.sqrt(overall * (1 - overall))
    return (share - overall) / deviation if deviation > 0 else 0.0


def level_words(column: Column, level: str, share: float) -> str:
    """Name a level as a trait."""
    words = said(column, level)
    if share >= NEARLY_ALL or words.startswith(("no ", "not ")):
        return words
    return f"mostly {words}" if share >= MOSTLY_SHARE else f"more {words}"


def said(column: Column, level: str) -> str:
    """Name a level inside a sentence: "Gold", "no discount", "in Berlin"."""
    name = label(column.name)
    if says_yes_or_no(column):
        # "No discount applied", but "not churned": what happened to a customer is no thing.
        lacks = "not" if name.endswith("ed") and " " not in name else "no"
        return name if level.casefold() in YES else f"{lacks} {name}"
    if column.meaning == "city":
        return f"in {level}"
    if column.meaning == "membership":
        return level
    if column.meaning in {"gender", "satisfaction"}:
        return level.lower()
    return level if _speaks(level) and column.role is Role.NOMINAL else f"{name} {level}"


def says_yes_or_no(column: Column) -> bool:
    """Whether a column's two levels are a yes and a no, not two kinds."""
    levels = {level.casefold() for level in column.levels}
    return len(levels) == 2 and bool(levels & YES) and bool(levels & NO)


def _speaks(level: str) -> bool:
    """Whether a level is a word that stands alone, not a code."""
    return len(level) >= 4 and not any(letter.isdigit() for letter in level)
