"""Names: the archetype's where its conditions hold, else what sets the segment apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from segmentation.segments.naming.phrases import sentence
from segmentation.segments.naming.traits import Trait, distinctive_traits
from segmentation.segments.segment import UNASSIGNED, Profile
from segmentation.table.schema.columns import Column

AVERAGE = "Average customers"
EVERYBODY = "All customers"
LONGEST = 60


def unique_names(
    archetypes: Sequence[str | None],
    profiles: Sequence[Profile],
    everybody: Profile,
    columns: Sequence[Column],
    kept: Mapping[int, str],
) -> tuple[str, ...]:
    """Name every segment, no two alike.

    Parameters
    ----------
    archetypes
        Name of each segment's archetype, ``None`` where it has none.
    profiles, everybody
        Of the segments in display order, and of all customers.
    columns
        Descriptions of the profiled columns.
    kept
        Names that segments keep from an earlier model, by position.

    Returns
    -------
    tuple of str
        One a segment. Segments that share an archetype are told apart by the trait in which
        each differs most from the others of its kind.
    """
    if len(profiles) == 1:
        return (kept.get(0, EVERYBODY),)
    wanted = [
        archetype or _from_traits(distinctive_traits(profile, everybody, columns))
        for archetype, profile in zip(archetypes, profiles, strict=True)
    ]
    names: dict[int, str] = dict(kept)
    taken = {name.casefold() for name in kept.values()} | {UNASSIGNED.casefold()}
    for i, name in enumerate(wanted):
        if i in names:
            continue
        rivals = [j for j, other in enumerate(wanted) if other == name and j != i]
        if rivals or name.casefold() in taken:
            traits = against(profiles, i, rivals, everybody, columns)
            names[i] = _numbered(_qualified(name, traits, taken), taken)
        else:
            names[i] = name
        taken.add(names[i].casefold())
    return tuple(names[i] for i in range(len(profiles)))


def _from_traits(traits: Sequence[Trait]) -> str:
    if not traits:
        return AVERAGE
    first = sentence(traits[0].short)
    both = f"{first}, {traits[1].short}" if len(traits) > 1 else first
    return both if len(both) <= LONGEST else shortened(first)


def against(
    profiles: Sequence[Profile],
    i: int,
    rivals: Sequence[int],
    everybody: Profile,
    columns: Sequence[Column],
) -> tuple[Trait, ...]:
    """Rank what sets a segment apart from its rivals, what none of them shares first."""
    if not rivals:
        return distinctive_traits(profiles[i], everybody, columns)
    kind = [profiles[j] for j in (i, *rivals)]
    middle = _middle(kind, everybody)
    traits, *others = (
        distinctive_traits(_beside(profile, middle), middle, columns, relative=True)
        for profile in kind
    )
    shared = {trait.short for other in others for trait in other}
    own = [trait for trait in traits if trait.short not in shared]
    return tuple(own or traits)


def _middle(kind: Sequence[Profile], everybody: Profile) -> Profile:
    """Average some segments, each counting the same; z is that of their means."""
    numeric = {}
    for name, overall in everybody.numeric.items():
        known = [p.numeric[name] for p in kind if math.isfinite(p.numeric[name].mean)]
        count = max(len(known), 1)
        mean, z = sum(n.mean for n in known) / count, sum(n.z for n in known) / count
        numeric[name] = replace(overall, mean=mean, z=z)
    levels = {
        name: tuple(
            replace(one, share=sum(p.levels[name][at].share for p in kind) / len(kind))
            for at, one in enumerate(overall)
        )
        for name, overall in everybody.levels.items()
    }
    return replace(everybody, numeric=numeric, levels=levels)


def _beside(profile: Profile, middle: Profile) -> Profile:
    """Measure a segment's numbers from the middle of its kind in place of everybody's."""
    numeric = {
        name: replace(numbers, z=numbers.z - middle.numeric[name].z)
        for name, numbers in profile.numeric.items()
    }
    return replace(profile, numeric=numeric)


def _qualified(name: str, traits: Sequence[Trait], taken: set[str]) -> str:
    for trait in traits:
        joint = " " if trait.short.startswith("in ") else ", "
        candidate = f"{name}{joint}{trait.short}"
        if len(candidate) <= LONGEST and candidate.casefold() not in taken:
            return candidate
    return name


def _numbered(name: str, taken: set[str]) -> str:
    """Add a number to a name that is taken: the last resort."""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        suffix = f" {number}"
        candidate = shortened(name, LONGEST - len(suffix)) + suffix
    return candidate


def shortened(name: str, longest: int = LONGEST) -> str:
    """A name with an ellipsis after its last whole word that fits.

    Names of one long word, or of words that are not set apart by blanks, are cut within it.

    Examples
    --------
    >>> shortened("Mostly in Northern Cape and Limpopo", 24), shortened("Young", 24)
    ('Mostly in Northern Cape…', 'Young')
    >>> shortened("Donaudampfschifffahrtsgesellschaft", 12)
    'Donaudampfs…'
    """
    if len(name) <= longest:
        return name
    head = name[: longest - 1]
    # Where the cut falls between two words, all of the head is whole.
    words = head if name[longest - 1].isspace() else head.rpartition(" ")[0]
    kept = words if len(words) >= longest // 2 else head
    return f"{kept.rstrip(' ,;:.–—-/(&')}…"
