"""Parse dates in the common orders; a whole column decides, and assumptions are reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TIME = (
    r"(?:[T ,]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>(?i:[ap]\.?m\.?))?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_MONTH_NAMES = (
    ("jan", "ene", "gen", "janv", "sty", "oca", "янв"),
    ("feb", "fév", "fev", "lut", "şub", "фев"),
    ("mar", "mär", "mrz", "mrt", "мар"),
    ("apr", "avr", "abr", "kwi", "nis", "апр"),
    ("may", "mai", "maj", "mei", "mag", "май", "мая"),
    ("jun", "juin", "giu", "cze", "haz", "июн"),
    ("jul", "juil", "lug", "lip", "tem", "июл"),
    ("aug", "aoû", "ago", "aou", "sie", "ağu", "авг"),
    ("sep", "set", "wrz", "eyl", "сен"),
    ("oct", "okt", "ott", "out", "paź", "eki", "окт"),
    ("nov", "lis", "kas", "ноя"),
    ("dec", "dez", "déc", "dic", "gru", "ara", "дек"),
)
_WEEKDAY = r"^(?:[A-Za-z]{2,9}\.?,?\s+)?"

_YEAR_FIRST = r"^(?P<year>\d{4})[-/.] ?(?P<month>\d{1,2})[-/.] ?(?P<day>\d{1,2})\.?" + _TIME + "$"
_COMPACT = r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])$"
_YEAR_LAST = (
    r"^(?P<first>\d{1,2})(?P<mark>[-/.]) ?(?P<other>\d{1,2})[-/.] ?(?P<year>\d{4}|\d{2})"
    + _TIME
    + "$"
)
_NAMED_DAY_FIRST = (
    _WEEKDAY
    + r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[- ]\s*(?:de\s+)?(?P<name>\pL{3,12})\.?,?[- ]\s*"
    + r"(?:del?\s+)?"
    + r"(?P<year>\d{4}|\d{2})"
    + _TIME
    + "$"
)
_NAMED_MONTH_FIRST = (
    _WEEKDAY
    + r"(?P<name>\pL{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    + _TIME
    + "$"
)

_NAMED_YEAR_FIRST = (
    r"^(?P<year>\d{4})[-/. ]+(?P<name>\pL{3,12})\.?[-/. ]+(?P<day>\d{1,2})\.?" + _TIME + "$"
)
_NAMED_YEAR_LAST = (
    _WEEKDAY
    + r"(?P<name>\pL{3})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})"
    + r"\s*(?P<half>)(?P<zone>UTC|GMT)?\s+(?P<year>\d{4})$"
)
_IDEOGRAPHS = (
    r"^(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]$"
)

#: Cheap pre-test: every date has two separators, a month's name or eight digits.
_HINT = r"\d[-/.] ?\d{1,2}[-/.] ?\d|\pL{3}.*\d|^\d{8}$|[年년]"

#: A time with a zone other than UTC.
_OTHER_ZONE = r":\d{2}(?:[.,]\d+)?\s*[+-](?:0[1-9]|1\d|00:?[1-9])"

#: Two-digit years up to this one belong to the 2000s (POSIX: 69 to 99 are the 1900s).
_LAST_SHORT_YEAR = 68

#: Minimum number of different eight-digit dates if the name does not suggest dates.
_FEWEST_COMPACT = 12


@dataclass(frozen=True, slots=True)
class Dates:
    """Distinct texts read as dates.

    Attributes
    ----------
    times : ndarray of datetime64[s], shape (d,)
        NaT if a text is not a date.
    order : str
        ``"year_first"``, ``"day_first"``, ``"month_first"`` or ``"named_month"``.
    ambiguous : bool
        Whether day and month could be swapped in every value, so that the order is assumed.
    zoned : bool
        Whether some were converted to UTC from another time zone.
    """

    times: np.ndarray
    order: str
    ambiguous: bool
    zoned: bool


def looks_like_dates(values: pa.StringArray, *, compact: bool) -> bool:
    """Return whether a column may hold dates; a cheap test on a few values.

    Parameters
    ----------
    values : pyarrow StringArray
        Distinct values.
    compact : bool
        Whether eight digits (``20240131``) may be a date.
    """
    some = values.slice(0, 200)
    if not len(some) or _mask(pc.match_substring_regex(some, _HINT)).mean() < 0.5:
        return False
    hits = np.zeros(len(some), dtype=bool)
    for pattern in _patterns(compact=compact):
        hits |= _mask(pc.match_substring_regex(some, pattern))
    return bool(hits.mean() >= 0.5)


def are_compact_dates(values: pa.StringArray) -> bool:
    """Return whether there are many different values, all valid eight-digit dates.

    About 1 of 27 random numbers has a valid month and day, so a dozen values are proof enough
    without the column's name.
    """
    if len(values) < _FEWEST_COMPACT or pc.any(pc.not_equal(pc.binary_length(values), 8)).as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(values, _COMPACT)).as_py())


def parse_dates(values: pa.StringArray, *, day_first: bool | None, compact: bool) -> Dates:
    """Return distinct texts read as dates.

    Values that allow only one order of day and month decide. If there are none, `day_first`
    decides, and the result is marked as ambiguous.

    Parameters
    ----------
    values : pyarrow StringArray, shape (d,)
        Trimmed, without nulls.
    day_first : bool or None
        Order to assume for ambiguous columns; None means day first with dots, else month first.
    compact : bool
        Whether eight digits (``20240131``) may be a date.

    Returns
    -------
    Dates
        With times of day; zones are dropped after conversion to UTC.

    Examples
    --------
    >>> dates = parse_dates(pa.array(["31.01.2024", "1.2.24"]), day_first=None, compact=False)
    >>> dates.times.astype("datetime64[D]").tolist()
    [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]
    >>> dates.order, dates.ambiguous
    ('day_first', False)
    """
    times = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[s]")
    order, ambiguous = "year_first", False
    left = np.arange(len(values))
    for pattern in _by_hits(values, _patterns(compact=compact)):
        found = pc.extract_regex(values.take(pa.array(left)), pattern)
        hits = _mask(pc.is_valid(found))
        if not hits.any():
            continue
        rows, left = left[hits], left[~hits]
        parts = pc.filter(found, pa.array(hits))
        if pattern is _YEAR_LAST:
            first_is_day, ambiguous = _settle_order(parts, day_first)
            order = "day_first" if first_is_day.mean() >= 0.5 else "month_first"
            first, other = _number(parts, "first"), _number(parts, "other")
            month, day = (
                np.where(first_is_day, *pair) for pair in ((other, first), (first, other))
            )
            times[rows] = _assemble(parts, month, day)
        elif "name>" in pattern:
            order = "named_month"
            times[rows] = _assemble(parts, _named_month(parts), _number(parts, "day"))
        else:
            times[rows] = _assemble(parts, _number(parts, "month"), _number(parts, "day"))
    zoned = bool(pc.any(pc.match_substring_regex(values, _OTHER_ZONE)).as_py())
    return Dates(times, order, ambiguous, zoned)


def _patterns(*, compact: bool) -> list[str]:
    patterns = [_YEAR_FIRST, _YEAR_LAST, _NAMED_DAY_FIRST, _NAMED_MONTH_FIRST]
    patterns += [_NAMED_YEAR_FIRST, _NAMED_YEAR_LAST, _IDEOGRAPHS]
    return [_COMPACT, *patterns] if compact else patterns


def _by_hits(values: pa.StringArray, patterns: list[str]) -> list[str]:
    """Return the patterns sorted by how many of the first values they match."""
    some = values.slice(0, 50)
    hits = [int(_mask(pc.match_substring_regex(some, pattern)).sum()) for pattern in patterns]
    return [pattern for _, pattern in sorted(zip(hits, patterns, strict=True), reverse=True)]


def _settle_order(parts: pa.StructArray, day_first: bool | None) -> tuple[np.ndarray, bool]:
    """Return whether the first number is the day, and whether that is assumed for some values.

    Each separator is judged separately: a list merged from two systems may hold 31.01.2024 and
    01/31/2024, and neither is evidence for the other.
    """
    first, other = _number(parts, "first"), _number(parts, "other")
    marks = pc.struct_field(parts, "mark").to_numpy(zero_copy_only=False)
    answer, assumed = np.ones(len(first), dtype=bool), False
    for mark in set(marks.tolist()):
        here = marks == mark
        votes_day = int(((first > 12) & (other <= 12) & here).sum())
        votes_month = int(((other > 12) & (first <= 12) & here).sum())
        if votes_day != votes_month:
            answer[here] = votes_day > votes_month
        elif (first[here] != other[here]).any():
            answer[here] = (mark == ".") if day_first is None else day_first
            assumed = True
    return answer, assumed


def _assemble(parts: pa.StructArray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Combine the parts; invalid dates and times become NaT."""
    year = _number(parts, "year")
    short = pc.equal(pc.utf8_length(pc.struct_field(parts, "year")), 2)
    year = np.where(_mask(short), np.where(year <= _LAST_SHORT_YEAR, 2000, 1900) + year, year)
    possible = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    months = (np.where(possible, year, 1970) - 1970) * 12 + np.where(possible, month, 1) - 1
    starts = months.astype("datetime64[M]")
    days = starts.astype("datetime64[D]") + (day - 1)
    possible &= days.astype("datetime64[M]") == starts
    seconds, valid = _seconds(parts)
    times = days.astype("datetime64[s]") + seconds
    return np.asarray(np.where(possible & valid, times, np.datetime64("NaT")))


