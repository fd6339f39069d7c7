"""Detect sources that are read in parts, and train on them; Dask is imported only then."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from segmentation.scale.processes.dask_client import Workers

if TYPE_CHECKING:
    from segmentation.cluster.selection.evidence import Progress
    from segmentation.options import Settings
    from segmentation.scale.train_parts import TrainedInParts
    from segmentation.scoring.segment_model import SegmentModel


def is_data_set(source: Any) -> bool:
    """Return whether a source is read in parts: a path, pattern, URL or Dask DataFrame.

    Examples
    --------
    >>> is_data_set("customers/*.parquet"), is_data_set([[1.0, 2.0]])
    (True, False)
    """
    if isinstance(source, str | os.PathLike):
        return True
    return hasattr(source, "to_delayed") and hasattr(source, "npartitions")


def train_data_set(
    source: Any,
    settings: Settings,
    where: tuple[str | None, str | None],
    progress: Progress | None,
    previous: SegmentModel | None,
) -> TrainedInParts:
    """Return a model trained on a data set with local processes or a cluster.

    Parameters
    ----------
    source, settings, progress, previous
        See `segmentation.scale.train_parts.train_in_parts`.
    where
        Address of a scheduler, and memory for local processes; see `Workers.open`.
    """
    with Workers.open(where[0], memory=where[1]) as workers:
        from segmentation.scale.train_parts import train_in_parts  # needs Dask (see Workers)

        return train_in_parts(source, settings, workers, progress=progress, previous=previous)
