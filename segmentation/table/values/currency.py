"""The currency that amounts are in: as it stands beside the numbers, or in a column's name.

Nothing is guessed: a column of amounts without a sign, a code or a column that says the currency
of all rows has none, and is written as plain numbers.
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

#: ISO 4217 codes that people write beside amounts, and the sign that is as clear as the code.
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
#: A unit that stands in brackets or at the end: "Umsatz (€)", "Spend [USD]", "MRR €".
_UNIT = re.compile(r"[\s_(\[]([^\s_()\[\]]{1,7})\s*[)\]]?$")
#: Values that are looked at: one sign stands beside all amounts of a column.
_LOOKED_AT = 500
#: What customers pay takes the currency of the table where that has only one.
_PAID = frozenset({"spend", "fee"})
#: Names of a column that says the currency of each row.
_CURRENCY_NAMES = frozenset(
    {"currency", "währung", "waehrung", "devise", "moneda", "divisa", "valuta", "moeda"}
)


def currency_of_texts(values: pa.StringArray) -> str:
    """The currency that stands beside most of some amounts, empty where none does.

    Parameters
    ----------
    values
        Distinct amounts as they are written.

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
    """The currency that a column's name says, empty where it says none or thousands of one.

    Examples
    --------
    >>> [currency_of_name(n) for n in ("Umsatz (€)", "Spend GBP", "price_usd", "Income (k$)")]
    ['€', '£', '$', '']
    """
    found = _UNIT.search(name.rstrip())
    return _known(found[1]) if found else ""


def with_currencies(columns: Sequence[Column], seen: Sequence[str]) -> tuple[Column, ...]:
    """Give every column of amounts its currency.

    Parameters
    ----------
    columns
        What each column is.
    seen
        The currency beside the values of each column, empty where there is none.

    Returns
    -------
    tuple of Column
        What customers pay takes the currency of the table where that has only one.
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
    """The currency that a column with one value says of all rows."""
    if column.role is not Role.CONSTANT or _CURRENCY_NAMES.isdisjoint(tokens(column.name)):
        return ""
    return _known(next(iter(column.examples), ""))


def _known(text: str) -> str:
    return _KNOWN.get(text.strip().lower(), "")
