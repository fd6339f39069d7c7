"""What every algorithm returns, whatever it does inside."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Clustering:
    """Segments of n points.

    Attributes
    ----------
    labels : ndarray of int, shape (n,)
        0..k-1, and -1 for points in no segment (noise).
    centers : ndarray of float64, shape (k, p)
        The mean point of each segment.
    inertia : float
        Sum of squared distances of the points in segments to their centers.
    scorer : dict of str to ndarray
        What scoring new points needs beyond the centers; empty where the nearest center decides.
    """

    labels: npt.NDArray[np.intp]
    centers: npt.NDArray[np.float64]
    inertia: float
    scorer: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centers)
