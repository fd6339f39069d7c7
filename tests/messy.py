"""Messy files with the table that a careful person reads in them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segmentation import Table, read_table

NAMES = ("Customer ID", "City", "Spend", "Visits", "Joined")
CITIES = ("Rome", "Oslo", "Lima", "Bern")
ROWS: tuple[tuple[Any, ...], ...] = tuple(
    (1001 + i, CITIES[i % 4], 10.25 + i * 3.5, i % 7, f"2024-{1 + i % 12:02d}-{10 + i % 18:02d}")
    for i in range(14)
)


@dataclass(frozen=True)
class Case:
    """A file, the choices made about it, and what must come out."""

    name: str
    data: bytes
    rows: Sequence[Sequence[Any]] = ROWS
    names: Sequence[str] = NAMES
    aside: int = 0
    issues: tuple[str, ...] = ()
    choices: dict[str, Any] = field(default_factory=dict)


def case(name: str, data: str | bytes, **expected: Any) -> Case:
    """A case whose text is written in UTF-8."""
    return Case(name, data.encode() if isinstance(data, str) else data, **expected)


def csv_text(
    rows: Iterable[Sequence[Any]] = ROWS,
    names: Sequence[str] | None = NAMES,
    *,
    delimiter: str = ",",
    end: str = "\n",
    **options: Any,
) -> str:
    """Rows as a CSV file."""
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=delimiter, lineterminator=end, **options)
    writer.writerows([*([] if names is None else [names]), *rows])
    return sink.getvalue()


def with_city(place: int, city: str | None) -> list[Sequence[Any]]:
    """The usual rows, one of them from another city."""
    return [(row[0], city, *row[2:]) if i == place else row for i, row in enumerate(ROWS)]


def plain(value: Any) -> Any:
    """A cell as a value that can be compared, whatever its type."""
    if value is None or value is pd.NaT or value is pd.NA or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, int | float | np.integer | np.floating):
        return None if np.isnan(value) else round(float(value), 6)
    return str(value)


def cells(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows of cells that can be compared."""
    return [[plain(value) for value in row] for row in rows]


def check(one: Case) -> None:
    """Read a file and compare all of it."""
    table = read_table(one.data, **one.choices)
    assert list(table.frame.columns) == list(one.names)
    assert cells(table.frame.astype(object).to_numpy().tolist()) == cells(one.rows)
    assert table.rows_set_aside == one.aside
    assert set(one.issues) <= {issue.kind for issue in table.issues}
    assert_reconciles(table)


def assert_reconciles(table: Table) -> None:
    """The sum of rows is right, and each used row knows its line."""
    total = table.rows_used + table.rows_set_aside + table.rows_duplicate
    assert table.rows_read == total
    assert len(table.frame) == table.rows_used == len(table.lines)
    assert bool((np.diff(table.lines) > 0).all())
