"""From columns to plotted values: finite numbers, level counts, bins, samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashapp import formatting
from dashapp.memoize import once

Numbers = npt.NDArray[np.float64]

# More groups cannot be told apart; the rest become one group.
MAX_GROUPS = 8
OTHER = "Other"
NOT_KNOWN = "Not known"
# Round steps.
ROUND = (1, 2, 2.5, 5, 10)
# Fewer bins would hide the shape.
FEWEST_BINS = 10
# Integers over a range this small, such as ratings, get one bin each.
WHOLE_BINS = 20


@dataclass(frozen=True)
class Groups:
    """Rows assigned to groups.

    Attributes
    ----------
    names
        Group names, largest first, then :data:`OTHER`.
    codes
        Index of each row's group, shape (n,); −1 if unknown.
    """

    names: tuple[str, ...]
    codes: npt.NDArray[np.intp]


def is_number(frame: pd.DataFrame, column: str) -> bool:
    """Whether a column is numeric and not boolean."""
    kind = frame[column].dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def is_date(frame: pd.DataFrame, column: str) -> bool:
    """Whether a column holds dates."""
    return pd.api.types.is_datetime64_any_dtype(frame[column].dtype)


def is_measured(frame: pd.DataFrame, column: str) -> bool:
    """Whether a column is continuous: numbers and dates, but not categories."""
    return is_number(frame, column) or is_date(frame, column)


def teller(frame: pd.DataFrame, column: str) -> Callable[[float], str]:
    """Return the formatter of :func:`numbers`: amounts with currency, dates in ISO format."""
    if is_date(frame, column):
        return lambda value: str(pd.Timestamp(value, unit="ms").date())
    return lambda value: formatting.column_value(column, value)


@once
def numbers(frame: pd.DataFrame, column: str) -> Numbers:
    """Return a column as floats, shape (n,), NaN if missing; dates as Unix milliseconds."""
    values = frame[column]
    if is_date(frame, column):
        stamps = values.to_numpy(dtype="datetime64[ms]")
        return np.where(np.isnat(stamps), np.nan, stamps.astype("int64").astype(np.float64))
    if not is_number(frame, column):
        values = pd.to_numeric(values, errors="coerce")
    result = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(result), result, np.nan)


@once
def known(values: Numbers) -> Numbers:
    """Return the finite values."""
    return values[np.isfinite(values)]


@once
def groups(frame: pd.DataFrame, column: str, limit: int = MAX_GROUPS) -> Groups:
    """Return a category's levels as groups; levels beyond ``limit`` are combined.

    Examples
    --------
    >>> frame = pd.DataFrame({"City": ["Rome", "Oslo", "Rome", None]})
    >>> found = groups(frame, "City")
    >>> found.names, found.codes.tolist()
    (('Rome', 'Oslo'), [0, 1, 0, -1])
    """
    codes, levels = pd.factorize(frame[column])
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    order = np.argsort(-counts, kind="stable")
    kept = order if len(order) <= limit else order[: limit - 1]
    place = np.full(len(levels) + 1, len(kept), dtype=np.intp)
    place[kept] = np.arange(len(kept))
    place[-1] = -1
    names = [formatting.cell(levels[i]) for i in kept]
    if len(kept) < len(order):
        names.append(f"{OTHER} ({formatting.number(len(order) - len(kept))})")
    return Groups(tuple(names), place[codes])


def places(ids: pd.Series, wanted: Sequence[str]) -> npt.NDArray[np.intp]:
    """Return the index of each row's id in ``wanted``, shape (n,); −1 if it is not there.

    Examples
    --------
    >>> places(pd.Series(["s2", "s1", "x"]), ["s1", "s2"]).tolist()
    [1, 0, -1]
    """
    return _places(ids, tuple(wanted))


@once
def _places(ids: pd.Series, wanted: tuple[str, ...]) -> npt.NDArray[np.intp]:
    codes, names = pd.factorize(ids)
    order = {name: place for place, name in enumerate(wanted)}
    found = np.array([*(order.get(str(name), -1) for name in names), -1], dtype=np.intp)
    return found[codes]


@once
def known_in(values: Numbers, codes: npt.NDArray[np.intp], count: int) -> tuple[Numbers, ...]:
    """Return the finite values of each of ``count`` groups, given each row's group."""
    inside = np.where(np.isfinite(values), codes, -1)
    return tuple(values[inside == place] for place in range(count))


