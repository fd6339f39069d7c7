"""Numbers as people write them: 1,234.50 · 1.234,50 · 1 234,50 · $99 · 12 % · (5.00) · 5-."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: White space and apostrophes used as thousands separators.
_SPACES = "[ \u00a0\u202f\u2009\u2007'’]"

#: Currency signs and codes before or after a number.
_SIGNS = (
    r"(?:US|AU|CA|NZ|HK|NT|MX|A|C|R|S)?\$|\p{Sc}|zł|kr\.?|Kč|Ft|lei|лв\.?|руб\.?|S?Fr\.|Rs\.|"
    r"USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|UAH|RUB|TRY|ILS|ZAR|AUD|NZD|"
    r"CAD|BRL|MXN|ARS|CLP|COP|SGD|HKD|KRW|THB|IDR|MYR|PHP|AED|SAR|EGP|NGN|KES|Euros?"
)
#: Signs before a number; the last ones need a blank, because "RM12" is a code.
_BEFORE = r"(?:(?:" + _SIGNS + r")\s*|(?:Rs|RM|TL|zl)\s+)"
_AFTER = r"(?:" + _SIGNS + r"|TL|zl|Rs|RM)"

#: A dash in place of cents ("5,-", "CHF 12.–") is not a minus sign.
_NO_CENTS = r"(\d)[.,][-–—]+(\D*)$"

_DECORATED = (
    r"^(?P<open>\()?\s*(?P<sign>[-+−–]?)\s*(?:(?i:" + _BEFORE + r"))?(?P<inner>[-+−–]?)\s*"
    r"(?P<body>[0-9.,](?:[0-9.,]|[ \x{00a0}\x{202f}\x{2009}\x{2007}'’]\d)*(?:[eE][-+]?\d+)?)"
    r"\s*(?P<percent>%?)\s*(?:(?i:" + _AFTER + r")\s*)?(?P<trailing>-?)(?P<close>\))?$"
)

_INTEGER = r"\d+"
_DOT_GROUPS = r"\d{1,3}(?:\.\d{3})+"
_COMMA_GROUPS = r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"
_SPACE_GROUPS = r"\d{1,3}(?:" + _SPACES + r"\d{3})+"
_EXPONENT = r"(?:[eE][-+]?\d+)?"

_WITH_DECIMAL_POINT = (
    rf"^(?:(?:{_INTEGER}|{_COMMA_GROUPS}|{_SPACE_GROUPS})(?:\.\d*)?|\.\d+){_EXPONENT}$"
)
_WITH_DECIMAL_COMMA = (
    rf"^(?:(?:{_INTEGER}|{_DOT_GROUPS}|{_SPACE_GROUPS})(?:,\d*)?|,\d+){_EXPONENT}$"
)

#: A machine-written number without formatting.
PLAIN = r"^[-+]?\d*[.,]?\d*" + _EXPONENT + "$"

#: Decimal or thousands mark: exactly three digits after a single mark.
_AMBIGUOUS = r"^[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Distinct texts read as numbers.

    Attributes
    ----------
    numbers : ndarray of float64, shape (d,)
        NaN if a text is not a number.
    whole : bool
        Whether all are written as whole numbers.
    decorated : ndarray of bool, shape (d,)
        Whether currency, percent, grouping or brackets were removed.
    ambiguous : bool
        Whether every number with a mark could be read with either decimal mark.
    """

    numbers: np.ndarray
    whole: bool
    decorated: np.ndarray
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class DecimalEvidence:
    """Numbers of distinct values valid only with a decimal point, or only with a comma."""

    point: int
    comma: int

    def __add__(self, other: DecimalEvidence) -> DecimalEvidence:
        """Add the evidence of another column."""
        return DecimalEvidence(self.point + other.point, self.comma + other.comma)


def decimal_evidence(values: pa.StringArray) -> DecimalEvidence:
    """Return the counts of distinct values that prove a column's decimal mark.

    Examples
    --------
    >>> decimal_evidence(pa.array(["1.234,50", "7", "1.234"]))
    DecimalEvidence(point=0, comma=1)
    """
    marked = pc.filter(values, pc.match_substring_regex(values, r"[.,]"))
    if not len(marked):
        return DecimalEvidence(0, 0)
    bodies = _parts(marked)["body"]
    clear = pc.filter(bodies, pc.invert(pc.match_substring_regex(bodies, _AMBIGUOUS)))
    point = pc.match_substring_regex(clear, _WITH_DECIMAL_POINT)
    comma = pc.match_substring_regex(clear, _WITH_DECIMAL_COMMA)
    return DecimalEvidence(
        point=_count(pc.and_(point, pc.invert(comma))),
        comma=_count(pc.and_(comma, pc.invert(point))),
    )


