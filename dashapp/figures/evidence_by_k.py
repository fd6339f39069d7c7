"""The evidence for the number of segments: each index for every k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import Canvas, aid, empty_figure, named
from dashapp.figures.drawing.contrast import blended
from dashapp.theme import LIGHT, Theme, translucent

if TYPE_CHECKING:
    from segmentation import KEvidence

# Stabilities that differ by less look equal at two decimals.
TIE = 0.005
NOTHING = "There is no evidence to show: no two divisions could be compared."
# From here on, inertia is written in thousands and millions.
LARGE = 10_000


def silhouette_by_k(evidence: Sequence[KEvidence], k: int, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw the mean silhouette of each k with its 95 % interval, and mark the chosen k."""
    if not evidence:
        return empty_figure(NOTHING, theme=theme)
    canvas = _by_k(evidence, "silhouette", "Silhouette (−1 to 1)", theme, tickformat=".2f")
    ks = np.array([row.k for row in evidence])
    low = np.array([row.silhouette_low for row in evidence])
    high = np.array([row.silhouette_high for row in evidence])
    canvas.add(
        "scatter",
        x=np.concatenate([ks, ks[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=translucent(theme.accent, 0.16),
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        **aid("95 % interval"),
    )
    say = formatting.number
    hover = [
        f"<b>{row.k} segments</b><br>silhouette {say(row.silhouette, 2)} "
        f"({say(row.silhouette_low, 2)} – {say(row.silhouette_high, 2)})"
        for row in evidence
    ]
    values = np.array([row.silhouette for row in evidence])
    ends = {"lower end (95 %)": low.tolist(), "upper end (95 %)": high.tolist()}
    told = named("silhouette", extra=ends)
    return _draw(canvas, ks, values, hover, k=k, theme=theme, **told)


def silhouette_by_k_reading(evidence: Sequence[KEvidence], k: int) -> str:
    """Name the k with the best silhouette and those whose intervals reach it."""
    if not evidence:
        return NOTHING
    best = max(evidence, key=lambda row: row.silhouette)
    close = [
        str(row.k)
        for row in evidence
        if row.k != best.k and row.silhouette_high >= best.silhouette_low
    ]
    text = (
        f"By the silhouette alone {best.k} segments ({formatting.number(best.silhouette, 2)}) lead"
    )
    within = "is" if len(close) == 1 else "are"
    text += f"; {_and(close)} {within} within its interval." if close else "."
    return text if best.k == k else f"{text} Shown here: {formatting.count(k, 'segment')}."


def inertia_by_k(evidence: Sequence[KEvidence], k: int, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw the total squared distance to the centers: the elbow plot."""
    if not evidence:
        return empty_figure(NOTHING, theme=theme)
    # Below one, SI prefixes such as "250m" (thousandths) would be misread as millions.
    large = max(row.inertia for row in evidence) >= LARGE
    tick = ",.3~s" if large else ",.3~r"
    canvas = _by_k(
        evidence,
        "inertia",
        "Inertia (squared distance)",
        theme,
        tickformat=tick,
        rangemode="tozero",
    )
    hover = [
        f"<b>{row.k} segments</b><br>inertia {formatting.measure(row.inertia)}" for row in evidence
    ]
    values = np.array([row.inertia for row in evidence])
    return _draw(canvas, np.array([row.k for row in evidence]), values, hover, k=k, theme=theme)


def inertia_by_k_reading(evidence: Sequence[KEvidence], k: int) -> str:
    """Say how much the last increase of k gained and how much the next would."""
    inertia = {row.k: row.inertia for row in evidence}
    if k not in inertia:
        return _without(evidence, k)
    steps = [
        f"{word} {formatting.percent(1 - inertia[b] / inertia[a])}"
        for a, b, word in (
            (k - 1, k, f"Going from {k - 1} to {k} segments lowers it by"),
            (k, k + 1, "one more would lower it by"),
        )
        if a in inertia and b in inertia and inertia[a] > 0
    ]
    text = "; ".join(steps)
    return f"{text[:1].upper()}{text[1:]}." if text else "Inertia always falls with more segments."


def stability_by_k(evidence: Sequence[KEvidence], k: int, *, theme: Theme = LIGHT) -> go.Figure:
    """Draw how similar the segments are when customers are resampled."""
    measured = [row for row in evidence if row.stability is not None]
    if not measured:
        return empty_figure("Stability was not measured.", theme=theme)
    canvas = _by_k(
        measured, "stability", "Stability (0 to 1)", theme, tickformat=".1f", range=[0, 1.05]
    )
    hover = [
        f"<b>{row.k} segments</b><br>stability {formatting.number(row.stability, 2)}"
        for row in measured
    ]
    values = np.array([row.stability for row in measured], dtype=np.float64)
    return _draw(canvas, np.array([row.k for row in measured]), values, hover, k=k, theme=theme)


def stability_by_k_reading(evidence: Sequence[KEvidence], k: int) -> str:
    """Compare the chosen k with the most stable one."""
    measured = {row.k: row.stability for row in evidence if row.stability is not None}
    if not measured:
        return "Stability was not measured."
    if k not in measured:
        return _without(evidence, k)
    best = max(measured, key=lambda key: measured[key])
    own = formatting.number(measured[k], 2)
    if measured[k] > measured[best] - TIE:
        return f"{k} segments come back best when customers are drawn anew ({own})."
    return (
        f"{k} segments reach {own} when customers are drawn anew; the most stable number is "
        f"{best} ({formatting.number(measured[best], 2)})."
    )


def smallest_share_by_k(
    evidence: Sequence[KEvidence], k: int, *, theme: Theme = LIGHT
) -> go.Figure:
    """Draw the share of customers in the smallest segment of each k."""
    if not evidence:
        return empty_figure(NOTHING, theme=theme)
    canvas = _by_k(
        evidence,
        "smallest",
        "Smallest segment (% of customers)",
        theme,
        rangemode="tozero",
        ticksuffix=" %",
        tickformat=",.0f",
    )
    values = 100 * np.array([row.smallest_share for row in evidence])
    pale = blended(theme.accent, theme.surface, 0.35)
    canvas.add(
        "bar",
        x=np.array([row.k for row in evidence]),
        y=values,
        customdata=[row.k for row in evidence],
        marker={
            "color": [theme.accent if row.k == k else pale for row in evidence],
            "cornerradius": 4,
        },
        hovertext=[
            f"<b>{row.k} segments</b><br>smallest: {formatting.percent(row.smallest_share, 1)}"
            for row in evidence
        ],
        hoverinfo="text",
        name="smallest segment",
    )
    return canvas.figure()


def smallest_share_by_k_reading(evidence: Sequence[KEvidence], k: int) -> str:
    """Say how small the smallest segment is."""
    own = next((row for row in evidence if row.k == k), None)
    if own is None:
        return _without(evidence, k)
    share = formatting.percent(own.smallest_share, 1)
    return f"With {k} segments, the smallest one holds {share} of customers."


def _by_k(
    evidence: Sequence[KEvidence], about: str, title: str, theme: Theme, **axis: Any
) -> Canvas:
    return Canvas(
        theme,
        f"evidence {about}",
        xaxis={
            "title": {"text": "Number of segments (k)"},
            "tickvals": [row.k for row in evidence],
            "tickformat": "d",
        },
        yaxis={"title": {"text": title}, **axis},
        showlegend=False,
    )


def _draw(
    canvas: Canvas,
    ks: np.ndarray,
    values: np.ndarray,
    hover: list[str],
    *,
    k: int,
    theme: Theme,
    **told: Any,
) -> go.Figure:
    chosen = ks == k
    canvas.add(
        "scatter",
        x=ks,
        y=values,
        mode="lines+markers",
        **(told or {"name": "value"}),
        customdata=ks.tolist(),
        line={"color": theme.accent, "width": 2.2},
        marker={
            "size": np.where(chosen, 15, 8),
            "color": np.where(chosen, theme.accent, theme.surface).tolist(),
            "line": {"color": theme.accent, "width": 2},
            "opacity": 1,
        },
        hovertext=hover,
        hoverinfo="text",
    )
    for x, y in zip(ks[chosen].tolist(), values[chosen].tolist(), strict=True):
        canvas.note(
            x=x, y=y, text="chosen", showarrow=False, yshift=22, bgcolor=theme.surface,
            font={"size": 12, "color": theme.accent},
        )  # fmt: skip
    return canvas.figure()


def _without(evidence: Sequence[KEvidence], k: int) -> str:
    """Say which numbers of segments were compared if k is not among them."""
    if not evidence:
        return NOTHING
    lowest, highest = min(row.k for row in evidence), max(row.k for row in evidence)
    found = formatting.count(k, "segment was", "segments were")
    if lowest == highest:
        return f"Compared here: {lowest} segments; {found} found."
    return f"Compared here: {lowest} to {highest} segments; {found} found."


def _and(words: Sequence[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
