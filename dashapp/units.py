"""Units of the columns in the present request: currencies, and days counted from dates."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, timedelta
from types import MappingProxyType

# Column → currency of the data set or model in the present request, and date column → its newest
# day, from which models count backwards.
_CURRENCIES: ContextVar[Mapping[str, str]] = ContextVar("currencies", default=MappingProxyType({}))
_NEWEST: ContextVar[Mapping[str, date]] = ContextVar("newest", default=MappingProxyType({}))
LONGEST_SIGN = 4


def use_units(found: Mapping[str, str], newest: Mapping[str, str] = MappingProxyType({})) -> None:
    """Set the units for amounts and days in the present request.

    Every request starts without units, so that none uses another's.

    Parameters
    ----------
    found
        Column → sign or code found in the data; empty if none.
    newest
        Date column → its newest day in ISO form, if averages count days before it.
    """
    days = {name: _iso_day(day) for name, day in newest.items()}
    _NEWEST.set(MappingProxyType({name: day for name, day in days.items() if day}))
    signs = {name: sign for name, sign in found.items() if is_sign(sign)}
    known = {name: f"{sign} " if sign.isalpha() else sign for name, sign in signs.items()}
    _CURRENCIES.set(MappingProxyType(known))


def is_sign(text: str) -> bool:
    """Whether a text can be a currency: model files may come from anywhere and contain anything.

    Examples
    --------
    >>> [is_sign(text) for text in ("$", "CHF", "zł", "", "<b>", "$$$$$")]
    [True, True, True, False, False, False]
    """
    plain = all(letter.isalpha() or unicodedata.category(letter) == "Sc" for letter in text)
    return 1 <= len(text) <= LONGEST_SIGN and plain


def currency_of(name: str) -> str:
    """Return the currency of a column, or an empty string.

    Examples
    --------
    >>> use_units({"Umsatz": "€", "Miete": "CHF", "Age": ""})
    >>> currency_of("Umsatz"), currency_of("Miete"), currency_of("Age"), currency_of("Spend")
    ('€', 'CHF ', '', '')
    >>> use_units({})
    """
    return _CURRENCIES.get().get(name, "")


def is_day(name: str) -> bool:
    """Whether the numbers of a column count days before its newest one."""
    return name in _NEWEST.get()


def direction(name: str) -> int:
    """Return 1 if a larger number means more, or -1 for days before the newest."""
    return -1 if is_day(name) else 1


def day_before(name: str, days: float | None) -> str | None:
    """Return the ISO date so many days before a column's newest; None if it does not exist.

    Examples
    --------
    >>> use_units({}, {"Last visit": "2026-03-01"})
    >>> day_before("Last visit", 10.6), day_before("Last visit", 1e9)
    ('2026-02-18', None)
    >>> use_units({})
    """
    if days is None or not math.isfinite(days):
        return None
    try:
        return (_NEWEST.get()[name] - timedelta(days=round(days))).isoformat()
    except OverflowError:
        return None


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # model files may come from anywhere
        return None
