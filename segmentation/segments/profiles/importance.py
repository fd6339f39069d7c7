"""How much of the difference between segments each column carries."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from segmentation.cluster.encoding.moments import Moments
from segmentation.segments.profiles.summaries import Summaries
from segmentation.segments.segment import Importance

Floats = npt.NDArray[np.float64]


def importances(summaries: Summaries) -> tuple[Importance, ...]:
    """Rank all columns by how well the segments tell their values.

    Rows in no segment are left out.

    Parameters
    ----------
    summaries
        Of the columns of n customers.

    Returns
    -------
    tuple of Importance
        Largest first; equal ones by name.
    """
    found = [
        Importance(v.column.name, eta_squared(v.moments[1:]), "eta squared")
        for v in summaries.numeric
    ] + [Importance(v.column.name, cramers_v(v.counts[1:]), "Cramér's V") for v in summaries.levels]
    return tuple(sorted(found, key=lambda one: (-one.value, one.column)))


def eta_squared(groups: Sequence[Moments]) -> float:
    """Share of a numeric column's variance that lies between segments.

    η² = SS_between / SS_total [1]_, from 0 to 1.

    Parameters
    ----------
    groups
        Moments of the values in each segment.

    References
    ----------
    .. [1] R. A. Fisher, Statistical Methods for Research Workers (1925), ch. VII-VIII.

    Examples
    --------
    >>> eta_squared([Moments.of(np.array([1.0, 1.0])), Moments.of(np.array([5.0, 5.0]))])
    1.0
    """
    together = functools.reduce(Moments.merged, groups, Moments())
    if together.second <= 0:
        return 0.0
    within = sum(group.second * (group.unit / together.unit) ** 2 for group in groups)
    return min(max(1 - within / together.second, 0.0), 1.0)


def cramers_v(counts: Floats) -> float:
    """Association of a categorical column with the segments, from 0 to 1.

    Cramér's V with the bias correction of Bergsma [1]_: φ̃² = max(0, φ² − (r−1)(c−1)/(n−1)),
    r̃ = r − (r−1)²/(n−1), c̃ likewise, Ṽ = √(φ̃² / min(r̃−1, c̃−1)).

    Parameters
    ----------
    counts
        (r, c) contingency table; empty rows and columns are left out.

    References
    ----------
    .. [1] W. Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", Journal of the
       Korean Statistical Society 42 (2013) 323–328.

    Examples
    --------
    >>> round(cramers_v(np.array([[50.0, 0.0], [0.0, 50.0]])), 2)
    1.0
    """
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    rows, columns = table.shape
    n = float(table.sum())
    if min(rows, columns) < 2 or n < 2:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi2 = float(np.sum((table - expected) ** 2 / expected)) / n
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    width = min(
        rows - (rows - 1) ** 2 / (n - 1) - 1,
        columns - (columns - 1) ** 2 / (n - 1) - 1,
    )
    return min(float(np.sqrt(phi2 / width)), 1.0) if width > 0 else 0.0
