"""What was learned about one column: how its cells become features, in numbers and in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.encoding.cell_values import Floats, day, level_codes, number, read_column
from segmentation.table.schema.columns import Role

#: Kinds whose cells are numbers, days, or codes of levels.
NUMBER_KINDS = frozenset({"number", "log"})
LEVEL_KINDS = frozenset({"rank", "binary", "label", "one_hot"})

#: Farthest a feature may lie from its center, in standard deviations. No training row of less
#: than 10¹² gets there; a mistyped 1e300 would overflow the squares of single precision.
FARTHEST = 1e6

#: Numbers are written with a comma from here on, and as a power of ten from there.
GROUPED_FROM, LONGEST_IN_FULL = 10_000, 1e15

#: Feature names of the level that collects rare levels, and of the missing one.
OTHER = "other"
MISSING = "(missing)"


def _told(value: float) -> str:
    """Write a number as people do; four digits may be a year.

    Examples
    --------
    >>> [_told(v) for v in (1234567.8, 1987.0, 580.296, 40.0, 0.03125, 1e300)]
    ['1,234,568', '1987', '580.30', '40', '0.0312', '1e+300']
    """
    size = abs(value)
    if 0 < size < 1 or not size < LONGEST_IN_FULL:
        return f"{value:.3g}"
    text = f"{value:,.{0 if size >= 1000 else 2}f}".removesuffix(".00")
    return text if size >= GROUPED_FROM else text.replace(",", "")


@dataclass(frozen=True)
class EncodedColumn:
    """How one column enters the design matrix.

    A cell is read as a raw number (the number itself, days since 1970, or the code of its
    level). Kinds other than "one_hot" give one feature, ``(v - center) / scale * sqrt(weight)``
    with ``v`` the raw number, its log1p ("log") or the days before the newest date ("days").
    "one_hot" gives an indicator for each level, less its share and divided by the root of the
    column's whole variance, so that every column weighs the same.

    Attributes
    ----------
    name : str
    role : Role
    kind : {"number", "log", "rank", "binary", "one_hot", "days", "label"}
    features : tuple of str
        Names of its features.
    center : tuple of float
        One for each feature.
    scale : float
        Shared by its features; 1 for a column without spread.
    levels : tuple of str
        The levels with a code of their own, code by code.
    others : tuple of str
        Rare levels that share the code after `levels`; empty when there is no such code.
    has_missing : bool
        Whether missing cells are a level of their own, with the last code.
    fill : float
        The raw number that stands in for a missing or unknown cell; NaN means that the cell
        counts as average (features 0).
    weight : float
    minimum, maximum : float
        Range of the raw numbers in training; for days, days since 1970.
    filled : int
        Number of cells with a value in training.
    reason : str
        One sentence: what was done and why.
    few : tuple of str
        The levels that stand for single customers; empty once a model has left them.
    """

    name: str
    role: Role
    kind: str
    features: tuple[str, ...]
    center: tuple[float, ...]
    scale: float
    levels: tuple[str, ...]
    others: tuple[str, ...]
    has_missing: bool
    fill: float
    weight: float
    minimum: float
    maximum: float
    filled: int
    reason: str
    few: tuple[str, ...] = ()

    @cached_property
    def meaning(self) -> Callable[[object], float]:
        """The function from a cell to its raw number."""
        if self.kind in NUMBER_KINDS:
            return number
        if self.kind == "days":
            return day
        codes = {name: float(code) for code, name in enumerate(self.levels)}
        codes |= dict.fromkeys(self.others, float(len(self.levels)))
        return level_codes(codes)

    def read(self, series: pd.Series[Any]) -> Floats:
        """Return the raw numbers of a column, NaN where missing; shape (n,)."""
        return read_column(series, self.meaning)

    def read_value(self, value: object) -> float:
        """Return the raw number of one cell."""
        return self.meaning(value)

    def values(self, raw: Floats) -> Floats:
        """Return what is standardized: raw numbers, gaps filled, as the kind transforms them."""
        return self._transformed(self._complete(raw))

    def points(self, raw: Floats) -> npt.NDArray[np.float64]:
        """Return the features of raw numbers; shape (n, f)."""
        codes = self._complete(raw)
        factor = math.sqrt(self.weight) / self.scale
        if self.kind != "one_hot":
            with np.errstate(over="ignore"):  # what overflows is clipped below
                features = (self._transformed(codes) - self.center[0]) * factor
            features[np.isnan(features)] = 0.0
            np.clip(features, -FARTHEST, FARTHEST, out=features)
            return features[:, np.newaxis]
        share = np.asarray(self.center)
        indicator = codes[:, np.newaxis] == np.arange(len(share))
        spread: npt.NDArray[np.float64] = (indicator - share) * factor
        spread[np.isnan(codes)] = 0.0
        return spread

    def doubtful(self, raw: Floats) -> npt.NDArray[np.bool_]:
        """Mark the raw numbers that `problem` has a sentence for; shape (n,)."""
        missing = np.isnan(raw)
        if self.kind in LEVEL_KINDS:
            return missing | (raw < 0)
        # A date after the newest one of training is news, not an outlier.
        above = False if self.kind == "days" else raw > self.maximum
        return np.asarray(missing | (raw < self.minimum) | above)

    def problem(self, raw: float, value: object) -> str:
        """Say in one sentence what is doubtful about a cell."""
        if math.isnan(raw):
            return f"{self.name} is missing; {self.stand_in()}."
        if self.kind in LEVEL_KINDS:
            return f"{self.name} {value!s} was not there in training; {self.stand_in(raw)}."
        if self.kind == "days":
            return f"{self.name} {value!s} is before the earliest date in training."
        raw += 0.0  # a negative zero reads "0", as it does in a frame
        if raw < self.minimum:
            return (
                f"{self.name} {_told(raw)} is below the lowest in training, {_told(self.minimum)}."
            )
        return f"{self.name} {_told(raw)} is above the highest in training, {_told(self.maximum)}."

    def stand_in(self, raw: float = math.nan) -> str:
        """Say what stands in for a missing cell, or for an unknown level (`raw` not NaN)."""
        code = float(self._complete(np.array([raw]))[0])
        if math.isnan(code):
            return "it counts as average"
        if self.kind == "one_hot" and code >= len(self.levels):
            return f"it counts as {self.features[int(code)].removeprefix(self.name + ' = ')}"
        if self.kind in LEVEL_KINDS:
            return f"{self.levels[int(code)]} stood in"
        if self.kind == "days":
            return f"the median {np.datetime64(math.floor(code), 'D')} stood in"
        return f"the median {_told(code)} stood in"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; NaN becomes None."""
        plain: dict[str, Any] = {
            k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()
        }
        for key in ("fill", "minimum", "maximum"):
            if math.isnan(plain[key]):
                plain[key] = None
        return plain | {"role": str(self.role)}

    def _complete(self, raw: Floats) -> Floats:
        """Put what stands in for them in the place of missing cells and unknown levels."""
        if self.kind not in LEVEL_KINDS:
            return np.where(np.isnan(raw), self.fill, raw)
        # Rare levels share a feature, whether or not their names are known.
        features = len(self.features) - self.has_missing
        shared = self.kind == "one_hot" and features > len(self.levels)
        unknown = float(len(self.levels)) if shared else self.fill
        codes = np.where(np.isnan(raw), self.fill, raw)
        return np.where(raw < 0, unknown, codes)

    def _transformed(self, raw: Floats) -> Floats:
        if self.kind == "log":
            return np.log1p(np.maximum(raw, 0.0))
        if self.kind == "days":
            return self.maximum - raw
        return raw.astype(np.float64)
