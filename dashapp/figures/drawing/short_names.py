"""Segment names shortened to fit, yet still distinct."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from dashapp.figures.drawing.wrapped_labels import label, labels, wrapped
from dashapp.theme import Theme
from segmentation import Segment

# Shares of the width kept for the end of a name, tried in order until all labels differ.
TAIL_SHARES = (0.4, 0.6, 0.8)
# Up to FEW names, a legend has space for LONG characters each; beyond, for USUAL.
FEW, LONG, USUAL = 4, 40, 32
# Characters per line of a name on an axis, and where the line may break.
NAME_LINE = 24
BREAK = re.compile(r"[\s…]")


def short_names(names: Sequence[str], longest: int | None = None) -> dict[str, str]:
    """Map each name to its label; labels are longer if there are few.

    If two names would get the same label, more of their ends is kept.

    Examples
    --------
    >>> short_names(["High Spenders, lower rating", "High Spenders, higher rating"], 22)
    ... # doctest: +NORMALIZE_WHITESPACE
    {'High Spenders, lower rating': 'High…lower rating',
     'High Spenders, higher rating': 'High…higher rating'}
    """
    if longest is None:
        longest = LONG if len(names) <= FEW else USUAL
    for share in TAIL_SHARES:
        found = {name: label(name, longest, share) for name in names}
        if len(set(found.values())) == len(found):
            break
    return found


def dotted(segments: Sequence[Segment], theme: Theme) -> list[str]:
    """Return each segment's name in two lines after a colored dot, for tick labels in rows."""
    short = short_names([s.name for s in segments], 2 * NAME_LINE - 1)
    return [f"{_dot(s, theme)} {'<br>'.join(_in_two(short[s.name]))}" for s in segments]


def _in_two(name: str) -> list[str]:
    """Split a label into two lines of similar length, unless it fits in one.

    Examples
    --------
    >>> _in_two("Dissatisfied Customers, more recently active"), _in_two("Loyal Customers")
    (['Dissatisfied Customers,', 'more recently active'], ['Loyal Customers'])
    """
    plain = html.unescape(name)
    if len(plain) <= NAME_LINE:
        return [name]
    ways = [(plain[: at.end()].rstrip(), plain[at.end() :]) for at in BREAK.finditer(plain)]
    lines = min(ways, key=lambda way: max(map(len, way)), default=(plain,))
    return labels(lines, NAME_LINE)


def stacked(segments: Sequence[Segment], theme: Theme, width: int = 10) -> list[str]:
    """Return names in up to three short lines above their dots, for ticks across the top."""
    return ["<br>".join([*_in_three(s.name, width), _dot(s, theme)]) for s in segments]


def _in_three(name: str, width: int) -> list[str]:
    lines = wrapped(name, width).split("<br>")
    return lines if len(lines) <= 3 else [*lines[:2], "…"]


def _dot(segment: Segment, theme: Theme) -> str:
    return f'<span style="color:{theme.segment_color(segment.color)}">●</span>'