def counts_between(values: Numbers, edges: Numbers) -> npt.NDArray[np.int64]:
    """Count the finite values in evenly spaced bins; fast for any number of values."""
    counted, _ = np.histogram(values, bins=len(edges) - 1, range=(edges[0], edges[-1]))
    return counted.astype(np.int64)


@once
def everybody(frame: pd.DataFrame, name: str = "All") -> Groups:
    """Return all rows as one group."""
    return Groups((name,), np.zeros(len(frame), dtype=np.intp))


def bin_edges(values: Numbers, most: int = 48) -> Numbers:
    """Return the edges of round bins for a histogram.

    Freedman and Diaconis' width, 2 · IQR / n^(1/3), rounded up to 1, 2, 2.5 or 5 times a power of
    ten, so that edges are round numbers; integers get integer bins.

    Parameters
    ----------
    values
        Finite numbers, at least one.
    most
        Maximum number of bins.

    References
    ----------
    D. Freedman and P. Diaconis, "On the histogram as a density estimator: L2 theory",
    Zeitschrift für Wahrscheinlichkeitstheorie 57 (1981) 453–476.

    Examples
    --------
    >>> bin_edges(np.array([1.0, 2, 2, 3, 4])).tolist()
    [0.5, 1.5, 2.5, 3.5, 4.5]
    """
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.array([low - 0.5, low + 0.5])
    q1, q3 = np.quantile(values, [0.25, 0.75])
    width = 2 * (q3 - q1) / len(values) ** (1 / 3) or (high - low) / 20
    width = round_up(max(width, (high - low) / most))
    width = min(width, round_down((high - low) / FEWEST_BINS))
    whole = bool(np.all(values == np.round(values)))
    if whole:
        width = 1.0 if high - low <= WHOLE_BINS else max(np.ceil(width), 1.0)
    start = np.floor(low / width) * width - (0.5 if whole and width == 1 else 0)
    count = int(np.ceil((high - start) / width + 1e-9))
    edges = start + width * np.arange(count + 1)
    return edges if edges[-1] > high or count >= most else np.append(edges, edges[-1] + width)


def round_up(value: float) -> float:
    """Round up to 1, 2, 2.5 or 5 times a power of ten.

    Examples
    --------
    >>> round_up(37.0), round_up(0.018), round_up(5.0)
    (50.0, 0.02, 5.0)
    """
    power = 10.0 ** np.floor(np.log10(value))
    step = next(s for s in ROUND if s * power >= value * (1 - 1e-9))
    return float(f"{step * power:.6g}")


def round_down(value: float) -> float:
    """Round down to 1, 2, 2.5 or 5 times a power of ten.

    Examples
    --------
    >>> round_down(37.0), round_down(0.018), round_down(5.0)
    (25.0, 0.01, 5.0)
    """
    power = 10.0 ** np.floor(np.log10(value))
    step = next(s for s in reversed(ROUND) if s * power <= value * (1 + 1e-9))
    return float(f"{step * power:.6g}")


@dataclass(frozen=True, slots=True)
class Box:
    """Statistics of a box plot after Tukey: whiskers reach at most 1.5 IQR beyond the box."""

    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float
    outside: Numbers


@once
def box_of(values: Numbers) -> Box:
    """Return the box plot statistics of one or more finite numbers.

    References
    ----------
    J. W. Tukey, "Exploratory Data Analysis" (1977), chapter 2.

    Examples
    --------
    >>> box = box_of(np.array([1.0, 2, 3, 4, 100]))
    >>> box.median, box.high, box.outside.tolist()
    (3.0, 4.0, [100.0])
    """
    q1, median, q3 = (float(q) for q in np.quantile(values, [0.25, 0.5, 0.75]))
    reach = 1.5 * (q3 - q1)
    inside = (values >= q1 - reach) & (values <= q3 + reach)
    return Box(
        low=float(values[inside].min()),
        q1=q1,
        median=median,
        q3=q3,
        high=float(values[inside].max()),
        mean=float(values.mean()),
        outside=values[~inside],
    )


def sample_rows(size: int, limit: int, seed: int = 0) -> npt.NDArray[np.intp]:
    """Return sorted row indices of a uniform sample without replacement, or of all rows if few.

    Examples
    --------
    >>> sample_rows(3, 10).tolist(), len(sample_rows(1_000_000, 500))
    ([0, 1, 2], 500)
    """
    if size <= limit:
        return np.arange(size)
    chosen = np.random.default_rng(seed).choice(size, size=limit, replace=False)
    return np.sort(chosen)
