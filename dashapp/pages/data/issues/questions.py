"""Questions that only the user can answer, asked with an example and without a preset answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from segmentation import Issue, Table

# Kinds of issues that are questions.
QUESTIONS = ("ambiguous_date", "ambiguous_number", "repeated_customer")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})")


def question(
    id_: Mapping[str, str], issue: Issue, table: Table, details: Component | None = None
) -> Component:
    """Return one question with its answers, none of them selected.

    Parameters
    ----------
    id_
        Id of the answers.
    issue
        The issue to ask about.
    table
        The table of the issue.
    details
        Further information, below the text.
    """
    example = telling_example(issue) or written_date(issue, table)
    answers = answers_to(issue, example)
    return html.Fieldset(
        [
            html.Legend(asked(issue, example)),
            html.P(assumed(issue), className="question-note"),
            details,
            dbc.RadioItems(
                id=dict(id_),
                options=[{"value": way, "label": answers[way]} for way in sorted_ways(issue)],
                value=None,
                className="answers",
            ),
        ],
        className="question",
    )


def sorted_ways(issue: Issue) -> list[str]:
    """Return the answers in a fixed order, so that the default is not favored."""
    order = ["day_first", "month_first", "point", "comma", "keep_last", "keep_all", "stop"]
    return sorted(issue.fixes, key=order.index)


def asked(issue: Issue, example: str) -> str:
    """Return the text of the question."""
    if issue.kind == "repeated_customer":
        return f"“{issue.column}”: several rows have the same id, but different data. Which count?"
    what = f"What is “{example}”?" if example else "How are its values to be read?"
    return f"“{issue.column}” can be read in two ways. {what}"


def assumed(issue: Issue) -> str:
    """Describe the assumption made until there is an answer."""
    if issue.kind == "repeated_customer":
        return f"{formatting.number(issue.count)} rows are concerned. Until you decide, all count."
    way = WORDS_OF_WAYS[issue.fixes[0]]
    return f"Until you answer, it is read with the {way}."


WORDS_OF_WAYS = {
    "day_first": "day first",
    "month_first": "month first",
    "point": "decimal point",
    "comma": "decimal comma",
}


def answers_to(issue: Issue, example: str) -> dict[str, str]:
    """Map each action to its effect on an example of the column."""
    if issue.kind == "ambiguous_date":
        return date_answers(example)
    if issue.kind == "ambiguous_number":
        return number_answers(example)
    return {
        "keep_last": "Only the last row of each customer: the earlier ones are set aside",
        "keep_all": "All rows: such a customer counts several times",
        "stop": "None: stop here. I mend the file and upload it again",
    }


def telling_example(issue: Issue) -> str:
    """Return an example that the readings interpret differently, or an empty text.

    Examples
    --------
    >>> telling_example(Issue("ambiguous_date", "Joined", 2, examples=("05/05/2024", "03/04/2024")))
    '03/04/2024'
    """
    if issue.kind == "ambiguous_number":
        return next((text for text in issue.examples if re.search(r"\d[.,]\d", text)), "")
    for text in issue.examples:
        found = _DATE.search(text)
        if found and found[1].lstrip("0") != found[2].lstrip("0"):
            return found[0]
    return ""


def written_date(issue: Issue, table: Table) -> str:
    """Return a date of the column, in its likely file notation, whose day and month differ."""
    if issue.kind != "ambiguous_date" or issue.column is None:
        return ""
    dates = table.frame[issue.column].dropna()
    if dates.dtype.kind != "M":
        return ""
    telling = dates[(dates.dt.day != dates.dt.month) & (dates.dt.day <= len(MONTHS))]
    if telling.empty:
        return ""
    day, month, year = telling.iloc[0].day, telling.iloc[0].month, telling.iloc[0].year
    first, second = (month, day) if issue.fixes[0] == "month_first" else (day, month)
    return f"{first:02d}/{second:02d}/{year}"


def date_answers(example: str) -> dict[str, str]:
    """Return both readings of a date.

    Examples
    --------
    >>> date_answers("03/04/2024")["day_first"]
    'Day first: 3 April 2024'
    """
    found = _DATE.search(example)
    if not found:
        return {"day_first": "Day first", "month_first": "Month first"}
    one, two, year = int(found[1]), int(found[2]), found[3]
    if not (1 <= one <= len(MONTHS) and 1 <= two <= len(MONTHS)):
        return {"day_first": "Day first", "month_first": "Month first"}
    return {
        "day_first": f"Day first: {one} {MONTHS[two - 1]} {year}",
        "month_first": f"Month first: {MONTHS[one - 1]} {two}, {year}",
    }


def number_answers(example: str) -> dict[str, str]:
    """Return both readings of a number.

    Examples
    --------
    >>> number_answers("1.234")
    {'point': 'Decimal point: 1.234', 'comma': 'Decimal comma: 1,234'}
    """
    digits = re.sub(r"[^\d.,-]", "", example)
    point, comma = digits.replace(",", ""), digits.replace(".", "").replace(",", ".")
    words = {}
    for way, text in (("point", point), ("comma", comma)):
        try:
            value = float(text)
        except ValueError:
            words[way] = f"Decimal {way}"
            continue
        decimals = len(text.partition(".")[2])
        words[way] = f"Decimal {way}: {formatting.number(value, decimals)}"
    return words
