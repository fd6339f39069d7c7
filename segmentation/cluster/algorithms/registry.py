"""The algorithms that find segments, in one table: adding one adds one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from segmentation.cluster.algorithms.clustering import Clustering, Task
from segmentation.cluster.algorithms.dbscan import fit_dbscan, fit_hdbscan
from segmentation.cluster.algorithms.kmeans import fit_kmeans
from segmentation.cluster.algorithms.partition import Divide, kmeans_partitions
from segmentation.cluster.algorithms.sklearn_adapters import (
    bisecting_partitions,
    fit_bisecting,
    fit_gmm,
    fit_ward,
    mixture_partitions,
    ward_partitions,
)
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


Fit = Callable[[Task], Clustering]


@dataclass(frozen=True)
class Algorithm:
    """One way to find segments.

    Attributes
    ----------
    name : str
        For programs.
    title, description : str
        For people.
    run : callable
        Called by `fit`.
    divide : callable or None
        Divides a sample for several k at once, for choosing k; None where the algorithm finds
        the number of segments by itself.
    parameters : tuple of Parameter
    """

    name: str
    title: str
    description: str
    run: Fit = field(repr=False)
    divide: Divide | None = field(repr=False, default=None)
    parameters: tuple[Parameter, ...] = ()

    @property
    def needs_k(self) -> bool:
        """Whether the number of segments is given."""
        return self.divide is not None

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
        return self.run(Task(X, k, seed, values, n_jobs))


ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(
            "kmeans",
            "k-means",
            "Groups of similar size and spread around a typical customer; fast on any data.",
            fit_kmeans,
            kmeans_partitions,
        ),
        Algorithm(
            "bisecting",
            "Bisecting k-means",
            "Divides the least uniform segment in two, again and again: segments within segments.",
            fit_bisecting,
            bisecting_partitions,
        ),
        Algorithm(
            "gmm",
            "Gaussian mixture",
            "Clouds that may be stretched and tilted, each in its own way.",
            fit_gmm,
            mixture_partitions,
            (Parameter("regularization", "Smallest variance", 1e-3, 1e-6, 1.0),),
        ),
        Algorithm(
            "ward",
            "Ward's tree",
            "Joins the most similar customers first; good at small, compact segments.",
            fit_ward,
            ward_partitions,
        ),
        Algorithm(
            "hdbscan",
            "HDBSCAN",
            "Dense regions of any shape; finds their number, leaves outliers unassigned.",
            fit_hdbscan,
            parameters=(
                Parameter("smallest_share", "Smallest share of a segment", 0.03, 0.001, 0.5),
            ),
        ),
        Algorithm(
            "dbscan",
            "DBSCAN",
            "Regions of one density; finds their number, leaves outliers unassigned.",
            fit_dbscan,
            parameters=(
                Parameter("neighbors", "Neighbors within reach", 8, 2, 100, whole=True),
                Parameter("reach", "Reach, as a multiple of the usual one", 1.0, 0.1, 10.0),
            ),
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
