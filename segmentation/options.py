"""What a user can choose about segments, checked before any work begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segmentation.errors import ParameterError


@dataclass(frozen=True)
class Settings:
    """What a user can choose; see `segmentation.model.CustomerSegmentation`."""

    n_clusters: str | int = "auto"
    k_range: tuple[int, int] = (2, 10)
    algorithm: str = "kmeans"
    columns: Sequence[str] | None = None
    encoding: str = "auto"
    weights: Mapping[str, float] | None = None
    min_segment_share: float = 0.03
    random_state: int = 42
    n_jobs: int | None = None
    playbook: str | Path | None = None

    def number(self) -> int | None:
        """Return the wanted number of segments, ``None`` for automatic.

        Raises
        ------
        ParameterError
            Neither ``"auto"`` nor a whole number from 1 up.
        """
        if isinstance(self.n_clusters, str):
            if self.n_clusters == "auto":
                return None
        elif _is_whole(self.n_clusters) and self.n_clusters >= 1:
            return int(self.n_clusters)
        raise ParameterError(
            "The number of segments must be “auto” or a whole number from 1 up, "
            f"but is {self.n_clusters!r}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what shaped the segments as plain JSON values."""
        return {
            "n_clusters": self.n_clusters,
            "k_range": list(self.k_range),
            "columns": None if self.columns is None else list(self.columns),
            "encoding": self.encoding,
            "weights": None if self.weights is None else dict(self.weights),
            "min_segment_share": self.min_segment_share,
        }

    def seed(self) -> int:
        """Return the seed.

        Raises
        ------
        ParameterError
            Not a whole number from 0 up.
        """
        if _is_whole(self.random_state) and self.random_state >= 0:
            return int(self.random_state)
        raise ParameterError(
            f"The seed must be a whole number from 0 up, but is {self.random_state!r}."
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
