"""Detect contact data by name and values; it is never used in segments and shown masked."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.table.vocabulary.name_patterns import (
    is_contact_name,
    is_customer_word,
    is_person_name,
)

_EMAIL = r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"
_PHONE = r"^(?:\+|00)?\(?\d[\d\s()/.-]{5,18}\d$"
_CLEARLY_PHONE = r"^(?:(?:\+|00)\d{1,3}[\s(/-]|\(\d{2,5}\)\s?\d|\d{3}-\d{3}-\d{4}$)"
_IBAN = r"^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?$"
_CARD = r"^\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,4}$"
_STREET = (
    r"(?i)^\d+[a-z]?,?\s.*\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|blvd|boulevard|court|"
    r"ct|square|rue|place|chemin|quai)\b"
    r"|^(?:rue|calle|via|viale|piazza|avenida|av\.|plaza|carrer|boulevard|ul\.|rua)\s.*\d"
    r"|(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|damm|ufer|laan|straat|gatan|vägen|gade|vej)"
    r"\s*\d+"
)
#: Patterns of contact data, whatever the column's name.
_PATTERNS = (
    (_EMAIL, "e-mail addresses"),
    (_IBAN, "bank accounts"),
    (_CARD, "card numbers"),
    (_STREET, "streets"),
)
#: First and last name, or last name, comma, first name.
_TWO_NAMES = r"^(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|M|Mme)\.? )?\p{Lu}[\pL'’-]+,? \p{Lu}[\pL'’.-]*"

#: Minimum share of distinct values that must look like contact data.
_ENOUGH = 0.8
#: Number of distinct values examined.
_SAMPLE = 500


def contact_reason(name: str, values: pa.StringArray) -> str | None:
    """Return why a column holds contact data, or None if it does not.

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
    return _by_values(name, some) or _by_name(name, some, len(values))


def _by_values(name: str, some: pa.StringArray) -> str | None:
    for pattern, what in _PATTERNS:
        if _share(some, pattern) >= _ENOUGH:
            return f"The values are {what}."
    named = is_contact_name(name)
    if _share(some, _PHONE) >= _ENOUGH and (named or _share(some, _CLEARLY_PHONE) >= _ENOUGH):
        return "The values are telephone numbers."
    if is_customer_word(name) and len(some) > 1 and _share(some, _TWO_NAMES) >= _ENOUGH:
        return "The values are names of people."
    return None


def _by_name(name: str, some: pa.StringArray, distinct: int) -> str | None:
    if _share(some, r"\pL") < _ENOUGH:
        return None
    if is_person_name(name) and distinct > 1:
        return "The name says that these are names of people."
    if is_contact_name(name) and distinct > 20:
        return "The name says that these are addresses."
    return None


def _share(values: pa.StringArray, pattern: str) -> float:
    if not len(values):
        return 0.0
    return float(pc.mean(pc.cast(pc.match_substring_regex(values, pattern), pa.int8())).as_py())


def masked(text: str) -> str:
    """Return text with all but the first letter of each part hidden.

    Examples
    --------
    >>> masked("ann.lee@example.com")
    'a•••@e•••'
    >>> masked("+49 170 1234567")
    '+•••'
    """
    head, at, domain = text.strip().partition("@")
    return f"{head[:1]}•••{at}{domain[:1]}•••" if at else f"{head[:1]}•••"
