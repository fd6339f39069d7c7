"""The algorithms that find segments, in one table: adding one adds one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from segmentation.cluster.clustering import Clustering
from segmentation.cluster.kmeans import fit_kmeans
from segmentation.errors import ParameterError

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that an algorithm lets the user set, with its limits.

    Attributes
    ----------
    name, title : str
    default, minimum, maximum : float
    whole : bool
        Whether only whole numbers make sense.
    """

    name: str
    title: str
    default: float
    minimum: float
    maximum: float
    whole: bool = False

    def checked(self, value: float) -> float:
        """Return a value that is within the limits.

        Raises
        ------
        ParameterError
        """
        good = self.minimum <= value <= self.maximum and (not self.whole or value == int(value))
        if not good:
            raise ParameterError(
                f"{self.title} must be {'a whole number ' if self.whole else ''}between "
                f"{self.minimum:g} and {self.maximum:g}, but is {value:g}."
            )
        return value


#: (X, k, seed, parameters, n_jobs) -> Clustering
Fit = Callable[..., Clustering]


@dataclass(frozen=True)
class Algorithm:
    """One way to find segments.

    Attributes
    ----------
    name : str
        For programs.
    title, description : str
        For people.
    needs_k : bool
        Whether the number of segments is given; else the algorithm finds it.
    parameters : tuple of Parameter
    run : callable
        Called by `fit`.
    """

    name: str
    title: str
    description: str
    run: Fit = field(repr=False)
    needs_k: bool = True
    parameters: tuple[Parameter, ...] = ()

    def fit(
        self,
        X: Matrix,
        k: int,
        seed: int = 42,
        *,
        parameters: Mapping[str, float] | None = None,
        n_jobs: int | None = None,
    ) -> Clustering:
        """Find segments.

        Parameters
        ----------
        X : ndarray of float32, shape (n, p)
        k : int
            Number of segments; ignored where the algorithm finds it.
        seed : int
        parameters : mapping, optional
            Values for `parameters`; defaults stand in.
        n_jobs : int, optional

        Raises
        ------
        ParameterError
            An unknown parameter or one outside its limits.
        """
        given = dict(parameters or {})
        values = {p.name: p.checked(given.pop(p.name, p.default)) for p in self.parameters}
        if given:
            raise ParameterError(f"{self.title} has no parameter {next(iter(given))!r}.")
        return self.run(X, k, seed, values, n_jobs)


ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(
            "kmeans",
            "k-means",
            "Groups of similar size and spread around a typical customer; fast on any data.",
            fit_kmeans,
        ),
    )
}


def algorithm_named(name: str) -> Algorithm:
    """Return an algorithm.

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    if name not in ALGORITHMS:
        raise ParameterError(f"Unknown algorithm {name!r}: use one of {', '.join(ALGORITHMS)}.")
    return ALGORITHMS[name]
