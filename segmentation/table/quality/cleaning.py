"""Remove non-data rows and columns; count and report them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow.compute as pc

from segmentation.errors import ReadError
from segmentation.table.header.column_names import clean_names
from segmentation.table.header.header_detection import empty_columns
from segmentation.table.quality.non_data_rows import NO_CUSTOMERS, unusable_rows
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import DistinctText
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Records, SetAside

_MOST_LINES = 100
SHORT_ROW = "The row has fewer cells than the header."
#: Prefixes of the reasons for setting rows aside.
_REASONS = ("The row ", "A quote ")


@dataclass(eq=False)
class Cleaned:
    """A table while it is cleaned: columns and line numbers shrink together.

    Attributes
    ----------
    names, written : list of str
        Names in use, and as written in the file.
    columns : list of DistinctText
        Trimmed cells of the rows in use.
    lines : ndarray of int64
        Line number of each row in use.
    set_aside : list of SetAside
        Rows not used, in file order.
    issues : list of Issue
        Issues found so far.
    duplicates : int
        Number of exact duplicates removed.
    """

    names: list[str]
    written: list[str]
    columns: list[DistinctText]
    lines: np.ndarray
    set_aside: list[SetAside]
    issues: list[Issue] = field(default_factory=list)
    duplicates: int = 0

    def keep(self, rows: np.ndarray) -> None:
        """Keep only the rows in a mask."""
        if not rows.all():
            self.columns = [column.take(rows) for column in self.columns]
            self.lines = self.lines[rows]

    def put_aside(self, reasons: Mapping[str, np.ndarray]) -> None:
        """Set aside the rows in each mask; a row in several masks gets the first reason."""
        usable = np.ones(len(self.lines), dtype=bool)
        for reason, rows in reasons.items():
            places = np.flatnonzero(rows & usable)
            cells = [column.cells(places) for column in self.columns]
            for i, line in enumerate(self.lines[places].tolist()):
                self.set_aside.append(SetAside(line, tuple(texts[i] for texts in cells), reason))
            usable &= ~rows
        self.keep(usable)
        self.set_aside.sort(key=lambda row: row.line)


def clean(
    written: Sequence[str],
    records: Records,
    issues: Sequence[Issue],
    limits: Limits,
    *,
    set_short_rows_aside: bool = False,
) -> Cleaned:
    """Remove non-data: empty columns, empty rows, repeated headers, totals.

    Parameters
    ----------
    written : sequence of str
        The header as written.
    records : Records
        All rows.
    issues : sequence of Issue
        Issues found by the reader.
    limits : Limits
        Maximum length of a cell.
    set_short_rows_aside : bool
        Set short rows aside instead of padding them.

    Raises
    ------
    ReadError
        No usable row or fewer than two columns remain.
    """
    names, renamed = clean_names(written)
    cells = [_cut(column, limits.cell_characters) for column in records.columns]
    work = Cleaned(
        names=list(names),
        written=list(written),
        columns=[column.trimmed() for column, _ in cells],
        lines=records.lines,
        set_aside=list(records.set_aside),
        issues=[*issues, *renamed],
    )
    _report_long_cells(work, cells)
    if set_short_rows_aside:
        work.put_aside({SHORT_ROW: np.isin(work.lines, records.short_lines)})
    else:
        _report_short_rows(work, records.short_lines)
    _drop_reject_columns(work)
    _drop_empty_columns(work)
    work.put_aside(unusable_rows(work.columns, work.written))
    check_something_left(work)
    return work


def clean_part(written: Sequence[str], records: Records, limits: Limits) -> Cleaned:
    """Remove empty rows, repeated headers and totals from a part of a table.

    The result may be empty; callers that see all parts judge the table as a whole.
    """
    columns = [_cut(column, limits.cell_characters)[0].trimmed() for column in records.columns]
    names = list(written)
    work = Cleaned(names, names, columns, records.lines, list(records.set_aside))
    if len(work.lines):
        work.put_aside(unusable_rows(work.columns, work.written))
    return work


def _cut(column: DistinctText, longest: int) -> tuple[DistinctText, np.ndarray]:
    """Return the column with long cells cut, and a mask of the values cut."""
    too_long = pc.greater(pc.utf8_length(column.texts), longest)
    chosen = np.asarray(too_long.to_numpy(zero_copy_only=False), dtype=bool)
    if not chosen.any():
        return column, chosen
    return column.mapped(pc.utf8_slice_codeunits(column.texts, 0, longest)), column.rows_of(chosen)


def _report_long_cells(work: Cleaned, cells: Sequence[tuple[DistinctText, np.ndarray]]) -> None:
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


def _report_short_rows(work: Cleaned, lines: list[int]) -> None:
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


def _drop_reject_columns(work: Cleaned) -> None:
    """Drop the line and reason columns of rejected rows that come back corrected."""
    added = reject_names(work.names[:-2])
    if len(work.names) < 4 or tuple(work.names[-2:]) != added:
        return
    if not all(text.startswith(_REASONS) for text in work.columns[-1].texts.to_pylist()):
        return
    _keep_columns(work, list(range(len(work.names) - 2)))
    work.issues.append(
        Issue(
            kind="reject_columns",
            column=None,
            count=2,
            examples=added,
            suggestion="The columns that were added to the rejected rows were left out.",
        )
    )


def _keep_columns(work: Cleaned, kept: list[int]) -> None:
    """Keep the columns at some positions and make their names unique again."""
    work.columns = [work.columns[i] for i in kept]
    work.written = [work.written[i] for i in kept]
    work.set_aside = [
        replace(row, cells=tuple(row.cells[i] for i in kept)) for row in work.set_aside
    ]
    names, renamed = clean_names(work.written)
    work.names = list(names)
    work.issues = [issue for issue in work.issues if issue.kind != "missing_name"]
    work.issues += [issue for issue in renamed if issue.kind == "missing_name"]


def _drop_empty_columns(work: Cleaned) -> None:
    """Drop columns without name and values, such as trailing delimiters produce."""
    kept = [
        i
        for i, column in enumerate(work.columns)
        if work.written[i].strip() or (column.codes >= 0).any()
    ]
    if len(kept) == len(work.columns) or not any(name.strip() for name in work.written):
        return
    dropped = len(work.columns) - len(kept)
    _keep_columns(work, kept)
    work.issues.append(empty_columns(dropped))


def set_aside_issues(rows: Sequence[SetAside]) -> list[Issue]:
    """Return one issue per reason; reasons that differ only in counts are grouped.

    Parameters
    ----------
    rows : sequence of SetAside
        All rows not used.
    """
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
            suggestion=f"{_rows_were(len(found))} set aside. {reason}{_advice(reason, len(found))}",
        )
        for reason, found in by_reason.items()
    ]


def _advice(reason: str, count: int) -> str:
    """Return advice about rows set aside; empty if they are not customers."""
    if reason in NO_CUSTOMERS:
        return ""
    return (
        f" Mend {'it' if count == 1 else 'them'} and bring {'it' if count == 1 else 'them'} back."
    )


def _rows_were(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def check_something_left(work: Cleaned) -> None:
    """Raise if a table has no rows or only one column.

    Raises
    ------
    ReadError
        The table has no rows or only one column.
    """
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


def reject_names(names: Sequence[str]) -> tuple[str, str]:
    """Return the names of the line and reason columns added to rejected rows.

    Examples
    --------
    >>> reject_names(["Age"]), reject_names(["line", "Age"])
    (('line', 'reason'), ('file line', 'reason'))
    """
    line = next(n for n in ("line", "file line", "line of the file") if n not in names)
    reason = next(n for n in ("reason", "reject reason", "reason of rejection") if n not in names)
    return line, reason
