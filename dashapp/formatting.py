"""Format numbers for people: 12,450 · 34 % · $1,320 · 1.2 M.

Examples
--------
>>> number(12450), percent(0.34), money(1320, "$"), compact(1_240_000)
('12,450', '34 %', '$1,320', '1.2 M')
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from dashapp.units import currency_of, day_before, is_day

# Shown for a missing number; an en dash reads better than "nan".
MISSING = "–"
_NAMES = frozenset({"id", "ids", "identifier", "line", "number", "no", "year", "zip", "postcode"})
# Charts and grids also put it before negative numbers: as wide as a digit, and never at a line's
# end.
MINUS = "−"
_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with thousands separators.

    Parameters
    ----------
    value
        Any real number; None, NaN and infinities give an en dash.
    decimals
        Digits after the point, 0 or more.

    Examples
    --------
    >>> number(12450), number(3.14159, 2), number(None)
    ('12,450', '3.14', '–')
    >>> number(-0.2), number(-12450)
    ('0', '−12,450')
    """
    if not _known(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def measure(value: float | None) -> str:
    """Return a number with decimals suited to its size.

    Examples
    --------
    >>> measure(1310.4), measure(42.25), measure(4.9), measure(0.4123)
    ('1,310', '42.2', '4.9', '0.41')
    """
    if not _known(value):
        return MISSING
    assert value is not None
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


def percent(share: float | None, decimals: int = 0) -> str:
    """Return a share, 0 to 1, as a percentage.

    A share strictly between 0 and 1 is never rounded to either.

    Examples
    --------
    >>> percent(0.34), percent(0.3456, 1), percent(0.001), percent(0.999)
    ('34 %', '34.6 %', '<1 %', '>99 %')
    """
    if not _known(share):
        return MISSING
    assert share is not None
    step = 10.0**-decimals
    if 0 < share * 100 < step / 2:
        return f"<{number(step, decimals)} %"
    if 100 - step / 2 < share * 100 < 100:
        return f">{number(100 - step, decimals)} %"
    return f"{number(share * 100, decimals)} %"


def money(value: float | None, currency: str) -> str:
    """Return an amount of money, with cents only where they matter.

    Examples
    --------
    >>> money(1320, "$"), money(12.5, "€"), money(-40, "$"), money(8_911_407.9, "CHF ")
    ('$1,320', '€12.50', '−$40', 'CHF 8,911,408')
    """
    if not _known(value):
        return MISSING
    assert value is not None
    cents = abs(value) < 100 and not float(value).is_integer()
    return fixed(value, 2 if cents else 0, currency)


def compact(value: float | None) -> str:
    """Return a short number: in full below 10,000, then in thousands, millions, billions.

    Examples
    --------
    >>> compact(9_950), compact(12_450), compact(541_909), compact(2e9)
    ('9,950', '12.4 k', '542 k', '2 B')
    """
    if not _known(value):
        return MISSING
    assert value is not None
    size = abs(value)
    if size < 10_000:
        return measure(value)
    # 999,950 and more would read "1,000 k": use the next unit.
    step, unit = next((s, u) for s, u in _STEPS if size >= s * 0.9995)
    scaled = value / step
    decimals = 0 if abs(scaled) >= 100 else 1
    return f"{number(scaled, decimals).removesuffix('.0')} {unit}"


def signed(value: float | None, decimals: int = 0) -> str:
    """Return a difference with its sign.

    Examples
    --------
    >>> signed(12), signed(-3.25, 1), signed(0)
    ('+12', '−3.2', '0')
    """
    text = number(value, decimals)
    if text == MISSING or not text.strip("0.,"):
        return text
    return text if text.startswith(MINUS) else f"+{text}"


def unbroken(sentence: str) -> str:
    """Return a sentence of the engine in which no line begins with a percent sign.

    Examples
    --------
    >>> ascii(unbroken("100 % Gold")) == ascii("100" + chr(160) + "% Gold")
    True
    """
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def count(amount: int, thing: str, plural: str | None = None) -> str:
    """Return a count and its noun, in the singular or plural.

    Examples
    --------
    >>> count(1, "customer"), count(12450, "customer"), count(2, "category", "categories")
    ('1 customer', '12,450 customers', '2 categories')
    """
    return f"{number(amount)} {thing if amount == 1 else plural or thing + 's'}"


def file_size(size: int) -> str:
    """Return bytes in the decimal units that browsers show.

    Examples
    --------
    >>> file_size(812), file_size(45_700), file_size(200_000_000)
    ('812 bytes', '45.7 kB', '200 MB')
    """
    if size < 1000:
        return f"{size} bytes"
    step, unit = next((s, u) for s, u in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if size >= s)
    return f"{number(size / step, 0 if size / step >= 100 else 1)} {unit}"


def column_value(name: str, value: float | None) -> str:
    """Return a value of a named column with the column's currency, if any; days as dates.

    Examples
    --------
    >>> from dashapp.units import use_units
    >>> use_units({"Total Spend": "$"}, {"Last visit": "2026-03-01"})
    >>> column_value("Total Spend", 1320.0), column_value("Age", 33.6)
    ('$1,320', '33.6')
    >>> column_value("Last visit", 10.6), column_value("Last visit", None)
    ('2026-02-18', '–')
    >>> use_units({})
    """
    if is_day(name):
        return day_before(name, value) or MISSING
    currency = currency_of(name)
    return money(value, currency) if currency else measure(value)


def told(name: str, value: float) -> float | str:
    """Return a value of a named column for a CSV file: numbers unformatted, days as dates."""
    return column_value(name, value) if is_day(name) else value


def fixed(value: float | None, decimals: int, currency: str = "") -> str:
    """Return a number with a given number of decimals, for aligned cells.

    Examples
    --------
    >>> fixed(1120.2, 2, "$"), fixed(-3.0, 1), fixed(None, 1)
    ('$1,120.20', '−3.0', '–')
    """
    text = number(value, decimals)
    if not currency or text == MISSING:
        return text
    return f"{MINUS}{currency}{text[1:]}" if text.startswith(MINUS) else f"{currency}{text}"


def decimals_of(values: Sequence[float | None]) -> int | None:
    """Return the decimals, 0 to 2, that align a column of numbers.

    Numbers written with up to two decimals keep them; computed ones, such as means, get as many as
    suit their size. None if the sizes differ so much that each cell is better formatted alone.

    Examples
    --------
    >>> decimals_of([4.6, 4.0, None]), decimals_of([1120.2, 780.51]), decimals_of([211 / 3, 41.7])
    (1, 2, 1)
    >>> decimals_of([1 / 3, 41_000.0]) is None
    True
    """
    known = [float(value) for value in values if value is not None and _known(value)]
    for decimals in (0, 1, 2):
        if all(abs(value - round(value, decimals)) < 1e-9 * max(abs(value), 1) for value in known):
            return decimals
    sizes = [abs(value) for value in known if value]
    if max(sizes) > 1000 * min(sizes):
        return None
    return 0 if max(sizes) >= 100 else 1 if max(sizes) >= 10 else 2


def is_name(column: str) -> bool:
    """Whether a column's numbers are labels, such as ids and years, which are never grouped.

    Examples
    --------
    >>> is_name("Customer ID"), is_name("Year of birth"), is_name("Paid")
    (True, True, False)
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", column).lower().split()
    return bool(_NAMES.intersection(words))


def cell(value: Any, column: str = "") -> str:
    """Return any table cell as text: formatted numbers, ISO dates, an en dash for missing.

    Examples
    --------
    >>> cell(1320.0, "Total Spend"), cell(None), cell("Gold"), cell(True), cell(10001, "User ID")
    ('1,320', '–', 'Gold', 'Yes', '10001')
    """
    # Check pandas' NA before comparing: comparing it gives neither true nor false.
    if value is None or str(value) in {"<NA>", "NaT"} or value != value:  # noqa: PLR0124 - NaN
        return MISSING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        text = column_value(column, float(value))
        return text.replace(",", "") if is_name(column) else text
    if hasattr(value, "date") and hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    if hasattr(value, "item"):
        return cell(value.item(), column)
    return str(value)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
