"""Technical terms, each explained in a sentence where it is used."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

GLOSSARY = {
    "association": (
        "How strongly two columns go together, from 0 (not at all) to 1 (one fixes the other), "
        "whatever their types."
    ),
    "box": (
        "The box holds the middle half of the customers, the line in it is the median, and the "
        "whiskers reach the furthest values that are no extremes."
    ),
    "calinski": "Distance between segments over distance within them; higher is better.",
    "confidence": (
        "How clearly a customer belongs here rather than to the next segment: about 50 % on the "
        "border, near 100 % at the centre."
    ),
    "davies": "How much neighboring segments overlap; lower is better.",
    "deviations": (
        "How far a segment's average is from everybody's, measured in standard deviations: the "
        "usual distance of one customer from the average. Beyond 1 is far, below 0.2 is little."
    ),
    "elbow": (
        "How far customers are from the centre of their segment, in total. It always falls with "
        "more segments; where the fall slows down is the elbow."
    ),
    "fits": "Whether the customer is as close to this segment as 99 % of its own customers were.",
    "index": (
        "A segment's average compared to everybody's: 100 is the same, 150 is one and a half times."
    ),
    "inertia": "The total of squared distances of customers to the centre of their segment.",
    "interval": "The range in which the true average lies in 95 of 100 such samples.",
    "lift": "How many times more often a category occurs here than among everybody.",
    "pca": (
        "A way to draw many columns on a flat map: the two directions along which customers "
        "differ most. Near on the map means alike."
    ),
    "pull": (
        "How much each value speaks for this segment rather than the runner-up, in log-odds: "
        "0 says nothing, 1 makes this segment 2.7 times as likely, 2 makes it 7 times."
    ),
    "radar": (
        "Each axis runs from 0, the lowest average of a segment, to 100, the highest; it compares "
        "segments with each other, not columns."
    ),
    "revenue": "The segment's part of all that customers spend, or pay regularly.",
    "silhouette": (
        "How much closer customers are to their own segment than to the next one: 1 is perfectly "
        "separate, 0 is on the border, below 0 is in the wrong one."
    ),
    "smallest": "The part of all customers that is in the smallest segment.",
    "stability": (
        "How well the segment comes back when customers are drawn at random again and again: "
        "0.75 and more is trustworthy, 0.5 and less dissolves."
    ),
}


# The mark after an explained element, and its accessible name.
MARK, EXPLAINED = "?", "What this means"


def term(word: str, explain: str, *, class_name: str = "") -> Component:
    """Return a word with an explanation on hover, on focus and for screen readers.

    Parameters
    ----------
    word
        The visible word.
    explain
        A key of :data:`GLOSSARY` in any case, or the explanation itself.
    class_name
        Further CSS classes.
    """
    sentence = GLOSSARY.get(explain.lower(), explain)
    return html.Span(
        [
            html.Span(word, className="term-word"),
            html.Span(sentence, className="term-tip", role="tooltip"),
        ],
        className=f"term {class_name}".strip(),
        tabIndex="0",
        # A focusable element needs a role and a name; screen readers then read the description.
        role="note",
        **{"aria-label": EXPLAINED if word == MARK else word, "aria-description": sentence},
    )


def explained(explain: str) -> Component:
    """Return a small question mark that explains the element before it."""
    return term(MARK, explain, class_name="term-mark")
