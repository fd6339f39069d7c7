"""The estimator: segments the scikit-learn way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.cluster.algorithms.nearest_center import squared_distances
from segmentation.cluster.selection.evidence import KEvidence, Progress, Verdict
from segmentation.errors import DataError
from segmentation.options import Settings
from segmentation.scale.sources import is_data_set, train_data_set
from segmentation.scoring.answers import Assignment, Change
from segmentation.scoring.boundaries import place
from segmentation.scoring.segment_model import SegmentModel
from segmentation.segments.profiles.profile_table import profile_table
from segmentation.segments.segment import Segment
from segmentation.table.schema.columns import Column, Role, Use
from segmentation.table.table import Table
from segmentation.training import train

Integers = npt.NDArray[np.intp]


class CustomerSegmentation(
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc]  # scikit-learn ships no types
    TransformerMixin,  # type: ignore[misc]
    ClusterMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
):
    """Customer segments that can be explained, trusted and reused.

    Parameters
    ----------
    n_clusters : "auto" or int
        Number of segments; ``"auto"`` lets the evidence decide.
    k_range : (int, int)
        First and last number of segments to try.
    algorithm : str
        Name of a row in `segmentation.cluster.algorithms.registry.ALGORITHMS`.
    columns : list of str, optional
        Columns that drive the segments; by default those whose use is "basis".
    encoding : {"auto", "label"}
        ``"label"`` reproduces the classic recipe of label codes and standardization.
    weights : dict of str to float, optional
        How much a column counts beside the others; 1 by default.
    min_segment_share : float
        Divisions with a smaller segment are not chosen automatically; 0 to 0.5.
    random_state : int
        Seed; the same data and seed give the same segments whatever the order of the rows.
    n_jobs : int, optional
        Threads; the result does not depend on it.
    playbook : path, optional
        A playbook of archetypes and actions in place of the built-in one.

    Attributes
    ----------
    model_ : SegmentModel
        Everything learned: immutable, without customers, enough to score anywhere.
    labels_ : ndarray of int, shape (n,)
        Position in ``segments_`` of each row; −1 for unassigned rows.
    segments_, verdict_, evidence_, encoding_
        Parts of ``model_``.
    profile_ : DataFrame
        What each segment and everybody look like in original units, in long form.
    cluster_centers_ : ndarray of shape (k, p)
        In the space of the encoder.
    inertia_ : float
        Sum of squared distances to the centers.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only after fitting on named columns.

    Examples
    --------
    >>> from segmentation import CustomerSegmentation, sample_customers
    >>> model = CustomerSegmentation().fit(sample_customers(300))
    >>> len(model.segments_), model.verdict_.k
    (4, 4)
    """

    model_: SegmentModel
    labels_: Integers

    def __init__(
        self,
        n_clusters: str | int = "auto",
        *,
        k_range: tuple[int, int] = (2, 10),
        algorithm: str = "kmeans",
        columns: Sequence[str] | None = None,
        encoding: str = "auto",
        weights: Mapping[str, float] | None = None,
        min_segment_share: float = 0.03,
        random_state: int = 42,
        n_jobs: int | None = None,
        playbook: str | Path | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.k_range = k_range
        self.algorithm = algorithm
        self.columns = columns
        self.encoding = encoding
        self.weights = weights
        self.min_segment_share = min_segment_share
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.playbook = playbook

    def fit(
        self,
        X: Any,
        y: object = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        progress: Progress | None = None,
        previous: SegmentModel | Self | None = None,
        scheduler: str | None = None,
        memory: str | None = None,
    ) -> Self:
        """Find segments.

        Parameters
        ----------
        X : Table, DataFrame or array of shape (n, p); path, URL or Dask DataFrame
            Customers in rows. The last three are read in parts by Dask, without ``labels_``.
        y : ignored
        progress : callable, optional
            Told the stage in words and the share done, 0 to 1; may raise `CancelledError`.
        previous : SegmentModel or fitted CustomerSegmentation, optional
            Earlier segments; those that come back keep id, name and color.
        scheduler, memory : str, optional
            A Dask cluster's address, or what its processes here may take together ("2GB").

        Raises
        ------
        DataError, ParameterError, PlaybookError
            With one clear sentence each.
        """
        earlier = previous.model_ if isinstance(previous, CustomerSegmentation) else previous
        settings = Settings(**{name: getattr(self, name) for name in Settings.__annotations__})
        if is_data_set(X):
            found = train_data_set(X, settings, (scheduler, memory), progress, earlier)
            self._remember(found.survey.frame)
            return self._take(found.model, None)
        frame, columns = self._training_data(X)
        trained = train(frame, columns, settings, progress=progress, previous=earlier)
        return self._take(trained.model, trained.labels)

    def _take(self, model: SegmentModel, labels: Integers | None) -> Self:
        self.model_ = model
        if labels is not None:
            self.labels_ = labels
        elif hasattr(self, "labels_"):
            del self.labels_
        self._n_features_out = len(model.segments)
        return self

    def _training_data(self, X: Any) -> tuple[pd.DataFrame, tuple[Column, ...]]:
        if isinstance(X, Table):
            self._remember(X.frame)
            return X.frame, X.columns
        if isinstance(X, pd.DataFrame):
            table = Table.from_frame(X)
            self._remember(X)
            return table.frame, table.columns
        frame = self._array(X, ensure_min_samples=2)
        return frame, tuple(_number_column(str(name)) for name in frame.columns)

    def _array(self, X: Any, **options: Any) -> pd.DataFrame:
        try:
            return _numbered(validate_data(self, X, dtype=np.float64, **options))
        except ValueError as error:
            raise DataError(str(error)) from error

    def _remember(self, frame: pd.DataFrame) -> None:
        """Set what scikit-learn records about the input."""
        self.n_features_in_ = frame.shape[1]
        if all(isinstance(name, str) for name in frame.columns):
            self.feature_names_in_ = np.asarray(frame.columns, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _rows(self, X: Any) -> pd.DataFrame:
        """Return rows to score; columns are found by name where there are names."""
        check_is_fitted(self, "model_")
        if isinstance(X, Table):
            return X.frame
        if isinstance(X, pd.DataFrame):
            return X
        return self._array(X, reset=False)

    def _points(self, X: Any) -> npt.NDArray[np.float32]:
        frame = self._rows(X)
        return self.model_.encoder.transform(frame)

    def predict(self, X: Any) -> Integers:
        """Return the position in ``segments_`` of each row's segment; −1 for noise.

        Parameters
        ----------
        X : Table, DataFrame or array of shape (n, p)
        """
        return place(self._points(X), self.model_.boundaries).nearest

    def transform(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the distance of each row to each segment's center, shape (n, k)."""
        points = self._points(X).astype(np.float64)
        return np.sqrt(squared_distances(points, self.model_.centers)).T

    def assign(self, X: Table | pd.DataFrame) -> pd.DataFrame:
        """Give every row its segment; see `SegmentModel.assign`."""
        return self.model_.assign(self._rows(X))

    def score_customer(self, record: Mapping[str, Any]) -> Assignment:
        """Give one customer a segment and say why; see `SegmentModel.score`."""
        check_is_fitted(self, "model_")
        return self.model_.score(record)

    def whatif(self, record: Mapping[str, Any]) -> tuple[Change, ...]:
        """Say what would move a customer; see `SegmentModel.whatif`."""
        check_is_fitted(self, "model_")
        return self.model_.whatif(record)

    def save(self, path: str | Path, *, customers: bool = False) -> None:
        """Write the model file; see `SegmentModel.to_bytes` for what it tells of customers."""
        check_is_fitted(self, "model_")
        self.model_.save(path, customers=customers)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model file into an estimator that scores; it has no ``labels_``.

        Raises
        ------
        ModelFileError
            See `SegmentModel.load`.
        """
        model = SegmentModel.load(path)
        estimator = cls(algorithm=model.algorithm, random_state=model.seed)
        estimator.model_ = model
        estimator._n_features_out = len(model.segments)
        return estimator

    @property
    def segments_(self) -> tuple[Segment, ...]:
        """The segments in display order."""
        return self.model_.segments

    @property
    def verdict_(self) -> Verdict:
        """How far the segments can be trusted."""
        return self.model_.verdict

    @property
    def evidence_(self) -> tuple[KEvidence, ...]:
        """What speaks for each number of segments."""
        return self.model_.evidence

    @property
    def profile_(self) -> pd.DataFrame:
        """What each segment and everybody look like, in long form; see `profile_table`."""
        return profile_table(self.model_.segments, self.model_.everybody)

    @property
    def encoding_(self) -> dict[str, str]:
        """For each basis column, what was done with it and why."""
        return {column.name: column.reason for column in self.model_.encoder.columns}

    @property
    def cluster_centers_(self) -> npt.NDArray[np.float64]:
        """The centers in the encoder's space, shape (k, p)."""
        return self.model_.centers

    @property
    def inertia_(self) -> float:
        """Sum of squared distances of the rows to their centers."""
        return self.model_.inertia


def _numbered(values: npt.NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame(values).add_prefix("x")


def _number_column(name: str) -> Column:
    return Column(name, Role.NUMERIC, Use.BASIS, "A column of an array counts as a number.")
