"""Detect the currency of amounts from their signs or codes, or from column names.

Nothing is guessed: without a sign, a code or a currency column that holds for all rows, amounts
have no currency and are shown as plain numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.table.schema.columns import Column, Role
from segmentation.table.vocabulary.name_patterns import tokens

#: ISO 4217 codes written with amounts, and the equally unambiguous sign.
CODES = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CHF": "CHF", "SEK": "SEK",
    "NOK": "NOK", "DKK": "DKK", "PLN": "zł", "CZK": "Kč", "HUF": "Ft", "CNY": "CN¥",
    "AUD": "A$", "CAD": "C$", "BRL": "R$", "MXN": "MX$", "KRW": "₩", "TRY": "₺", "RUB": "₽",
}  # fmt: skip
_WORDS = {
    "euro": "€", "euros": "€", "dollar": "$", "dollars": "$", "pounds": "£", "yen": "¥",
    "us$": "$", "fr.": "CHF", "kr.": "kr",
}  # fmt: skip
_SIGNS = ("A$", "C$", "R$", "MX$", "CN¥", "$", "€", "£", "¥", "₹", "₽", "₺", "₩", "zł", "kr", "Kč")
_KNOWN = (
    {code.lower(): sign for code, sign in CODES.items()}
    | {sign.lower(): sign for sign in _SIGNS}
    | _WORDS
)
#: A unit in brackets or at the end: "Umsatz (€)", "Spend [USD]", "MRR €".
_UNIT = re.compile(r"[\s_(\[]([^\s_()\[\]]{1,7})\s*[)\]]?$")
#: Number of values examined; all amounts of a column have the same sign.
_LOOKED_AT = 500
#: Meanings that inherit the table's currency if it has only one.
_PAID = frozenset({"spend", "fee"})
#: Names of columns that hold the currency of each row.
_CURRENCY_NAMES = frozenset(
    {"currency", "währung", "waehrung", "devise", "moneda", "divisa", "valuta", "moeda"}
)


def currency_of_texts(values: pa.StringArray) -> str:
    """Return the currency written with most amounts, or an empty string.

    Parameters
    ----------
    values
        Distinct amounts as written.

    Examples
    --------
    >>> currency_of_texts(pa.array(["€ 12", "1.300 €", "7"])), currency_of_texts(pa.array(["7"]))
    ('€', '')
    """
    some = values.slice(0, _LOOKED_AT)
    around = pc.replace_substring_regex(some, r"[\d.,'’()+\s\x{a0}\x{202f}−-]+", "")
    found = Counter(known for text in around.to_pylist() if (known := _known(text)))
    if not found:
        return ""
    best, count = found.most_common(1)[0]
    return best if 2 * count >= len(some) else ""


def currency_of_name(name: str) -> str:
    """Return the currency in a column's name; empty if there is none, or for thousands (k$).

    Examples
    --------
    >>> [currency_of_name(n) for n in ("Umsatz (€)", "Spend GBP", "price_usd", "Income (k$)")]
    ['€', '£', '$', '']
    """
    found = _UNIT.search(name.rstrip())
    return _known(found[1]) if found else ""


def with_currencies(columns: Sequence[Column], seen: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns with the currency of each column of amounts.

    Parameters
    ----------
    columns
        The columns.
    seen
        The currency found in the values of each column; empty if none.

    Returns
    -------
    tuple of Column
        Spend and fees inherit the currency of the table if it has only one.
    """
    own = [
        (sign or currency_of_name(column.name)) if column.role is Role.NUMERIC else ""
        for column, sign in zip(columns, seen, strict=True)
    ]
    every = {sign for sign in (*own, *map(_stated, columns)) if sign}
    only = every.pop() if len(every) == 1 else ""
    return tuple(
        replace(column, currency=sign or (only if column.meaning in _PAID else ""))
        for column, sign in zip(columns, own, strict=True)
    )


def _stated(column: Column) -> str:
    """Return the currency that a constant currency column states for all rows."""
    if column.role is not Role.CONSTANT or _CURRENCY_NAMES.isdisjoint(tokens(column.name)):
        return ""
    return _known(next(iter(column.examples), ""))


def _known(text: str) -> str:
    return _KNOWN.get(text.strip().lower(), "")
