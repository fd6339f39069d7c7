"""The portal's number formats, beside the components that show them."""

from __future__ import annotations

from dashapp.formatting import (
    CURRENCY,
    MISSING,
    cell,
    column_value,
    compact,
    count,
    currency_of,
    file_size,
    measure,
    money,
    number,
    percent,
    signed,
)

__all__ = [
    "CURRENCY",
    "MISSING",
    "cell",
    "column_value",
    "compact",
    "count",
    "currency_of",
    "file_size",
    "measure",
    "money",
    "number",
    "percent",
    "signed",
]
