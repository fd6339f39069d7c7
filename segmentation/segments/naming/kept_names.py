"""Names that last: which segments of a refit keep the name of the segment they continue."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation.segments.naming.segment_names import against
from segmentation.segments.naming.traits import distinctive_traits
from segmentation.segments.refit_identity import Identity
from segmentation.segments.segment import Profile
from segmentation.table.schema.columns import Column


def lasting_names(
    identities: Sequence[Identity],
    archetypes: Sequence[str | None],
    profiles: Sequence[Profile],
    everybody: Profile,
    columns: Sequence[Column],
) -> dict[int, str]:
    """Return the names that segments keep, by position.

    A name that a user gave is kept always. One that was made from the data is kept while it is
    still true: the segment has the same archetype, and what the name adds to it still sets the
    segment apart.

    Parameters
    ----------
    identities, archetypes, profiles
        One a segment.
    everybody
        Profile of all customers.
    columns
        Descriptions of the profiled columns.
    """
    kept = {}
    for i, identity in enumerate(identities):
        if identity.name is None:
            continue
        if identity.named_by_user or (
            identity.archetype == archetypes[i]
            and _additions(identity) <= _true_of(i, archetypes, profiles, everybody, columns)
        ):
            kept[i] = identity.name
    return kept


def _additions(identity: Identity) -> set[str]:
    """Return what a name says beside the archetype, in small letters."""
    name = (identity.name or "").casefold()
    added = name.removeprefix((identity.archetype or "").casefold()).strip(", ")
    return {part.strip() for part in added.split(", ") if part.strip()}


def _true_of(
    i: int,
    archetypes: Sequence[str | None],
    profiles: Sequence[Profile],
    everybody: Profile,
    columns: Sequence[Column],
) -> set[str]:
    """Return all that can be said of a segment in a name, in small letters."""
    rivals = [j for j, other in enumerate(archetypes) if j != i and other == archetypes[i]]
    own = distinctive_traits(profiles[i], everybody, columns)
    beside = against(profiles, i, rivals, everybody, columns) if archetypes[i] else ()
    return {trait.short.casefold() for trait in (*own, *beside)}
