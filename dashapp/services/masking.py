"""Hide contact data of customers wherever rows are shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segmentation import Role, Table

# Replaces the rest of a masked name or address.
HIDDEN = "•••"


def rows_shown(table: Table, count: int) -> pd.DataFrame:
    """Return the first rows as they were read, with contact data hidden."""
    return hidden(table.frame.head(count), contact_columns(table))


def hidden(frame: pd.DataFrame, contacts: Sequence[str]) -> pd.DataFrame:
    """Return some rows with contact data cut to their first letters; files keep them whole."""
    masks = {name: frame[name].astype("str").str[:1] + HIDDEN for name in contacts if name in frame}
    known = {name: mask.where(frame[name].notna()) for name, mask in masks.items()}
    return frame.assign(**known)


def lines_shown(lines: Sequence[str], table: Table) -> list[str]:
    """Return lines of the file itself, with contact data hidden as in :func:`rows_shown`."""
    head = table.frame.head(len(lines))
    private = {str(text) for name in contact_columns(table) for text in head[name].dropna()}
    shown = list(lines)
    for text in sorted(private, key=len, reverse=True):
        shown = [line.replace(text, text[:1] + HIDDEN) for line in shown]
    return shown


def contact_columns(table: Table) -> list[str]:
    """Return the columns with names, addresses or phone numbers of people."""
    return [column.name for column in table.columns if column.role is Role.CONTACT]
