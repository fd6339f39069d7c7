"""Encode option values for dropdowns, and decode them again.

Dash's dropdown keeps options, and all parts of their labels, as keys of plain JavaScript objects,
where ``__proto__`` is reserved: one customer from a city of that name would break every dropdown of
the page.
"""

from __future__ import annotations

import re

PROTOTYPE = re.compile(r"(__)(proto__)", re.IGNORECASE)
# Invisible, and does not allow a line break.
WORD_JOINER = "\u2060"
JOINED = re.compile(rf"(__){WORD_JOINER}(proto__)", re.IGNORECASE)


def to_option(text: str) -> str:
    """Encode a text as the value or label of an option.

    Examples
    --------
    >>> to_option("Ulm"), len(to_option("__Proto__")) - len("__Proto__")
    ('Ulm', 1)
    """
    return PROTOTYPE.sub(rf"\1{WORD_JOINER}\2", text)


def from_option(value: str) -> str:
    """Return the text of an encoded option.

    Examples
    --------
    >>> from_option(to_option("__Proto__"))
    '__Proto__'
    """
    return JOINED.sub(r"\1\2", value)
