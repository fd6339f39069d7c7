"""Values of lists in browsers: safe names on the way out, the data's own words on the way in.

Dash's list keeps options, and all parts of their labels, as names in plain objects of JavaScript,
where ``__proto__`` is not a free name: one customer from a city of that name would stop every list
of the page.
"""

from __future__ import annotations

import re

PROTOTYPE = re.compile(r"(__)(proto__)", re.IGNORECASE)
# Invisible, and not a place to break a line.
WORD_JOINER = "\u2060"
JOINED = re.compile(rf"(__){WORD_JOINER}(proto__)", re.IGNORECASE)


def to_option(text: str) -> str:
    """A text as the value or label of an option.

    Examples
    --------
    >>> to_option("Ulm"), len(to_option("__Proto__")) - len("__Proto__")
    ('Ulm', 1)
    """
    return PROTOTYPE.sub(rf"\1{WORD_JOINER}\2", text)


def from_option(value: str) -> str:
    """The text that an option stands for.

    Examples
    --------
    >>> from_option(to_option("__Proto__"))
    '__Proto__'
    """
    return JOINED.sub(r"\1\2", value)