def guess_decimal(values: pa.StringArray) -> str | None:
    """Return the likely decimal mark if every number with a mark is ambiguous.

    Numbers without a mark distinguish thousands separators from three decimals: if thousands are
    grouped, none of them reaches 1,000.

    Parameters
    ----------
    values : pyarrow StringArray
        Distinct texts without `decimal_evidence`.

    Returns
    -------
    str or None
        ``"."`` or ``","``; None if there is no evidence for either, or no number has a mark.

    Examples
    --------
    >>> guess_decimal(pa.array(["1.234", "56", "2.500"])), guess_decimal(pa.array(["1.234"]))
    (',', None)
    """
    bodies = _parts(values)["body"]
    marked = pc.filter(bodies, pc.match_substring_regex(bodies, _AMBIGUOUS))
    plain = pc.filter(bodies, pc.match_substring_regex(bodies, r"^\d+$"))
    points = _count(pc.match_substring(marked, "."))
    if not len(marked) or not len(plain) or points not in {0, len(marked)}:
        return None
    mark, other = (".", ",") if points else (",", ".")
    return mark if _count(pc.greater(pc.utf8_length(plain), 3)) else other


def plain_numbers(values: pa.StringArray) -> np.ndarray | None:
    """Return the numbers if all texts are plain machine-written numbers, else None.

    Returns
    -------
    ndarray of int64 or float64, shape (d,), or None
        Whole numbers as integers.
    """
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = pc.cast(values, kind).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            continue
        whole = numbers.dtype.kind == "i"
        if whole and _count(pc.match_substring(values, "0x", ignore_case=True)):
            return None  # Arrow parses hexadecimal numbers, which are codes in a table
        return numbers if np.isfinite(numbers).all() else None
    return None


def may_be_grouped(values: pa.StringArray) -> bool:
    """Return whether points may group thousands: three digits follow each of them."""
    marked = pc.filter(values, pc.match_substring(values, "."))
    return len(marked) > 0 and _count(pc.match_substring_regex(marked, _AMBIGUOUS)) == len(marked)


def parse_amounts(values: pa.StringArray, decimal: str) -> Amounts:
    """Return distinct texts as numbers, read with the given decimal mark.

    Parameters
    ----------
    values : pyarrow StringArray, shape (d,)
        Trimmed, without nulls.
    decimal : str
        ``"."`` or ``","``.

    Returns
    -------
    Amounts
        Percentages are not divided by 100: ``"12 %"`` is 12.

    Examples
    --------
    >>> parse_amounts(pa.array(["$1,200.50", "(3)", "12 %", "x"]), ".").numbers.tolist()
    [1200.5, -3.0, 12.0, nan]
    """
    parts = _parts(values)
    body = parts["body"]
    pattern = _WITH_DECIMAL_POINT if decimal == "." else _WITH_DECIMAL_COMMA
    valid = _mask(pc.match_substring_regex(body, pattern)) & _balanced(parts)
    plain = pc.replace_substring_regex(body, _SPACES, "")
    plain = pc.replace_substring(plain, "," if decimal == "." else ".", "")
    plain = pc.replace_substring(plain, ",", ".")
    plain = pc.if_else(pa.array(valid), plain, pa.scalar("nan"))
    numbers = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False).copy()
    numbers[_negative(parts)] *= -1.0
    numbers[~np.isfinite(numbers)] = np.nan
    marked = _mask(pc.match_substring_regex(body, "[.,]")) & valid
    fraction = _mask(pc.match_substring_regex(body, "[eE]|" + (r"\." if decimal == "." else ",")))
    doubtful = _mask(pc.match_substring_regex(body, _AMBIGUOUS))
    return Amounts(
        numbers=numbers,
        whole=not bool((fraction & valid).any()),
        decorated=np.isfinite(numbers) & ~_mask(pc.match_substring_regex(values, PLAIN)),
        ambiguous=bool(marked.any() and doubtful[marked].all()),
    )


def _parts(values: pa.StringArray) -> dict[str, pa.StringArray]:
    """Split off signs, brackets, currency and percent; bodies of non-numbers are empty."""
    values = pc.replace_substring_regex(values, _NO_CENTS, r"\1\2")
    found = pc.extract_regex(values, _DECORATED)
    names = ("open", "sign", "inner", "body", "percent", "trailing", "close")
    return {name: pc.fill_null(pc.struct_field(found, name), "") for name in names}


def _balanced(parts: dict[str, pa.StringArray]) -> np.ndarray:
    opened, closed = (_mask(pc.not_equal(parts[key], "")) for key in ("open", "close"))
    signs = sum(
        _mask(pc.not_equal(parts[key], "")).astype(int) for key in ("sign", "inner", "trailing")
    )
    return np.asarray((opened == closed) & (signs + opened <= 1))


def _negative(parts: dict[str, pa.StringArray]) -> np.ndarray:
    minus = _mask(pc.not_equal(parts["open"], "")) | _mask(pc.equal(parts["trailing"], "-"))
    for key in ("sign", "inner"):
        minus |= _mask(pc.match_substring_regex(parts[key], "[-−–]"))
    return np.asarray(minus)


def _mask(flags: pa.BooleanArray) -> np.ndarray:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def _count(flags: pa.BooleanArray) -> int:
    return int(pc.sum(flags).as_py() or 0)
