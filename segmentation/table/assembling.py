"""From columns of text to a checked and typed table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation.table.checking import repeated_customers
from segmentation.table.cleaning import Cleaned, clean, reject_names
from segmentation.table.columns import Column, Issue
from segmentation.table.dataset import Table
from segmentation.table.distinct import DistinctText
from segmentation.table.findings import column_issues
from segmentation.table.limits import Limits
from segmentation.table.patience import Records
from segmentation.table.profiled import profile_typed, settled
from segmentation.table.roles import find_roles
from segmentation.table.storage import rejects_frame
from segmentation.table.typing_text import Typed, file_evidence, type_column


@dataclass(frozen=True, eq=False)
class Raw:
    """What a reader of any format hands over.

    Attributes
    ----------
    written : tuple of str
        The header as written; empty strings where names are missing.
    records : Records
        Rows as text.
    choices : dict
        What was found or chosen: format, encoding, delimiter, header_line, sheet.
    issues : tuple of Issue
        What the reader met.
    decimal : str or None
        The decimal mark if it is settled already.
    """

    written: tuple[str, ...]
    records: Records
    choices: dict[str, Any]
    issues: tuple[Issue, ...] = ()
    decimal: str | None = None


def assemble(raw: Raw, name: str, limits: Limits, *, keep_duplicates: bool = False) -> Table:
    """Check, clean and type rows of text.

    Parameters
    ----------
    raw : Raw
        What the reader handed over.
    name : str
        Name of the file.
    limits : Limits
        Bound of a cell's length.
    keep_duplicates : bool
        Keep exact duplicate rows, as for scoring or for transactions.

    Raises
    ------
    ReadError
        No usable row or fewer than two columns are left.
    """
    work = clean(raw.written, raw.records, raw.issues, limits, keep_duplicates=keep_duplicates)
    decimal = raw.decimal or _decimal(work.columns, raw.choices.get("delimiter"))
    return _typed_table(work, raw, name, decimal)


def _decimal(columns: list[DistinctText], delimiter: str | None) -> str:
    """Return the file's decimal mark; a comma as delimiter speaks for the point."""
    evidence = file_evidence(columns)
    if evidence.comma == evidence.point:
        return "."
    if delimiter == "," and evidence.comma <= 2 * evidence.point:
        return "."
    return "," if evidence.comma > evidence.point else "."


def _typed_table(work: Cleaned, raw: Raw, name: str, decimal: str) -> Table:
    typed = [
        type_column(label, column, decimal=decimal)
        for label, column in zip(work.names, work.columns, strict=True)
    ]
    profiled = [profile_typed(label, one) for label, one in zip(work.names, typed, strict=True)]
    columns = find_roles(profiled)
    issues = [*work.issues, *_content_issues(work, columns, typed, decimal)]
    used = len(work.lines)
    frame = {
        column.name: settled(one.series, column.role)
        for column, one in zip(columns, typed, strict=True)
    }
    return Table(
        frame=pd.DataFrame(frame, index=pd.RangeIndex(used)),
        columns=columns,
        issues=tuple(issues),
        recipe={**raw.choices, "decimal": decimal},
        name=name,
        rows_read=used + len(work.set_aside) + work.duplicates,
        rows_used=used,
        rows_set_aside=len(work.set_aside),
        rows_duplicate=work.duplicates,
        lines=np.ascontiguousarray(work.lines, dtype=np.int64),
        rejects=_rejects(work),
    )


def _content_issues(
    work: Cleaned, columns: tuple[Column, ...], typed: list[Typed], decimal: str
) -> list[Issue]:
    issues: list[Issue] = []
    for column, one in zip(columns, typed, strict=True):
        issues += column_issues(column, one, work.lines, decimal)
    place = next((i for i, c in enumerate(columns) if c.meaning == "customer_id"), None)
    repeated = repeated_customers(
        None if place is None else columns[place],
        None if place is None else work.columns[place],
        work.lines,
        columns,
    )
    return issues if repeated is None else [*issues, repeated]


def _rejects(work: Cleaned) -> pd.DataFrame:
    values: dict[str, list[Any]] = {
        name: [row.cells[i] for row in work.set_aside] for i, name in enumerate(work.names)
    }
    line, reason = reject_names(work.names)
    values[line] = [row.line for row in work.set_aside]
    values[reason] = [row.reason for row in work.set_aside]
    return rejects_frame(values)
