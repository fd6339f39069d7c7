"""Numbers and names as people write them."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Write a number with as many digits as its size deserves.

    Examples
    --------
    >>> [number(v) for v in (12450.4, 131.27, 29.04, 4.649, 0.0312, 3.0, -7.5)]
    ['12,450', '131', '29', '4.6', '0.031', '3', '−7.5']
    """
    if not math.isfinite(value):
        return "unknown"
    size = abs(value)
    if size >= 100:
        text = f"{size:,.0f}"
    elif size >= 10 or size >= 1 or size == 0:
        text = f"{size:.1f}".removesuffix(".0")
    else:
        text = f"{size:.2g}"
    return f"−{text}" if value < 0 else text


def percent(share: float) -> str:
    """Write a share as whole percent, never rounding something to all or nothing.

    Examples
    --------
    >>> [percent(s) for s in (0.342, 1.0, 0.9999, 0.001, 0.0)]
    ['34 %', '100 %', '99.9 %', '0.1 %', '0 %']
    """
    if share in (0.0, 1.0) or 0.005 <= share <= 0.995:
        return f"{share * 100:.0f} %"
    return f"{min(max(share * 100, 0.1), 99.9):.1f} %"


def label(column: str) -> str:
    """Turn a column name into words inside a sentence, units and case kept where they matter.

    Examples
    --------
    >>> [label(c) for c in ("Total Spend", "annual_income_k", "Spending Score (1-100)", "RFM")]
    ['total spend', 'annual income k', 'spending score', 'RFM']
    """
    words = column.split("(", maxsplit=1)[0].replace("_", " ").split()
    lowered = [w if w.isupper() and len(w) > 1 else w.lower() for w in words]
    return " ".join(lowered) or column


def sentence(text: str) -> str:
    """Start with a capital letter, change nothing else.

    Examples
    --------
    >>> sentence("young, high RFM score")
    'Young, high RFM score'
    """
    return text[:1].upper() + text[1:]


def listing(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listing(["Gold", "Silver", "Bronze"])
    'Gold, Silver and Bronze'
    """
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
