"""From columns of text to a checked and typed table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from segmentation.errors import ReadError
from segmentation.table.checking import duplicate_rows, repeated_customers, unusable_rows
from segmentation.table.columns import Column, Issue
from segmentation.table.dataset import Table
from segmentation.table.distinct import DistinctText
from segmentation.table.findings import column_issues
from segmentation.table.headers import clean_names
from segmentation.table.limits import Limits
from segmentation.table.records import Records, SetAside
from segmentation.table.roles import find_roles, profile_typed
from segmentation.table.storage import rejects_frame
from segmentation.table.typing_text import Typed, file_evidence, type_column

_MOST_LINES = 100


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


@dataclass(eq=False)
class _Work:
    """A table on its way: columns and lines shrink together."""

    names: list[str]
    written: list[str]
    columns: list[DistinctText]
    lines: np.ndarray
    set_aside: list[SetAside]
    issues: list[Issue] = field(default_factory=list)
    duplicates: int = 0

    def keep(self, rows: np.ndarray) -> None:
        """Keep the rows of a mask."""
        if not rows.all():
            self.columns = [column.take(rows) for column in self.columns]
            self.lines = self.lines[rows]


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
    names, issues = clean_names(raw.written)
    cells = [_cut(column, limits.cell_characters) for column in raw.records.columns]
    work = _Work(
        names=list(names),
        written=list(raw.written),
        columns=[column.trimmed() for column, _ in cells],
        lines=raw.records.lines,
        set_aside=list(raw.records.set_aside),
        issues=[*raw.issues, *issues],
    )
    _report_long_cells(work, cells)
    _report_short_rows(work, raw.records.short_lines)
    _drop_empty_columns(work)
    _set_unusable_aside(work)
    if not keep_duplicates:
        _drop_duplicates(work)
    _check_something_left(work)
    decimal = raw.decimal or _decimal(work.columns, raw.choices.get("delimiter"))
    return _typed_table(work, raw, name, decimal)


def _cut(column: DistinctText, longest: int) -> tuple[DistinctText, np.ndarray]:
    """Cut cells that are too long; return the column and a mask of the cut values."""
    too_long = pc.greater(pc.utf8_length(column.values), longest)
    chosen = np.asarray(too_long.to_numpy(zero_copy_only=False), dtype=bool)
    if not chosen.any():
        return column, chosen
    return column.mapped(pc.utf8_slice_codeunits(column.values, 0, longest)), column.rows_of(chosen)


def _report_long_cells(work: _Work, cells: Sequence[tuple[DistinctText, np.ndarray]]) -> None:
    for name, (_, cut) in zip(work.names, cells, strict=True):
        if cut.any():
            work.issues.append(
                Issue(
                    kind="long_cell",
                    column=name,
                    count=int(cut.sum()),
                    lines=tuple(work.lines[cut][:_MOST_LINES].tolist()),
                    suggestion="Cells longer than 32,767 characters were cut there.",
                )
            )


def _report_short_rows(work: _Work, lines: list[int]) -> None:
    if lines:
        rows = "1 row has" if len(lines) == 1 else f"{len(lines):,} rows have"
        work.issues.append(
            Issue(
                kind="short_row",
                column=None,
                count=len(lines),
                lines=tuple(lines[:_MOST_LINES]),
                suggestion=f"{rows} fewer cells than the header; the missing ones count as empty.",
                fixes=("repair", "set_aside"),
            )
        )


def _drop_empty_columns(work: _Work) -> None:
    """Drop columns without name and values, as trailing delimiters make them."""
    kept = [
        i
        for i, column in enumerate(work.columns)
        if work.written[i].strip() or (column.codes >= 0).any()
    ]
    if len(kept) == len(work.columns) or not any(name.strip() for name in work.written):
        return
    dropped = {work.names[i] for i in range(len(work.names)) if i not in kept}
    work.issues = [issue for issue in work.issues if issue.kind != "missing_name"]
    work.columns = [work.columns[i] for i in kept]
    work.written = [work.written[i] for i in kept]
    work.set_aside = [
        replace(row, cells=tuple(row.cells[i] for i in kept)) for row in work.set_aside
    ]
    names, renamed = clean_names(work.written)
    work.names = list(names)
    work.issues += [issue for issue in renamed if issue.kind == "missing_name"]
    work.issues.append(
        Issue(
            kind="empty_column",
            column=None,
            count=len(dropped),
            suggestion="Columns without a name and without values were left out.",
        )
    )


def _set_unusable_aside(work: _Work) -> None:
    usable = np.ones(len(work.lines), dtype=bool)
    for reason, rows in unusable_rows(work.columns, work.written).items():
        places = np.flatnonzero(rows)
        cells = [column.cells(places) for column in work.columns]
        for i, place in enumerate(places):
            texts = tuple(column[i] for column in cells)
            work.set_aside.append(SetAside(int(work.lines[place]), texts, reason))
        usable &= ~rows
    work.keep(usable)
    work.set_aside.sort(key=lambda row: row.line)
    work.issues += _set_aside_issues(work.set_aside)


def _set_aside_issues(rows: list[SetAside]) -> list[Issue]:
    """Return one issue for each reason; reasons with counts in them belong together."""
    by_reason: dict[str, list[SetAside]] = {}
    for row in rows:
        key = "The row has too few or too many cells." if "instead of" in row.reason else row.reason
        by_reason.setdefault(key, []).append(row)
    return [
        Issue(
            kind="set_aside",
            column=None,
            count=len(found),
            lines=tuple(row.line for row in found[:_MOST_LINES]),
            suggestion=f"{_rows_were(len(found))} set aside. {reason} Mend and import it again.",
        )
        for reason, found in by_reason.items()
    ]


def _rows_were(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def _drop_duplicates(work: _Work) -> None:
    again = duplicate_rows(work.columns)
    if not again.any():
        return
    work.duplicates = int(again.sum())
    copies = "1 exact copy of an earlier row was"
    if work.duplicates > 1:
        copies = f"{work.duplicates:,} exact copies of earlier rows were"
    work.issues.append(
        Issue(
            kind="duplicate_row",
            column=None,
            count=work.duplicates,
            lines=tuple(work.lines[again][:_MOST_LINES].tolist()),
            suggestion=f"{copies} left out. Rows that differ in any column are all kept.",
            fixes=("drop", "keep"),
        )
    )
    work.keep(~again)


def _check_something_left(work: _Work) -> None:
    if len(work.columns) < 2:
        raise ReadError(
            "The file has only one column with values. Segments need at least two.",
            kind="one_column",
        )
    if not len(work.lines):
        raise ReadError(
            f"None of the {len(work.set_aside):,} rows can be used: they are empty, or have "
            "another number of cells than the header. Check the delimiter and the header line.",
            kind="no_rows",
        )


def _decimal(columns: list[DistinctText], delimiter: str | None) -> str:
    """Return the file's decimal mark; a comma as delimiter speaks for the point."""
    evidence = file_evidence(columns)
    if evidence.comma == evidence.point:
        return "."
    if delimiter == "," and evidence.comma <= 2 * evidence.point:
        return "."
    return "," if evidence.comma > evidence.point else "."


