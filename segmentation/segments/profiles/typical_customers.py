"""Customers that show what a segment is, and where it ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.intp]

SHOWN = 5


def example_rows(
    labels: Integers,
    distance: npt.NDArray[np.float64],
    confidence: npt.NDArray[np.float64],
    positions: Integers,
    k: int,
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Find typical and borderline customers of each segment.

    Parameters
    ----------
    labels
        (n,) segment positions, −1 for none.
    distance
        (n,) nearness to the own segment; the smallest are typical.
    confidence
        (n,) 0.5 to 1; the smallest are borderline.
    positions
        (n,) row of the training table that each entry stands for.
    k
        Number of segments.

    Returns
    -------
    tuple of k (typical, borderline)
        Up to `SHOWN` rows each; ties by row.
    """
    found = []
    for i in range(k):
        members = np.flatnonzero(labels == i)
        found.append(
            (
                _smallest(distance[members], positions[members]),
                _smallest(confidence[members], positions[members]),
            )
        )
    return tuple(found)


def _smallest(values: npt.NDArray[np.float64], positions: Integers) -> tuple[int, ...]:
    if len(values) > SHOWN:
        edge = np.partition(values, SHOWN - 1)[SHOWN - 1]
        near = values <= edge
        values, positions = values[near], positions[near]
    order = np.lexsort((positions, values))[:SHOWN]
    return tuple(positions[order].tolist())
