"""Badges for segment, stability and confidence; never by color alone."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.terms import term
from dashapp.theme import segment_class
from segmentation import Segment

TONES = ("neutral", "accent", "good", "warn", "bad")
_STABILITY_TONES = {
    "highly stable": "good",
    "valid": "good",
    "a pattern": "warn",
    "not to be trusted": "bad",
    "dissolved": "bad",
}


def badge(text: str, tone: str = "neutral") -> Component:
    """Return a short label on a soft background.

    Parameters
    ----------
    tone
        One of :data:`TONES`.

    Raises
    ------
    ValueError
        If the tone is unknown.
    """
    if tone not in TONES:
        raise ValueError(f"There is no tone {tone!r}; there are {', '.join(TONES)}.")
    return html.Span(text, className=f"badge-soft badge-{tone}")


def segment_badge(segment: Segment) -> Component:
    """Return a badge with a segment's name and color."""
    return named_badge(segment.name, segment.color)


def named_badge(name: str, color: int) -> Component:
    """Return a segment badge from its name and color alone.

    Parameters
    ----------
    color
        Index in the palette; negative for customers in no segment.
    """
    return html.Span(
        [html.Span(className="segment-dot", **{"aria-hidden": "true"}), name],
        className=f"segment-badge {segment_class(color)}",
    )


def stability_badge(segment: Segment) -> Component:
    """Return a badge for how often the segment reappears when customers are resampled."""
    tone = _STABILITY_TONES.get(segment.stability_label, "neutral")
    measured = segment.stability is not None
    text = (
        f"{segment.stability_label} · {formatting.number(segment.stability, 2)}"
        if measured
        else segment.stability_label
    )
    return term(text[:1].upper() + text[1:], "stability", class_name=f"badge-soft badge-{tone}")


def confidence_badge(confidence: float) -> Component:
    """Return a badge for how clearly a customer belongs to the segment: 50 % (border) to 100 %."""
    tone = "good" if confidence >= 0.8 else "accent" if confidence >= 0.65 else "warn"
    text = f"{formatting.percent(confidence)} confidence"
    return term(text, "confidence", class_name=f"badge-soft badge-{tone}")