def _typed_table(work: _Work, raw: Raw, name: str, decimal: str) -> Table:
    typed = [
        type_column(label, column, decimal=decimal)
        for label, column in zip(work.names, work.columns, strict=True)
    ]
    profiled = [profile_typed(label, one) for label, one in zip(work.names, typed, strict=True)]
    columns = find_roles(profiled)
    issues = [*work.issues, *_content_issues(work, columns, typed, decimal)]
    used = len(work.lines)
    frame = {column.name: one.series for column, one in zip(columns, typed, strict=True)}
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
    work: _Work, columns: tuple[Column, ...], typed: list[Typed], decimal: str
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


def _rejects(work: _Work) -> pd.DataFrame:
    values: dict[str, list[Any]] = {
        name: [row.cells[i] for row in work.set_aside] for i, name in enumerate(work.names)
    }
    line, reason = reject_names(work.names)
    values[line] = [row.line for row in work.set_aside]
    values[reason] = [row.reason for row in work.set_aside]
    return rejects_frame(values)


def reject_names(names: Sequence[str]) -> tuple[str, str]:
    """Return the names of the two columns added to rejected rows.

    Examples
    --------
    >>> reject_names(["Age"]), reject_names(["line", "Age"])
    (('line', 'reason'), ('file line', 'reason'))
    """
    line = next(n for n in ("line", "file line", "line of the file") if n not in names)
    reason = next(n for n in ("reason", "reject reason", "reason of rejection") if n not in names)
    return line, reason
