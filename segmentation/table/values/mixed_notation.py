"""Detect columns left as text because of mixed date or number notations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from segmentation.table.values.amounts import decimal_evidence
from segmentation.table.values.dates import looks_like_dates, parse_dates

#: Minimum share of values that look like numbers, or like dates.
_MOSTLY = 0.8
_LOOKED_AT = 200


def text_doubts(values: pa.StringArray) -> tuple[str, ...]:
    """Return what values left as text seem to be: mixed dates or mixed numbers.

    Parameters
    ----------
    values : pyarrow StringArray
        Distinct values, without spellings of "missing".

    Examples
    --------
    >>> text_doubts(pa.array(["13/04/2024", "04/26/2024"])), text_doubts(pa.array(["1,5", "2.5"]))
    (('mixed_dates',), ('mixed_numbers',))
    """
    some = values.slice(0, _LOOKED_AT)
    # Parsing dates is the slowest step, so rule out most text by a cheap test first.
    if looks_like_dates(some, compact=False) and _share_of_dates(some) >= _MOSTLY:
        return ("mixed_dates",)
    found = decimal_evidence(some)
    if found.point and found.comma and found.point + found.comma >= _MOSTLY * len(some):
        return ("mixed_numbers",)
    return ()


def _share_of_dates(values: pa.StringArray) -> float:
    """Return the share of values that are dates in either order, 0 to 1."""
    read = [parse_dates(values, day_first=first, compact=False).times for first in (True, False)]
    return float(np.mean(~np.isnat(read[0]) | ~np.isnat(read[1])))
