"""Contact data: found by name and values, kept out of segments, shown only masked."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.table.names import is_contact_name, is_person_name

_EMAIL = r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"
_PHONE = r"^(?:\+|00)?\(?\d[\d\s()/.-]{5,18}\d$"
_CLEARLY_PHONE = r"^(?:(?:\+|00)\d{1,3}[\s(/-]|\(\d{2,5}\)\s?\d|\d{3}-\d{3}-\d{4}$)"

#: Share of the distinct values that must look like contact data.
_ENOUGH = 0.8
#: How many distinct values are looked at.
_SAMPLE = 500


def contact_reason(name: str, values: pa.StringArray) -> str | None:
    """Say why a column holds contact data, or return None.

    Parameters
    ----------
    name : str
        The column's name.
    values : pyarrow StringArray
        Distinct values.

    Examples
    --------
    >>> contact_reason("Contact", pa.array(["ann@example.com", "bob@example.org"]))
    'The values are e-mail addresses.'
    >>> contact_reason("City", pa.array(["Rome", "Oslo"])) is None
    True
    """
    some = values.slice(0, _SAMPLE)
    if _share(some, _EMAIL) >= _ENOUGH:
        return "The values are e-mail addresses."
    if _share(some, _PHONE) >= _ENOUGH and (
        is_contact_name(name) or _share(some, _CLEARLY_PHONE) >= _ENOUGH
    ):
        return "The values are telephone numbers."
    if _share(some, r"\pL") < _ENOUGH:
        return None
    if is_person_name(name) and len(values) > 1:
        return "The name says that these are names of people."
    if is_contact_name(name) and len(values) > 20:
        return "The name says that these are addresses."
    return None


def _share(values: pa.StringArray, pattern: str) -> float:
    if not len(values):
        return 0.0
    return float(pc.mean(pc.cast(pc.match_substring_regex(values, pattern), pa.int8())).as_py())


def masked(text: str) -> str:
    """Hide all but the first letter of each part.

    Examples
    --------
    >>> masked("ann.lee@example.com")
    'a•••@e•••'
    >>> masked("+49 170 1234567")
    '+•••'
    """
    head, at, domain = text.strip().partition("@")
    return f"{head[:1]}•••{at}{domain[:1]}•••" if at else f"{head[:1]}•••"
