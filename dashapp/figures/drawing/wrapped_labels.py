"""Words of users' files (columns, categories, segments) in figures: short, and in lines.

They reach plotly only through :func:`label`: plotly reads a little HTML in every text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

# Longer labels would take the room of the picture; the whole text is in the hover.
LONGEST_LABEL = 26
# A shortened text's last word may take this part of it to stay whole.
MOST_OF = 0.65
# A word may be so many characters longer than a line before it is cut.
LONGER = 6


def label(text: object, longest: int = LONGEST_LABEL, tail_share: float = 0.4) -> str:
    """A user's words, shortened, with nothing in them that plotly reads as markup or template.

    The middle is left out: names of segments often begin alike.

    Parameters
    ----------
    tail_share
        How much of the room the end of a shortened text gets.

    Examples
    --------
    >>> label("a < %{b}"), label("&lt;"), label("Dissatisfied Customers in Miami", 20)
    ('a &lt; %&#123;b}', '&amp;lt;', 'Dissatisfied…Miami')
    """
    plain = " ".join(str(text).split())
    if len(plain) > longest:
        tail = _end(plain, int((longest - 1) * tail_share), longest)
        head = _to_word(plain, longest - 1 - len(tail))
        plain = f"{head}…{tail}"
    return html.escape(plain, quote=False).replace("%{", "%&#123;")


def _end(text: str, room: int, longest: int) -> str:
    """The end of a text that fits into some room: whole words of it, where that is possible.

    Examples
    --------
    >>> _end("Days since the last order", 9, 20), _end("Day of the Registration", 9, 22)
    ('order', 'Registration')
    """
    last = text.rsplit(" ", 1)[-1]
    if room < len(last) <= MOST_OF * longest:
        return last
    tail = text[-room:]
    cut = tail.find(" ") + 1
    return tail[cut:] if len(tail) - cut >= 3 else tail


def _to_word(text: str, room: int) -> str:
    """The beginning of a text that fits into some room: whole words, where that leaves enough.

    Examples
    --------
    >>> _to_word("High Spenders, older", 14), _to_word("High Spenders, older", 12)
    ('High Spenders,', 'High Spender')
    >>> _to_word("Loyal Customers", 9)
    'Loyal'
    """
    cut = text.rfind(" ", 0, room + 1)  # a word may end just there
    return text[:cut] if cut >= room // 2 else text[:room]


def labels(texts: Sequence[object], longest: int = LONGEST_LABEL) -> list[str]:
    """:func:`label` for each text."""
    return [label(text, longest) for text in texts]


def wrapped(text: str, width: int) -> str:
    """A sentence in lines of at most ``width`` characters, for annotations.

    Examples
    --------
    >>> wrapped("one two three", 8)
    'one two<br>three'
    """
    return in_lines(label(text, 400), width)


def in_lines(safe: str, width: int, longer: int = LONGER) -> str:
    """A text that is a label already, in lines of about ``width`` characters.

    Lines end between words and where something was left out; of a word that is ``longer`` than
    a line, the beginning is kept. A number stays beside its percent sign.

    Examples
    --------
    >>> in_lines("Days Since Last Purchase", 16), in_lines("Zufriedenheit…insgesamt", 16)
    ('Days Since Last<br>Purchase', 'Zufriedenheit…<br>insgesamt')
    >>> in_lines("PC1 · Total Spend (67 %)", 22)
    'PC1 · Total Spend<br>(67 %)'
    """
    lines: list[str] = []
    for word in re.findall(r"[^\s…]*\d %\S*|[^\s…]*…|[^\s…]+", html.unescape(safe)):
        part = word if len(word) <= width + longer else f"{word[:width]}…"
        glue = "" if lines and lines[-1].endswith("…") else " "
        if lines and len(lines[-1] + glue + part) <= width:
            lines[-1] += glue + part
        else:
            lines.append(part)
    return "<br>".join(label(line, width + longer) for line in lines)
