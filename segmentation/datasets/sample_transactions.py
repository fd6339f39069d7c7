"""Synthetic invoices of customers with individual buying habits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.datasets.sample_customers import FIRST_ID, sample_customer_kinds
from segmentation.errors import ParameterError

_FIRST_INVOICE = 500_001
_LAST_DAY = np.datetime64("2025-12-31")
_DAYS = 365

#: By kind: mean number of invoices per year, median amount in dollars, mean recency in days.
_HABITS = {
    "High Spender": (14.0, 118.0, 11.0),
    "Loyal Customer": (11.0, 66.0, 26.0),
    "Occasional Shopper": (3.0, 72.0, 58.0),
    "Dissatisfied Customer": (5.0, 96.0, 96.0),
}
#: Approximate invoices per customer, the start of the search for the number of customers.
_INVOICES_EACH = 8
_AMOUNT_SIGMA = 0.45
_RECENCY_SHAPE = 4.0

#: Share of purchases by hour of the day: a quiet night and an evening peak.
_HOURS = np.array(
    [1, 1, 1, 1, 1, 2, 3, 5, 7, 9, 10, 10, 11, 10, 9, 9, 10, 12, 14, 15, 14, 10, 6, 3], dtype=float
)


def sample_transactions(n_customers: int = 500, seed: int = 42) -> pd.DataFrame:
    """Return a year of random invoices of customers of the four hidden kinds.

    Parameters
    ----------
    n_customers : int
        Number of customers, at least 1, of the same kinds as in
        ``sample_customers(n_customers, seed)``.
    seed : int
        The same seed gives the same invoices.

    Returns
    -------
    DataFrame
        One row per invoice in chronological order: ``Invoice``, ``Customer ID``,
        ``Invoice Date`` (to the minute, in 2025) and ``Amount`` (dollars and cents). Every
        customer has at least one.

    Raises
    ------
    ParameterError
        The number of customers is below 1.

    Examples
    --------
    >>> invoices = sample_transactions(10, seed=1)
    >>> invoices["Customer ID"].nunique()
    10
    """
    if n_customers < 1:
        raise ParameterError(f"A sample has at least 1 customer, but {n_customers} were asked for.")
    habits = np.array([_HABITS[kind] for kind in sample_customer_kinds(n_customers, seed)])
    rng = np.random.default_rng([seed, 2])
    loyalty = rng.gamma(4.0, 0.25, size=n_customers)  # some buy more often than their kind
    counts = 1 + rng.poisson(np.maximum(habits[:, 0] * loyalty - 1.0, 0.2))
    customer = np.repeat(np.arange(n_customers), counts)
    minutes = _minutes(customer, counts, habits, rng)
    usual = habits[:, 1] * np.exp(0.25 * rng.standard_normal(n_customers))
    amount = usual[customer] * np.exp(_AMOUNT_SIGMA * rng.standard_normal(len(customer)))
    order = np.argsort(minutes, kind="stable")
    first = (_LAST_DAY - np.timedelta64(_DAYS - 1, "D")).astype("datetime64[m]")
    return pd.DataFrame(
        {
            "Invoice": np.arange(_FIRST_INVOICE, _FIRST_INVOICE + len(order)),
            "Customer ID": customer[order] + FIRST_ID,
            "Invoice Date": (first + minutes[order]).astype("datetime64[s]"),
            "Amount": np.round(amount[order], 2),
        }
    )


def sample_transaction_rows(n_rows: int, seed: int = 42) -> pd.DataFrame:
    """Return a given number of random invoices, of as many customers as needed.

    Parameters
    ----------
    n_rows : int
        Number of invoices, at least 1.
    seed : int
        The same seed gives the same invoices.

    Returns
    -------
    DataFrame
        As in `sample_transactions`; surplus invoices are removed at random throughout the year.

    Raises
    ------
    ParameterError
        The number of rows is below 1.

    Examples
    --------
    >>> len(sample_transaction_rows(17, seed=1))
    17
    """
    if n_rows < 1:
        raise ParameterError(f"A sample has at least 1 row, but {n_rows} were asked for.")
    customers = max(1, n_rows // _INVOICES_EACH)
    drawn = sample_transactions(customers, seed)
    while len(drawn) < n_rows:
        customers += 1 + customers // 20
        drawn = sample_transactions(customers, seed)
    kept = np.random.default_rng([seed, 3]).permutation(len(drawn))[:n_rows]
    rows = drawn.iloc[np.sort(kept)].reset_index(drop=True)
    rows["Invoice"] = np.arange(_FIRST_INVOICE, _FIRST_INVOICE + n_rows)
    return rows


def _minutes(
    customer: np.ndarray, counts: np.ndarray, habits: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return random invoice times in minutes since the first day.

    A customer's last purchase follows the recency of the kind; the others are distributed
    uniformly before it.
    """
    recency = rng.gamma(_RECENCY_SHAPE, habits[:, 2] / _RECENCY_SHAPE)
    last = np.clip(_DAYS - 1 - recency, 0, _DAYS - 1)
    day = np.floor(rng.random(len(customer)) * (last[customer] + 1)).astype(np.int64)
    is_last = np.append(customer[1:] != customer[:-1], True)
    day[is_last] = np.floor(last).astype(np.int64)
    assert len(day) == counts.sum()
    hour = rng.choice(24, size=len(customer), p=_HOURS / _HOURS.sum())
    return np.asarray(day * 1440 + hour * 60 + rng.integers(0, 60, size=len(customer)))
