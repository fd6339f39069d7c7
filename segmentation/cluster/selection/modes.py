"""How many peaks a column has.

Silverman (1981), *Using kernel density estimates to investigate multimodality*: the number of
modes of a Gaussian kernel density falls as its bandwidth grows (eq. (1)). The least bandwidth
with one mode is critical: it is large when the column really has several. The test (sec. 3)
draws from the density with that bandwidth and asks how often a draw shows more than one mode
under the same bandwidth; where draws hardly ever do, one mode is no explanation of the data.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Columns with at most so many values are recorded on a scale; its gaps are no structure.
GRID_VALUES = 25

#: Bins of the histogram that is smoothed, half as many again on each side.
_BINS = 256

#: Peaks lower than this share of the highest one are stray values, not groups.
_LEAST_PEAK = 0.05

#: Draws of the test. None of them may show several modes: a significance of about 0.05.
_DRAWS = 20

#: Largest number of values looked at; enough to see any group of 5 %.
_VALUES = 1_000


def count_modes(values: Floats, bandwidth: float) -> int:
    """Return the number of modes of a kernel density.

    Parameters
    ----------
    values : ndarray of float64, shape (m,)
    bandwidth : float
        Standard deviation of the Gaussian kernel, in the unit of the values.

    Examples
    --------
    >>> import numpy as np
    >>> two = np.concatenate([np.linspace(0, 1, 50), np.linspace(5, 6, 50)])
    >>> count_modes(two, 0.5), count_modes(two, 5.0)
    (2, 1)
    """
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return 1
    counts, _ = np.histogram(values, bins=_BINS, range=(low, high))
    padded = np.zeros(3 * _BINS)
    padded[_BINS // 2 : _BINS // 2 + _BINS] = counts
    frequency = 2 * np.pi * np.fft.rfftfreq(len(padded)) * _BINS / (high - low)
    smooth = np.exp(-0.5 * (frequency * bandwidth) ** 2)
    density = np.fft.irfft(np.fft.rfft(padded) * smooth, len(padded))
    peaks = (density[1:-1] > density[:-2]) & (density[1:-1] >= density[2:])
    return max(1, int(np.count_nonzero(peaks & (density[1:-1] > _LEAST_PEAK * density.max()))))


def has_several_modes(column: npt.NDArray[np.floating], seed: int = 0) -> bool:
    """Say whether a column has more than one mode, beyond what sampling makes of one.

    Parameters
    ----------
    column : ndarray, shape (m,)
    seed : int
        Of the test's draws.

    Returns
    -------
    bool
        Always False for a column recorded on a scale of few values. Cost: about 3 ms.
    """
    rng = np.random.default_rng(seed)
    values = column[:_VALUES].astype(np.float64)
    if len(np.unique(values)) <= GRID_VALUES:
        return False
    critical = _critical_bandwidth(values)
    return not any(
        count_modes(_smoothed(rng.choice(values, len(values)), critical, rng), critical) > 1
        for _ in range(_DRAWS)
    )


def has_one_peak(column: npt.NDArray[np.floating]) -> bool:
    """Say whether a column recorded on a scale of three or more values has a single peak.

    Two values are two groups or one, depending on how one looks at them; they do not count.
    A dip is one when it lacks more rows than two standard errors.

    Parameters
    ----------
    column : ndarray, shape (m,)

    Returns
    -------
    bool
        True for columns with more than `GRID_VALUES` values, which `has_several_modes` judges.

    Examples
    --------
    >>> import numpy as np
    >>> has_one_peak(np.repeat([1, 2, 3], [20, 50, 30]))
    True
    >>> has_one_peak(np.repeat([1, 2, 3], [50, 10, 40]))
    False
    """
    values, counts = np.unique(column, return_counts=True)
    if len(values) > GRID_VALUES:
        return True
    before = np.maximum.accumulate(counts)
    after = np.maximum.accumulate(counts[::-1])[::-1]
    lack = np.minimum(before, after) - counts
    return len(values) > 2 and bool((lack <= 2 * np.sqrt(2 * np.maximum(counts, 1))).all())


def _critical_bandwidth(values: Floats) -> float:
    spread = float(values.std())
    small, large = 0.02 * spread, 2.0 * spread
    for _ in range(9):
        middle = (small + large) / 2
        if count_modes(values, middle) > 1:
            small = middle
        else:
            large = middle
    return large


def _smoothed(values: Floats, bandwidth: float, rng: np.random.Generator) -> Floats:
    """Add noise to values and shrink them, so that their variance stays (Silverman, eq. (2))."""
    center = values.mean()
    variance = max(float(values.var()), 1e-12)
    noise = bandwidth * rng.standard_normal(len(values))
    result: Floats = center + (values - center + noise) / np.sqrt(1 + bandwidth**2 / variance)
    return result
