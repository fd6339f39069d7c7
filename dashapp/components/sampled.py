"""Notes on large data: which results cover all customers and which only a sample."""

from __future__ import annotations

from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.states import message
from segmentation import Table


def sample_note(table: Table | None, all_of_them: str, some_of_them: str) -> Component | None:
    """Return a note about sample and population; None for a table with all its customers.

    Parameters
    ----------
    all_of_them, some_of_them
        Beginnings of the sentences about all customers and about the sample; empty for none.
    """
    if table is None or table.population is None:
        return None
    every = f"all {formatting.number(table.customers)} customers"
    told = ((all_of_them, every), (some_of_them, sample_of(table)))
    return message("info", " ".join(f"{begins} {those}." for begins, those in told if begins))


def noun(table: Table) -> str:
    """Return what the rows of a table are called."""
    return "customer" if table.rows_used == table.customers else "sampled customer"


def sample_of(table: Table) -> str:
    """Describe how many of the customers are in the table.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> sample_of(SimpleNamespace(rows_used=2500, customers=1_000_000))
    'a random sample of 2,500 of 1,000,000 customers'
    >>> sample_of(SimpleNamespace(rows_used=2500, customers=2500))
    'all 2,500 customers'
    """
    if table.rows_used == table.customers:
        return f"all {formatting.number(table.customers)} customers"
    return (
        f"a random sample of {formatting.number(table.rows_used)} of "
        f"{formatting.number(table.customers)} customers"
    )
