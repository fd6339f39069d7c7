"""Names: the archetype's where its conditions hold, else what sets the segment apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation.segments.phrases import sentence
from segmentation.segments.segment import UNASSIGNED, Profile
from segmentation.segments.traits import Trait, distinctive_traits
from segmentation.table.columns import Column

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
            traits = _against(profiles, i, rivals, everybody, columns)
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
    return both if len(both) <= LONGEST else first[:LONGEST]


def _against(
    profiles: Sequence[Profile],
    i: int,
    rivals: Sequence[int],
    everybody: Profile,
    columns: Sequence[Column],
) -> tuple[Trait, ...]:
    """Rank a segment's traits by how few of its rivals share them."""
    traits = distinctive_traits(profiles[i], everybody, columns)
    shared = {
        trait.short for j in rivals for trait in distinctive_traits(profiles[j], everybody, columns)
    }
    own = [trait for trait in traits if trait.short not in shared]
    return tuple(own or traits)


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
        candidate = name[: LONGEST - len(suffix)] + suffix
    return candidate
