"""The sample of customers drawn as points if there are too many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashapp import formatting
from dashapp.figures.drawing.plotted_values import sample_rows

# Points on the flat map. Each is a DOM element, and styling them takes most of the browser's time.
# The density behind them counts all customers.
MAX_POINTS = 1000
# The 3D map uses the GPU and has no density behind its points.
MAX_POINTS_3D = 3000
# Points behind one customer, where the map is redrawn with every change of a value.
MAX_POINTS_BEHIND = 400
# Small segments keep at least this many points.
MIN_POINTS = 40


def sample_points(points: pd.DataFrame, limit: int = MAX_POINTS, seed: int = 0) -> pd.DataFrame:
    """Return a sample in which every segment is represented, or all points if they are few.

    Parameters
    ----------
    points
        One row per customer with a column ``segment_id``.
    limit
        Limit of the sample size; small segments may add ``MIN_POINTS`` each.

    Returns
    -------
    DataFrame
        Rows of ``points`` with their index, in their original order.
    """
    if len(points) <= limit:
        return points
    codes, names = pd.factorize(points["segment_id"])
    chosen = [sample_rows(len(points), limit, seed)]
    for place in range(len(names)):
        inside = np.flatnonzero(codes == place)
        if len(inside) * limit < MIN_POINTS * len(points):
            chosen.append(inside[sample_rows(len(inside), MIN_POINTS, seed)])
    return points.iloc[np.unique(np.concatenate(chosen))]


def sample_sentence(points: pd.DataFrame, *, flat: bool = True, thing: str = "customer") -> str:
    """Say how many customers are drawn as points, if not all.

    Parameters
    ----------
    thing
        What a row is called.

    Examples
    --------
    >>> sample_sentence(pd.DataFrame({"segment_id": ["s1"] * 20_000}))
    'The shading counts all 20,000 customers; 1,000 of them are drawn as points.'
    """
    drawn = len(sample_points(points, MAX_POINTS if flat else MAX_POINTS_3D))
    if drawn == len(points):
        return ""
    some, everybody = formatting.number(drawn), formatting.count(len(points), thing)
    if flat:
        return f"The shading counts all {everybody}; {some} of them are drawn as points."
    return f"{some} of {everybody} are drawn, chosen at random."
