"""What a column of text seems to be, where its cells do not agree on how they are written."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from segmentation.table.amounts import decimal_evidence
from segmentation.table.dates import parse_dates

#: At least this share of the values must look like numbers, or like dates.
_MOSTLY = 0.8
_LOOKED_AT = 200


def text_doubts(values: pa.StringArray) -> tuple[str, ...]:
    """Say what values that were left as text seem to be.

    Parameters
    ----------
    values : pyarrow StringArray
        Distinct, without spellings of "missing".

    Examples
    --------
    >>> text_doubts(pa.array(["13/04/2024", "04/26/2024"])), text_doubts(pa.array(["1,5", "2.5"]))
    (('mixed_dates',), ('mixed_numbers',))
    """
    some = values.slice(0, _LOOKED_AT)
    either = [~np.isnat(parse_dates(some, day_first=d, compact=False).times) for d in (True, False)]
    if np.mean(either[0] | either[1]) >= _MOSTLY:
        return ("mixed_dates",)
    found = decimal_evidence(some)
    if found.point and found.comma and found.point + found.comma >= _MOSTLY * len(some):
        return ("mixed_numbers",)
    return ()
