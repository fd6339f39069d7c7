"""Mean, spread and skewness from parts: sums of powers that merge.

The same numbers come from a column at once and from its parts one by one, on one machine or on
many (Chan, Golub and LeVeque 1979, *Updating formulae and a pairwise algorithm for computing
sample variances*; the third power after Pébay 2008, *Formulas for robust, one-pass parallel
computation of covariances and arbitrary-order statistical moments*, eq. 1.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Stands for the largest value where all are 0.
_TINY = 1e-300

#: Digits of sums that the order of additions leaves alone.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums of centered powers of some numbers.

    Attributes
    ----------
    count : int
    unit : float
        The largest absolute value. Everything else is in this unit, since squares of amounts
        near the end of the range overflow.
    mean : float
    second, third : float
        Sums of (x - mean)² and (x - mean)³.
    """

    count: int = 0
    unit: float = _TINY
    mean: float = 0.0
    second: float = 0.0
    third: float = 0.0

    @classmethod
    def of(cls, values: Floats, times: Floats | None = None) -> Moments:
        """Sum up numbers without gaps.

        Parameters
        ----------
        values : ndarray, shape (n,)
        times : ndarray, shape (n,), optional
            How often each of them stands in the data; once by default.

        Examples
        --------
        >>> Moments.of(np.array([1.0, 2.0, 6.0])).center
        3.0
        """
        if len(values) == 0:
            return cls()
        unit = max(float(np.abs(values).max()), _TINY)
        inside = values / unit
        if times is None:
            mean = float(inside.mean())
            squares = (inside - mean) ** 2
            return cls(
                len(values), unit, mean, float(squares.sum()),
                float((squares * (inside - mean)).sum()),
            )  # fmt: skip
        count = int(times.sum())
        mean = float((inside * times).sum()) / max(count, 1)
        away = inside - mean
        second, third = float((away**2 * times).sum()), float((away**3 * times).sum())
        return cls(count, unit, mean, second, third)

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both lots of numbers together."""
        if self.count == 0 or other.count == 0:
            return other if self.count == 0 else self
        unit = max(self.unit, other.unit)
        a, b = self._in(unit), other._in(unit)
        count = a.count + b.count
        step = b.mean - a.mean
        first, last = a.count / count, b.count / count
        second = a.second + b.second + step**2 * a.count * last
        third = (
            a.third + b.third
            + step**3 * a.count * last * (first - last)
            + 3 * step * (first * b.second - last * a.second)
        )  # fmt: skip
        return Moments(count, unit, a.mean + step * last, second, third)

    def with_repeated(self, value: float, times: int) -> Moments:
        """Return the moments with one more value that comes some times."""
        if times == 0:
            return self
        unit = max(abs(value), _TINY)
        return self.merged(Moments(times, unit, value / unit))

    def settled(self) -> Moments:
        """Round off what depends on the order of additions, so that how data are cut is no matter.

        Spread and third power keep nine digits, the mean a hundred-millionth of the spread.
        """
        second = float(f"{self.second:.{_DIGITS}g}")
        third = float(f"{self.third:.{_DIGITS}g}")
        if second <= 0:
            return replace(self, second=second, third=third)
        spread = math.sqrt(second / self.count)
        grid = 10.0 ** (math.floor(math.log10(spread)) - _DIGITS + 1)
        return replace(self, mean=round(self.mean / grid) * grid, second=second, third=third)

    def _in(self, unit: float) -> Moments:
        ratio = self.unit / unit
        return Moments(
            self.count, unit, self.mean * ratio, self.second * ratio**2, self.third * ratio**3
        )

    @property
    def center(self) -> float:
        """The mean; 0 of no numbers."""
        return self.unit * self.mean

    @property
    def total(self) -> float:
        """The sum."""
        return self.count * self.center

    @property
    def deviation(self) -> float:
        """The standard deviation of a population; 0 of no numbers."""
        return self.unit * math.sqrt(self.second / max(self.count, 1))

    @property
    def skewness(self) -> float:
        """The moment coefficient of skewness, m₃ / m₂^{3/2}; 0 without spread."""
        variance = self.second / max(self.count, 1)
        if variance <= 1e-30:
            return 0.0
        return float(self.third / self.count / variance**1.5)
