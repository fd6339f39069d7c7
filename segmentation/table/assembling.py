"""Turn columns of text into a checked and typed table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from segmentation.errors import ReadError
from segmentation.table.arrow_storage import rejects_frame
from segmentation.table.quality.cleaning import (
    Cleaned,
    check_something_left,
    clean,
    reject_names,
    set_aside_issues,
)
from segmentation.table.quality.duplicate_rows import are_customers, with_copies, without_copies
from segmentation.table.quality.duplicates import earlier_rows, repeated_customers
from segmentation.table.quality.typing_issues import column_issues
from segmentation.table.recipe import Fixes
from segmentation.table.roles.role_detection import find_roles
from segmentation.table.schema.columns import Column, Issue
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Raw
from segmentation.table.table import Table
from segmentation.table.values.column_profile import Profiled, profile_typed, settled
from segmentation.table.values.text_typing import file_evidence, type_column
from segmentation.table.values.typed_column import Kind, Typed

#: In smaller tables, starting threads takes longer than typing.
_MANY_ROWS = 50_000

_NO_FIXES = Fixes()
_NO_MEANINGS: Mapping[str, str | None] = MappingProxyType({})


def assemble(
    raw: Raw,
    name: str,
    limits: Limits,
    *,
    fixes: Fixes = _NO_FIXES,
    meanings: Mapping[str, str | None] = _NO_MEANINGS,
    keep_duplicates: bool = False,
) -> Table:
    """Return a table from rows of text, checked, cleaned and typed.

    Parameters
    ----------
    raw : Raw
        Output of the reader.
    name : str
        Name of the file.
    limits : Limits
        Maximum length of a cell.
    fixes : Fixes
        The user's choices for handling issues.
    meanings : mapping
        The user's choices of column meanings; only the id column matters here.
    keep_duplicates : bool
        Keep exact duplicate rows, as needed for scoring and transactions.

    Raises
    ------
    ReadError
        No usable row or fewer than two columns remain, or the user asked to stop.
    """
    work = clean(
        raw.written,
        raw.records,
        raw.issues,
        limits,
        set_short_rows_aside=fixes.of("short_row") == "set_aside",
    )
    everybody = work
    choice = "keep" if keep_duplicates else fixes.of("duplicate_row")
    if choice != "keep":
        work = without_copies(everybody)
    decimal = raw.decimal or _decimal(work.columns, raw.choices.get("delimiter"))
    typed, columns = _typed(work, fixes, decimal, settled=raw.decimal is not None)
    if choice == "auto" and are_customers(len(work.lines), work.duplicates, columns):
        work = with_copies(everybody, work.issues[-1])
        typed, columns = _typed(work, fixes, decimal, settled=raw.decimal is not None)
    decided = _decided(work, typed, columns, fixes, _ids(columns, meanings))
    if any(rows.any() for rows in decided.values()):
        work.put_aside(decided)
        check_something_left(work)
        typed, columns = _typed(work, fixes, decimal, settled=raw.decimal is not None)
    recipe = {**raw.choices, "decimal": decimal, "fixes": dict(fixes.chosen)}
    named = {**recipe, "names": work.names}
    return _table(work, typed, columns, named, name, ids=_ids(columns, meanings))


def _decimal(columns: list[DistinctText], delimiter: str | None) -> str:
    """Return the file's decimal mark; a comma as delimiter suggests the point."""
    evidence = file_evidence(columns)
    if evidence.comma == evidence.point:
        return "."
    if delimiter == "," and evidence.comma <= 2 * evidence.point:
        return "."
    return "," if evidence.comma > evidence.point else "."


def _typed(
    work: Cleaned, fixes: Fixes, decimal: str, *, settled: bool
) -> tuple[list[Typed], tuple[Column, ...]]:
    """Type and profile every column, in threads if the table is large.

    Threads are enough because Arrow and NumPy release the GIL.
    """

    def type_one(label: str, column: DistinctText) -> tuple[Typed, Profiled]:
        typed = type_column(label, column, fixes.rules(label, decimal, settled=settled))
        return typed, profile_typed(label, typed)

    if len(work.lines) < _MANY_ROWS:
        found = list(map(type_one, work.names, work.columns))
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(type_one, work.names, work.columns))
    return [typed for typed, _ in found], find_roles([profiled for _, profiled in found])


def _decided(
    work: Cleaned,
    typed: list[Typed],
    columns: tuple[Column, ...],
    fixes: Fixes,
    place: int | None,
) -> dict[str, np.ndarray]:
    """Return masks of the rows that the user wants set aside, by reason."""
    decided: dict[str, np.ndarray] = {}
    for column, one in zip(columns, typed, strict=True):
        what = {Kind.NUMBER: "number", Kind.DATE: "date"}.get(one.kind)
        if what and one.bad.any() and fixes.of(f"not_a_{what}", column.name) == "set_aside":
            reason = f"The row has a cell in “{column.name}” that is not a {what}."
            decided[reason] = one.text.rows_of(one.bad)
    choice = fixes.of("repeated_customer")
    if place is None or choice == "keep_all":
        return decided
    earlier = earlier_rows(work.columns[place])
    if choice == "stop" and earlier.any():
        raise ReadError(
            f"Some ids in “{columns[place].name}” have several rows, the first of them on line "
            f"{int(work.lines[earlier][0]):,}. Mend the file, or keep all rows or the last of "
            "each.",
            kind="repeated_customer",
        )
    return {**decided, "The row is followed by a later one of the same customer.": earlier}


def _ids(columns: tuple[Column, ...], meanings: Mapping[str, str | None]) -> int | None:
    """Return the position of the customer id column, if any; the user's choice comes first."""
    said = [i for i, c in enumerate(columns) if meanings.get(c.name) == "customer_id"]
    found = [i for i, c in enumerate(columns) if c.meaning == "customer_id"]
    return next((i for i in [*said, *found] if i in said or columns[i].name not in meanings), None)


def _table(
    work: Cleaned,
    typed: list[Typed],
    columns: tuple[Column, ...],
    recipe: dict[str, Any],
    name: str,
    *,
    ids: int | None,
) -> Table:
    issues = [*work.issues, *set_aside_issues(work.set_aside)]
    used = len(work.lines)
    frame = {
        column.name: settled(one.series, column.role)
        for column, one in zip(columns, typed, strict=True)
    }
    return Table(
        frame=pd.DataFrame(frame, index=pd.RangeIndex(used), copy=False),
        columns=columns,
        issues=(*issues, *_content_issues(work, columns, typed, recipe["decimal"], ids)),
        recipe=recipe,
        name=name,
        rows_read=used + len(work.set_aside) + work.duplicates,
        rows_used=used,
        rows_set_aside=len(work.set_aside),
        rows_duplicate=work.duplicates,
        lines=np.ascontiguousarray(work.lines, dtype=np.int64),
        rejects=_rejects(work),
    )


def _content_issues(
    work: Cleaned,
    columns: tuple[Column, ...],
    typed: list[Typed],
    decimal: str,
    place: int | None,
) -> list[Issue]:
    issues: list[Issue] = []
    for column, one in zip(columns, typed, strict=True):
        issues += column_issues(column, one, work.lines, decimal)
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
