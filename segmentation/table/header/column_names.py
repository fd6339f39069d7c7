"""Make column names usable: trimmed, non-empty and unique."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation.table.schema.columns import Issue
from segmentation.table.schema.distinct_values import BLANKS

#: Longer names are cut, because they do not fit on a screen.
LONGEST_NAME = 200


def clean_names(written: Sequence[str]) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    """Return unique, readable column names and issues that report the changes.

    Parameters
    ----------
    written : sequence of str
        Names as written in the file.

    Returns
    -------
    names : tuple of str
        Empty ones become "Column 3", repeated ones "Name (2)".
    issues : tuple of Issue
        Of the kinds ``"missing_name"``, ``"duplicate_name"`` and ``"long_name"``.

    Examples
    --------
    >>> clean_names(["Age", "", "Age"])[0]
    ('Age', 'Column 2', 'Age (2)')
    """
    trimmed = [_readable(name) for name in written]
    kept = [name[:LONGEST_NAME] or f"Column {i}" for i, name in enumerate(trimmed, 1)]
    names = _unique(kept)
    repeated = [old for old, new in zip(kept, names, strict=True) if old != new]
    empty = [new for old, new in zip(trimmed, names, strict=True) if not old]
    long = [name for name in names if len(name) >= LONGEST_NAME]
    issues = (
        _issue("missing_name", empty, "{} without a name got one from the position."),
        _issue("duplicate_name", repeated, "{} had a name that was taken and got a number."),
        _issue("long_name", long, "{} had a name that was too long and was cut."),
    )
    return tuple(names), tuple(issue for issue in issues if issue.count)


def _readable(name: str) -> str:
    """Return a name trimmed, on one line and without invisible characters."""
    words = name.strip(BLANKS).split()
    return "".join(c for c in " ".join(words) if c.isprintable())


def _unique(names: list[str]) -> list[str]:
    """Number repeated names without creating a name that another column has."""
    taken: set[str] = set()
    reserved = set(names)
    unique = []
    for name in names:
        candidate, number = name, 2
        while candidate in taken or (candidate != name and candidate in reserved):
            candidate, number = f"{name} ({number})", number + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique


def _issue(kind: str, names: list[str], sentence: str) -> Issue:
    columns, them = ("1 column", "it") if len(names) == 1 else (f"{len(names)} columns", "them")
    return Issue(
        kind=kind,
        column=None,
        count=len(names),
        examples=tuple(name[:60] for name in names[:5]),
        suggestion=sentence.format(columns) + f" Rename {them} in the file if you can.",
    )
