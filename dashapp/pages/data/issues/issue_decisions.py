"""Possible, current and past decisions about a table's issues."""

from __future__ import annotations

from collections.abc import Mapping

from dashapp.pages.data.issues.questions import QUESTIONS
from segmentation import Issue, Table

# Issues about rows: one decision for the whole file.
ABOUT_ROWS = ("repeated_customer", "short_row", "duplicate_row")
# Issues without a choice that are still important enough not to be listed as notes.
OPENLY = ("recipe", "odd_number")
TITLES: Mapping[str, str] = {
    "ambiguous_date": "Day or month first?",
    "ambiguous_number": "Decimal point or comma?",
    "repeated_customer": "One customer, several rows",
    "recipe": "What the recipe no longer fits",
    "set_aside": "Rows set aside",
    "not_a_number": "Cells that are not numbers",
    "not_a_date": "Cells that are not dates",
    "missing_word": "Words that mean “missing”",
    "odd_number": "Numbers that can hardly be meant",
    "missing": "Empty cells",
    "spelling": "Different spellings of the same value",
    "decorated_number": "Numbers with signs around them",
    "short_row": "Rows with too few cells",
    "duplicate_row": "Exact copies",
    "contact_data": "Contact data",
    "empty_column": "Columns without values",
    "other_sheets": "Other sheets",
    "other_files": "Other files in the archive",
    "reject_columns": "Mended rows",
    "mended_rows": "Mended rows",
    "unknown_lines": "Lines that are not there",
    "no_header": "No column names",
    "missing_name": "Columns without a name",
    "duplicate_name": "Column names that come twice",
    "long_name": "Very long column names",
    "long_cell": "Very long cells",
    "nul_character": "Damaged characters",
    "mixed_numbers": "Numbers of both decimal marks",
    "mixed_dates": "Dates of no one order",
    "time_zone": "Times of a zone",
}
# Kind → possible actions; the first is the default.
WAYS: Mapping[str, Mapping[str, str]] = {
    "not_a_number": {"missing": "Treat as missing", "set_aside": "Set the rows aside"},
    "not_a_date": {"missing": "Treat as missing", "set_aside": "Set the rows aside"},
    "missing_word": {"missing": "Treat as missing", "keep": "Keep as a value"},
    "spelling": {"merge": "Use one spelling", "keep": "Keep them apart"},
    "ambiguous_date": {"month_first": "Month first", "day_first": "Day first"},
    "ambiguous_number": {"point": "Decimal point", "comma": "Decimal comma"},
    "short_row": {"repair": "Fill with empty cells", "set_aside": "Set the rows aside"},
    "duplicate_row": {"drop": "Leave the copies out", "keep": "Keep them all"},
    "repeated_customer": {
        "keep_all": "Keep all rows",
        "keep_last": "Keep the last row of each",
        "stop": "Stop, I mend the file",
    },
}


def asks(issue: Issue, table: Table) -> bool:
    """Whether an issue is an unanswered question."""
    return issue.kind in QUESTIONS and fix_key(issue) not in table.recipe.get("fixes", {})


def is_note(issue: Issue, *, can_reread: bool) -> bool:
    """Whether an issue offers no choice."""
    return issue.kind not in {"set_aside", *OPENLY} and not (issue.fixes and can_reread)


def fix_key(issue: Issue) -> str:
    """Return the key of an issue's decision.

    Examples
    --------
    >>> fix_key(Issue("not_a_number", "Spend", 3)), fix_key(Issue("duplicate_row", None, 2))
    ('not_a_number:Spend', 'duplicate_row')
    """
    return issue.kind if issue.kind in ABOUT_ROWS else f"{issue.kind}:{issue.column}"


def decisions(table: Table) -> dict[str, str]:
    """Return past decisions, whose issues are therefore gone: key → action."""
    open_ = {fix_key(issue) for issue in table.issues if issue.fixes}
    fixes = dict(table.recipe.get("fixes", {}))
    return {
        key: way
        for key, way in fixes.items()
        if key not in open_ and way in WAYS.get(key.partition(":")[0], {})
    }


def choices_of(table: Table) -> dict[str, tuple[str, ...]]:
    """Return the possible decisions: key → actions, the current one first."""
    found = {fix_key(issue): issue.fixes for issue in table.issues if issue.fixes}
    for key, way in decisions(table).items():
        others = (other for other in WAYS[key.partition(":")[0]] if other != way)
        found[key] = (way, *others)
    return found


def in_force(table: Table) -> dict[str, str]:
    """Return the current decisions: key → action, empty for unanswered questions."""
    open_ = {fix_key(issue) for issue in table.issues if asks(issue, table)}
    return {key: "" if key in open_ else ways[0] for key, ways in choices_of(table).items()}


def rank(kind: str) -> int:
    """Return the position of a kind in the order of display."""
    known = tuple(TITLES)
    return known.index(kind) if kind in known else len(known)
