"""Scores beside the columns of the table that was scored, none of which is lost."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd


def add_scores(rows: pd.DataFrame, scores: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put scores beside the rows that they belong to.

    Parameters
    ----------
    rows
        (n, …) the input's rows; its columns come first, in their order.
    scores
        (n, …) with the same index; its columns follow under their own names, which other
        programs read.

    Returns
    -------
    scored
        (n, …) both.
    renamed
        Columns of the input that are called like one of the scores', and their name in
        ``scored``.

    Examples
    --------
    >>> rows = pd.DataFrame({"Age": [30], "segment": ["B2B"]})
    >>> scored, renamed = add_scores(rows, pd.DataFrame({"segment": ["Loyal Customers"]}))
    >>> list(scored), renamed
    (['Age', 'segment (input)', 'segment'], {'segment': 'segment (input)'})
    """
    taken = {str(name) for name in (*rows.columns, *scores.columns)}
    renamed: dict[str, str] = {}
    for name in rows.columns:
        if name in scores.columns:
            renamed[name] = _free_name(f"{name} (input)", taken)
            taken.add(renamed[name])
    return pd.concat([rows.rename(columns=renamed), scores], axis=1), renamed


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with one more "(input)" for every time that it is taken."""
    while name in taken:
        name = f"{name} (input)"
    return name


def renaming_note(renamed: dict[str, str]) -> str:
    """Say which columns of the input have another name in the output.

    Examples
    --------
    >>> renaming_note({"segment": "segment (input)"})
    'The input has a column “segment” of its own: in the output it is called “segment (input)”.'
    """
    if len(renamed) == 1:
        ((old, new),) = renamed.items()
        return f"The input has a column “{old}” of its own: in the output it is called “{new}”."
    pairs = ", ".join(f"“{old}” as “{new}”" for old, new in renamed.items())
    return f"The input has columns called like those of the scores; they are kept: {pairs}."
