"""A measure compared between the levels of a category, with 95 % intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashapp import formatting
from dashapp.figures.drawing.canvas import (
    Canvas,
    below_labels,
    empty_figure,
    label_axis,
    named,
    number_axis,
    whole_names,
)
from dashapp.figures.drawing.contrast import blended
from dashapp.figures.drawing.plotted_values import groups, known_in, numbers
from dashapp.figures.drawing.wrapped_labels import label
from dashapp.memoize import once
from dashapp.theme import LIGHT, Theme

# Two-sided 95 % quantile of the normal distribution.
Z95 = 1.959964
MAX_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """A group's statistic with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    count: int


def estimate(values: np.ndarray, statistic: str, name: str = "") -> Estimate:
    """Return the mean or median of finite numbers with a 95 % interval.

    The mean's interval assumes normality; the median's uses order statistics and is
    distribution-free [1]_. A single value has no interval.

    Parameters
    ----------
    values
        Finite numbers, at least one.
    statistic
        ``"mean"`` or ``"median"``.

    References
    ----------
    .. [1] W. J. Conover, "Practical Nonparametric Statistics" (1999), section 3.2.

    Examples
    --------
    >>> found = estimate(np.array([1.0, 2.0, 3.0]), "mean")
    >>> found.value, round(found.high - found.value, 3)
    (2.0, 1.132)
    """
    count = len(values)
    if statistic == "median":
        ordered = np.sort(values)
        reach = Z95 * np.sqrt(count) / 2
        low = ordered[max(int(np.floor(count / 2 - reach)), 0)]
        high = ordered[min(int(np.ceil(count / 2 + reach)), count - 1)]
        return Estimate(name, float(np.median(ordered)), float(low), float(high), count)
    mean = float(values.mean())
    error = Z95 * float(values.std(ddof=1)) / count**0.5 if count > 1 else 0.0
    return Estimate(name, mean, mean - error, mean + error, count)


@once
def estimates(
    frame: pd.DataFrame, measure: str, category: str, statistic: str
) -> tuple[Estimate, ...]:
    """Return the statistic of each level of a category, largest first."""
    values, levels = numbers(frame, measure), groups(frame, category, MAX_LEVELS)
    found = [
        estimate(part, statistic, name)
        for name, part in zip(
            levels.names, known_in(values, levels.codes, len(levels.names)), strict=True
        )
        if len(part)
    ]
    return tuple(sorted(found, key=lambda one: -one.value))


def measure_by_category(
    frame: pd.DataFrame,
    measure: str,
    category: str,
    *,
    statistic: str = "mean",
    theme: Theme = LIGHT,
) -> go.Figure:
    """Draw the mean or median of a number in each level of a category, with 95 % intervals.

    Parameters
    ----------
    statistic
        ``"mean"`` or ``"median"``.
    """
    found = estimates(frame, measure, category, statistic)
    if not found:
        return empty_figure(theme=theme)
    values = np.array([one.value for one in found])
    axis = below_labels(number_axis(measure), f"{statistic.capitalize()} of ")
    canvas = Canvas(
        theme,
        f"by category {measure} {category} {statistic}",
        xaxis={**axis, "rangemode": "tozero"},
        meta=whole_names(measure, category),
        yaxis={**label_axis([one.name for one in found], category), "autorange": "reversed"},
        showlegend=False,
    )
    say = formatting.column_value
    canvas.add(
        "bar",
        x=values,
        y=[one.name for one in found],
        orientation="h",
        **named(
            f"{statistic} of {measure}",
            60,
            extra={
                "lower end (95 %)": [one.low for one in found],
                "upper end (95 %)": [one.high for one in found],
                "customers": [one.count for one in found],
            },
        ),
        marker={"color": blended(theme.accent, theme.surface, 0.82), "cornerradius": 4},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.array([one.high - one.value for one in found]),
            "arrayminus": np.array([one.value - one.low for one in found]),
            "color": theme.text,
            "thickness": 1.4,
            "width": 5,
        },
        hovertext=[
            f"<b>{label(one.name)}</b><br>{statistic} {say(measure, one.value)}"
            f"<br>95 % interval {say(measure, one.low)} – {say(measure, one.high)}"
            f"<br>{formatting.count(one.count, 'customer')}"
            for one in found
        ],
        hoverinfo="text",
    )
    return canvas.figure()


def measure_by_category_reading(
    frame: pd.DataFrame, measure: str, category: str, *, statistic: str = "mean"
) -> str:
    """Compare the highest and lowest level and say whether the difference is significant.

    Examples
    --------
    >>> frame = pd.DataFrame({"Spend": [10.0, 12, 11, 30, 32, 31], "Tier": list("aaabbb")})
    >>> measure_by_category_reading(frame, "Spend", "Tier")
    'The mean of Spend is highest for b (31) and lowest for a (11); chance alone does not
    explain the difference.'
    """
    found = estimates(frame, measure, category, statistic)
    if not found:
        return "No customers with a value are left."
    top, low = found[0], found[-1]
    if len(found) == 1:
        value = formatting.column_value(measure, top.value)
        return f"All customers are {top.name}; the {statistic} of {measure} is {value}."
    sure = (
        "chance alone does not explain the difference"
        if top.low > low.high
        else "the intervals overlap, so the difference may be chance"
    )
    return (
        f"The {statistic} of {measure} is highest for {top.name} "
        f"({formatting.column_value(measure, top.value)}) and lowest for {low.name} "
        f"({formatting.column_value(measure, low.value)}); {sure}."
    )
