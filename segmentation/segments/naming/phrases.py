"""Numbers and names as people write them."""

from __future__ import annotations

import math
import re

from segmentation.table.values.currency import currency_of_name

#: A period within a name: "12m", "90d".
_PERIOD = re.compile(r"\d{1,3}[dwmy]")
#: A scale at the end of a name in small words: "_1_5", "_0_10".
_SNAKE_SCALE = re.compile(r"_[01]_(?:5|7|10|100)$")
#: A unit or a scale after a name: "(EUR)", "(1-100)".
_UNIT = re.compile(r"(?:\([^()]*\)|%)$")
#: Letters and endings of German nouns, which keep their capitals.
_GERMAN = re.compile(
    r"[äöüß]|(?:beitrag|betrag|umsatz|kauf|einkauf|besuche?|dauer|anzahl|preis|zahlung|leistung|"
    r"bestellung|buchung|nutzung|bewertung|kündigung|heit|keit|schaft|stufe|gruppe|wert|zeit|jahre?|"
    r"monate?|tage|kunden?|tarif|vertrag|laufzeit|guthaben|gutschein|rabatt|quote|häufigkeit)(?:en)?$",
    re.IGNORECASE,
)
#: Plain words run together; brands have short ones, "PayPal".
_CAMEL = re.compile(r"(?:[A-Z][a-z]{3,}|[a-z]{4,})(?:[A-Z][a-z]{3,})+")
#: A name that says its numbers are percent: "Discount (%)", "Active users %".
_PERCENT = re.compile(r"%\)?\s*$")

#: Words that stay small where all others of a name have capitals.
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "per",
        "since",
        "the",
        "to",
        "with",
    ]
)


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


def amount(value: float, currency: str) -> str:
    """Write a number with the currency that it is in, if any; cents only where they matter.

    Examples
    --------
    >>> amount(1320.4, "€"), amount(-7.5, "$"), amount(131.27, "CHF"), amount(7.0, "")
    ('€1,320', '−$7.50', 'CHF 131', '7')
    """
    if not currency or not math.isfinite(value):
        return number(value)
    size = abs(value)
    cents = 2 if size < 100 and not size.is_integer() else 0
    sign = f"{currency} " if currency.isalpha() else currency
    return f"{'−' if value < 0 else ''}{sign}{size:,.{cents}f}"


def value(column: str, mean: float, currency: str) -> str:
    """Write a number of a column in its unit: a currency, percent, or none that is known.

    A workbook keeps 34 % as 0.34: numbers up to 1 may be shares, and are left as they are.

    Examples
    --------
    >>> value("Active users %", 73.3, ""), value("MRR", 823.0, "$"), value("Seats", 37.0, "")
    ('73.3 %', '$823', '37')
    >>> value("Active users %", 0.34, "")
    '0.34'
    """
    percents = abs(mean) > 1 and not currency and _PERCENT.search(column)
    return f"{amount(mean, currency)}{' %' if percents else ''}"


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
    """Turn a column name into words inside a sentence.

    Only plain words change: their capital and the underscores between them go, and a unit in
    parentheses. Codes, acronyms and symbols mean what they are written like, so that a name with
    one of them stays as it is; so does one in which some words have capitals for a reason, as
    nouns and names have them in many languages.

    Examples
    --------
    >>> [label(c) for c in ("Total Spend", "annual_income", "Spending Score (1-100)", "RFM")]
    ['total spend', 'annual income', 'spending score', 'RFM']
    >>> label("MonthlyCharges"), label("totalSpend"), label("PayPal"), label("DataUsageGB")
    ('monthly charges', 'total spend', 'PayPal', 'DataUsageGB')
    >>> label("Active users %"), label("Discount (%)")
    ('active users', 'discount')
    >>> [label(c) for c in ("metric_39", "Detergents_Paper", "Spend USD", "iPhone sales", "a/b")]
    ['metric_39', 'Detergents_Paper', 'Spend USD', 'iPhone sales', 'a/b']
    >>> [label(c) for c in ("satisfaction_1_5", "nightly_rate_gbp", "nights_12m")]
    ['satisfaction', 'nightly rate', 'nights 12m']
    >>> [label(c) for c in ("Number of Orders", "Anzahl der Bestellungen", "Monatsbeitrag (€)")]
    ['number of orders', 'Anzahl der Bestellungen', 'Monatsbeitrag']
    """
    named = _UNIT.sub("", column.rstrip()).rstrip()
    words = named.split()
    if words and all(_is_plain(word) for word in words):
        said = " ".join(words)
        return said if _has_nouns(words) else said.lower()
    if _CAMEL.fullmatch(named):
        return " ".join(re.findall(r"[A-Z]?[a-z]+", named)).lower()
    parts = _without_snake_unit(named).replace("_", " ").split()
    if parts and all((p.isalpha() and p.islower()) or _PERIOD.fullmatch(p) for p in parts):
        return " ".join(parts)
    return column


def _without_snake_unit(name: str) -> str:
    """Take a scale or a currency off the end of small words with underscores."""
    named = _SNAKE_SCALE.sub("", name)
    return named.rpartition("_")[0] if "_" in named and currency_of_name(named) else named


def _is_plain(word: str) -> bool:
    """Tell whether a word is letters and hyphens, small but for the first."""
    return word.replace("-", "").isalpha() and word[1:] == word[1:].lower() and len(word) > 1


def _has_nouns(words: list[str]) -> bool:
    """Tell whether words have capitals as nouns: German ones, or among words that titles raise."""
    if any(word[0].isupper() and _GERMAN.search(word) for word in words):
        return True
    small = any(word.islower() and word not in _SMALL for word in words[1:])
    return small and any(word[0].isupper() for word in words[1:])


def sentence(text: str) -> str:
    """Start with a capital letter, change nothing else; what is no plain word stays as it is.

    Examples
    --------
    >>> sentence("young, high RFM score"), sentence("metric_39 yes"), sentence("iPhone sales")
    ('Young, high RFM score', 'metric_39 yes', 'iPhone sales')
    """
    first = text.split(maxsplit=1)[0].rstrip(",.:;") if text.split() else ""
    return text[:1].upper() + text[1:] if _is_plain(first) or len(first) == 1 else text


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
