"""Exact duplicates of rows: removed if they are export errors, kept if they are customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segmentation.table.quality.cleaning import Cleaned
from segmentation.table.quality.duplicates import duplicate_rows
from segmentation.table.schema.columns import Column, Issue, Role

#: Without ids, duplicates are export errors only if rare: where rows consist of a few categories,
#: customers repeat naturally, and removing them would distort every share.
RARE_SHARE = 0.1

#: Roles whose values, if mostly distinct, rarely coincide between customers; "mostly" means at
#: least this share of the rows that are not duplicates.
SELDOM_EQUAL = (Role.CONTACT, Role.NUMERIC, Role.DATE, Role.TEXT)
MOSTLY = 0.8
#: Minimum number of rows to judge whether values repeat naturally.
FEW_ROWS = 20

_MOST_LINES = 100


def without_copies(work: Cleaned) -> Cleaned:
    """Return the table without rows that equal an earlier row in every column.

    Parameters
    ----------
    work : Cleaned
        Not modified.

    Returns
    -------
    Cleaned
        ``work`` itself if there are no duplicates; else with an issue and their number.
    """
    again = duplicate_rows(work.columns)
    if not again.any():
        return work
    count = int(again.sum())
    copies = "1 exact copy of an earlier row was"
    if count > 1:
        copies = f"{count:,} exact copies of earlier rows were"
    issue = Issue(
        kind="duplicate_row",
        column=None,
        count=count,
        lines=tuple(work.lines[again][:_MOST_LINES].tolist()),
        suggestion=f"{copies} left out. Rows that differ in any column are all kept.",
        fixes=("drop", "keep"),
    )
    left = replace(work, issues=[*work.issues, issue], duplicates=count)
    left.keep(~again)
    return left


def with_copies(work: Cleaned, issue: Issue) -> Cleaned:
    """Return the table with all its rows and an issue about the duplicates kept.

    Parameters
    ----------
    work : Cleaned
        The table with its duplicates.
    issue : Issue
        The issue reported by `without_copies`.
    """
    rows, are = f"{issue.count:,} rows", "are exact copies of earlier ones"
    if issue.count == 1:
        rows, are = "1 row", "is an exact copy of an earlier one"
    kept = replace(
        issue,
        suggestion=(
            f"{rows} of {len(work.lines):,} {are}. Without a column of ids, equal rows can be "
            "different customers, so all are kept; you can leave the copies out instead."
        ),
        fixes=("keep", "drop"),
    )
    return replace(work, issues=[*work.issues, kept])


def are_customers(rows: int, copies: int, columns: Sequence[Column]) -> bool:
    """Return whether the duplicates are similar customers rather than repeated rows.

    Parameters
    ----------
    rows, copies : int
        Numbers of rows kept and of duplicates removed.
    columns : sequence of Column
        The columns of the rows kept, with their roles.
    """
    every = rows + copies
    common = every >= FEW_ROWS and copies > RARE_SHARE * every
    return common and not any(_tells_people_apart(column, rows) for column in columns)


def _tells_people_apart(column: Column, rows: int) -> bool:
    """Return whether a column holds ids, or amounts, dates or names that seldom repeat."""
    if column.role is Role.IDENTIFIER:
        return True
    return column.role in SELDOM_EQUAL and column.distinct > MOSTLY * rows
