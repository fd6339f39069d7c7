"""Users' texts (columns, categories, segments) in figures: escaped, shortened and wrapped.

All of them pass through :func:`label`, because plotly interprets some HTML in every text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

# Longer labels would take the plot's space; the hover text has the full text.
LONGEST_LABEL = 26
# Share of the text that its last word may take to be kept whole.
MOST_OF = 0.65
# Characters by which a word may exceed a line before it is cut.
LONGER = 6


def label(text: object, longest: int = LONGEST_LABEL, tail_share: float = 0.4) -> str:
    """Return a user's text, shortened and escaped for plotly's markup and templates.

    The middle is left out, because segment names often begin alike.

    Parameters
    ----------
    tail_share
        Share of the length kept for the end of a shortened text.

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
    """Return the end of a text that fits a length: whole words if possible.

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
    """Return the beginning of a text that fits a length: whole words unless too little is left.

    Examples
    --------
    >>> _to_word("High Spenders, older", 14), _to_word("High Spenders, older", 12)
    ('High Spenders,', 'High Spender')
    >>> _to_word("Loyal Customers", 9)
    'Loyal'
    """
    cut = text.rfind(" ", 0, room + 1)  # a word may end exactly here
    return text[:cut] if cut >= room // 2 else text[:room]


def labels(texts: Sequence[object], longest: int = LONGEST_LABEL) -> list[str]:
    """:func:`label` for each text."""
    return [label(text, longest) for text in texts]


def wrapped(text: str, width: int) -> str:
    """Wrap a sentence into lines of at most ``width`` characters, for annotations.

    Examples
    --------
    >>> wrapped("one two three", 8)
    'one two<br>three'
    """
    return in_lines(label(text, 400), width)


def in_lines(safe: str, width: int, longer: int = LONGER) -> str:
    """Wrap an escaped label into lines of about ``width`` characters.

    Lines break between words and after an ellipsis; a word that exceeds a line by more than
    ``longer`` characters is cut. A number stays with its percent sign.

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