def _seconds(parts: pa.StructArray) -> tuple[np.ndarray, np.ndarray]:
    """Return the time of day in seconds (UTC if a zone is given), and whether it is valid."""
    names = {field.name for field in parts.type}
    if "hour" not in names:
        zeros = np.zeros(len(parts), dtype=np.int64)
        return zeros, np.ones(len(parts), dtype=bool)
    hour, minute, second = (_number(parts, name) for name in ("hour", "minute", "second"))
    half = pc.utf8_lower(pc.fill_null(pc.struct_field(parts, "half"), ""))
    afternoon, morning = (_mask(pc.starts_with(half, letter)) for letter in "pa")
    valid = (hour < 24) & (minute < 60) & (second < 60) & ~((afternoon | morning) & (hour > 12))
    hour = np.where(afternoon & (hour < 12), hour + 12, hour)
    hour = np.where(morning & (hour == 12), 0, hour)
    return hour * 3600 + minute * 60 + second - _zone(parts), valid


def _zone(parts: pa.StructArray) -> np.ndarray:
    zone = pc.fill_null(pc.struct_field(parts, "zone"), "")
    found = pc.extract_regex(zone, r"^(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})$")
    sign = np.where(_mask(pc.equal(pc.struct_field(found, "sign"), "-")), -1, 1)
    return np.asarray(sign * (_number(found, "hours") * 3600 + _number(found, "minutes") * 60))


def _named_month(parts: pa.StructArray) -> np.ndarray:
    """Return the number of a named month, 0 if it is unknown."""
    starts = pc.utf8_lower(pc.struct_field(parts, "name")).to_pylist()
    prefixes = {prefix: i for i, names in enumerate(_MONTH_NAMES, 1) for prefix in names}
    return np.array([prefixes.get(word[:4], prefixes.get(word[:3], 0)) for word in starts])


def _number(parts: pa.StructArray, name: str) -> np.ndarray:
    """Return a regex group as integers, 0 if absent."""
    text = pc.fill_null(pc.struct_field(parts, name), "0")
    text = pc.if_else(pc.equal(text, ""), "0", text)
    return np.asarray(pc.cast(text, pa.int64()).to_numpy(zero_copy_only=False))


def _mask(flags: pa.BooleanArray) -> np.ndarray:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)
