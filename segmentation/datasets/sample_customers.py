"""Synthetic customers of four hidden kinds, in the classic columns.

The sample demonstrates the portal before a file is uploaded, and is the ground truth that the
engine is tested against. A customer's figures depend on the kind; age, gender and city are
(nearly) independent of it, as in real data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.errors import ParameterError

FIRST_ID = 10001

#: Cities and their shares of customers.
CITIES = {
    "New York": 0.19,
    "Los Angeles": 0.14,
    "Chicago": 0.12,
    "Houston": 0.10,
    "Miami": 0.09,
    "San Francisco": 0.08,
    "Seattle": 0.07,
    "Boston": 0.06,
    "Denver": 0.05,
    "Atlanta": 0.04,
    "Portland": 0.035,
    "Nashville": 0.025,
}
GENDERS = ("Female", "Male")
MEMBERSHIPS = ("Bronze", "Silver", "Gold")
SATISFACTIONS = ("Unsatisfied", "Neutral", "Satisfied")

#: The column names, in order.
COLUMNS = (
    "Customer ID",
    "Gender",
    "Age",
    "City",
    "Membership Type",
    "Total Spend",
    "Items Purchased",
    "Average Rating",
    "Discount Applied",
    "Days Since Last Purchase",
    "Satisfaction Level",
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """The behavior of customers of one hidden kind.

    Spend is log-normal (median in dollars, sigma of the logarithm), recency is gamma-distributed
    (mean in days), and items cost ``price`` dollars; the tuples are the probabilities of the
    levels from low to high.
    """

    name: str
    share: float
    spend: float
    spend_sigma: float
    price: float
    rating: float
    recency: float
    age: float
    female: float
    discount: float
    membership: tuple[float, float, float]
    satisfaction: tuple[float, float, float]


KINDS = (
    _Kind(
        "High Spender", 0.22, 1560.0, 0.15, 74.0, 4.7, 11.0, 41.0, 0.52,
        0.04, (0.00, 0.03, 0.97), (0.00, 0.03, 0.97),
    ),
    _Kind(
        "Loyal Customer", 0.30, 760.0, 0.13, 61.0, 4.05, 26.0, 39.0, 0.54,
        0.93, (0.01, 0.97, 0.02), (0.01, 0.11, 0.88),
    ),
    _Kind(
        "Occasional Shopper", 0.27, 260.0, 0.25, 52.0, 3.5, 58.0, 36.0, 0.50,
        0.95, (0.98, 0.02, 0.00), (0.02, 0.96, 0.02),
    ),
    _Kind(
        "Dissatisfied Customer", 0.21, 560.0, 0.24, 63.0, 2.2, 96.0, 38.0, 0.49,
        0.05, (0.12, 0.86, 0.02), (0.97, 0.03, 0.00),
    ),
)  # fmt: skip

#: Nullable types by the kind of type they replace.
_WITH_GAPS = {"b": pd.BooleanDtype(), "i": pd.Int64Dtype()}

#: Gamma shape of the days since the last purchase; 1 is memoryless, higher is more regular.
_RECENCY_SHAPE = 12.0
_AGE_SIGMA = 11.0
_RATING_SIGMA = 0.22


def sample_customers(
    n: int = 500, seed: int = 42, *, missing: float = 0.0, duplicates: float = 0.0
) -> pd.DataFrame:
    """Return random customers of four hidden kinds in the eleven classic columns.

    Parameters
    ----------
    n : int
        Number of customers, at least 1. A million take about two seconds.
    seed : int
        The same seed gives the same customers.
    missing : float
        Share of empty cells, except in ``Customer ID``, from 0 to below 1.
    duplicates : float
        Number of exact duplicates as a share of `n`, 0 to 1. They follow the `n` customers.

    Returns
    -------
    DataFrame, shape (n + round(n * duplicates), 11)
        Ids count from 10001; spend is in dollars and cents; ratings run from 1.0 to 5.0.

    Raises
    ------
    ParameterError
        A number is outside its range.

    See Also
    --------
    sample_customer_kinds : The hidden kind of each customer.

    Examples
    --------
    >>> sample_customers(2, seed=1)["Customer ID"].tolist()
    [10001, 10002]
    """
    _check_share("missing", missing, upper=0.9)
    _check_share("duplicates", duplicates, upper=1.0)
    codes = _kind_codes(n, seed)
    rng = np.random.default_rng([seed, 1])
    frame = _draw(codes, rng)
    if missing:
        _blank_cells(frame, missing, rng)
    if duplicates:
        copies = rng.integers(0, n, size=round(n * duplicates))
        frame = pd.concat([frame, frame.iloc[copies]], ignore_index=True)
    return frame


def sample_customer_kinds(n: int = 500, seed: int = 42) -> np.ndarray:
    """Return the hidden kind of each customer of ``sample_customers(n, seed)``.

    Parameters
    ----------
    n, seed : int
        As in `sample_customers`.

    Returns
    -------
    ndarray of str, shape (n,)
        Names of the kinds, in the order of the customers.

    Examples
    --------
    >>> sorted(set(sample_customer_kinds(200).tolist()))
    ['Dissatisfied Customer', 'High Spender', 'Loyal Customer', 'Occasional Shopper']
    """
    names = np.array([kind.name for kind in KINDS])
    return np.asarray(names[_kind_codes(n, seed)])


def _check_share(name: str, value: float, *, upper: float) -> None:
    if not 0.0 <= value <= upper:
        raise ParameterError(f"{name} is a share from 0 to {upper:g}, but {value} was given.")


def _kind_codes(n: int, seed: int) -> np.ndarray:
    """Return random hidden kinds as positions in `KINDS`."""
    if n < 1:
        raise ParameterError(f"A sample has at least 1 customer, but {n} were asked for.")
    if seed < 0:
        raise ParameterError(f"A seed is a whole number from 0 up, but {seed} was given.")
    rng = np.random.default_rng([seed, 0])
    return np.asarray(rng.choice(len(KINDS), size=n, p=[kind.share for kind in KINDS]))


def _draw(codes: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return random values of every column for customers of the given kinds."""
    n = len(codes)

    def of(attribute: str) -> np.ndarray:
        return np.asarray(np.array([getattr(kind, attribute) for kind in KINDS])[codes])

    spend = of("spend") * np.exp(of("spend_sigma") * rng.standard_normal(n))
    price = of("price") * np.exp(0.12 * rng.standard_normal(n))
    rating = of("rating") + _RATING_SIGMA * rng.standard_normal(n)
    recency = rng.gamma(_RECENCY_SHAPE, of("recency") / _RECENCY_SHAPE)
    age = of("age") + _AGE_SIGMA * rng.standard_normal(n)
    cities = np.searchsorted(np.cumsum(list(CITIES.values()))[:-1], rng.random(n), side="right")
    genders = (rng.random(n) >= of("female")).astype(np.int8)
    values = (
        np.arange(FIRST_ID, FIRST_ID + n),
        _words(GENDERS, genders),
        np.clip(np.rint(age), 18, 79).astype(np.int64),
        _words(tuple(CITIES), cities),
        _words(MEMBERSHIPS, _levels(of("membership"), rng)),
        np.round(spend, 2),
        np.maximum(np.rint(spend / price), 1).astype(np.int64),
        np.round(np.clip(rating, 1.0, 5.0), 1),
        rng.random(n) < of("discount"),
        np.clip(np.rint(recency), 1, 365).astype(np.int64),
        _words(SATISFACTIONS, _levels(of("satisfaction"), rng)),
    )
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def _levels(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return one random level per row, given probabilities of shape (n, levels)."""
    edges = np.cumsum(probabilities, axis=1)[:, :-1]
    return np.asarray((rng.random((len(edges), 1)) >= edges).sum(axis=1))


def _words(levels: tuple[str, ...], codes: np.ndarray) -> pd.Series:
    """Return codes as text without creating a Python object per row."""
    return pd.Series(pa.array(levels, pa.string()).take(pa.array(codes)).to_pandas(), dtype="str")


def _blank_cells(frame: pd.DataFrame, share: float, rng: np.random.Generator) -> None:
    """Blank a share of the cells in place, in every column except the id."""
    for name in COLUMNS[1:]:
        holes = rng.random(len(frame)) < share
        with_gaps = _WITH_GAPS.get(frame[name].dtype.kind)
        cells = frame[name].astype(with_gaps) if with_gaps else frame[name]
        frame[name] = cells.mask(holes)
