"""Large data in steps for interactive programs: look, choose, train, write scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentation.cluster.row_sample import SAMPLE_ROWS
from segmentation.errors import DataError
from segmentation.options import Settings
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.processes.temp_folders import clear_leftovers
from segmentation.table.table import Table

if TYPE_CHECKING:
    from segmentation.cluster.selection.evidence import Progress
    from segmentation.scale.assign_parts import Assigned
    from segmentation.scoring.segment_model import SegmentModel


@dataclass(frozen=True)
class LargeData:
    """A data set larger than memory, and the processes that read it.

    Attributes
    ----------
    source : str
        Path of a file or folder, pattern, or URL supported by fsspec.
    scheduler : str, optional
        Address of a Dask cluster; local processes by default.
    memory : str, optional
        Total memory of the local processes, such as ``"2GB"``.
    sample_rows : int
        Customers sampled for everything except counts, averages and segment centers.

    Examples
    --------
    >>> LargeData("customers/*.parquet").sample_rows
    100000
    """

    source: str
    scheduler: str | None = None
    memory: str | None = None
    sample_rows: int = SAMPLE_ROWS

    def look(self, progress: Progress | None = None) -> Table:
        """Return a sample of the data after one pass over all rows.

        Returns
        -------
        Table
            A uniform sample; its ``population`` describes all rows.

        Raises
        ------
        ReadError, DataError
            A file cannot be read or does not fit the others, or there is nothing to segment.
        ClusterError
            The cluster does not respond or was lost.
        """
        with self._workers() as workers:
            from segmentation.scale.partitions.data_set import open_data_set
            from segmentation.scale.sample_table import sampled_table
            from segmentation.scale.surveying import first_look

            data = open_data_set(self.source, {}, workers.each)
            found = first_look(data, workers, self.sample_rows, progress)
            return sampled_table(
                found.columns, found.frame, found.lines, found.scan, data,
                rows_duplicate=found.rows_duplicate, notes=found.notes,
            )  # fmt: skip

    def train(
        self,
        table: Table,
        options: Mapping[str, Any],
        *,
        progress: Progress | None = None,
        previous: SegmentModel | None = None,
    ) -> SegmentModel:
        """Return a model with segments of all rows.

        Parameters
        ----------
        table : Table
            The result of `look`, possibly with changed columns.
        options : mapping
            Arguments of `CustomerSegmentation`.
        progress, previous
            See `CustomerSegmentation.fit`.

        Raises
        ------
        DataError
            The rows have changed since `look`.
        ReadError, ParameterError, ClusterError
            See `look` and `CustomerSegmentation.fit`.
        """
        with self._workers() as workers:
            from segmentation.scale.train_parts import train_in_parts

            found = train_in_parts(
                self.source,
                Settings(**options),
                workers,
                progress=progress,
                previous=previous,
                sample_rows=self.sample_rows,
                changes=table.recipe.get("columns", {}),
            )
        if table.population is None or found.survey.rows_read != table.population.rows_read:
            raise DataError(
                "The files have changed since they were read. Read them again, and then find "
                "segments."
            )
        return found.model

    def assign(
        self, model: SegmentModel, folder: str, *, progress: Progress | None = None
    ) -> Assigned:
        """Write all rows with their segments as Parquet files to a new or empty folder.

        Raises
        ------
        ParameterError
            The folder is not empty.
        ReadError, DataError, ClusterError
            See `look` and `SegmentModel.assign`.
        """
        with self._workers() as workers:
            from segmentation.scale.assign_parts import assign_in_parts

            return assign_in_parts(model, self.source, folder, workers, progress=progress)

    @staticmethod
    def clear_leftovers() -> None:
        """Remove files of killed trainings from this machine's temporary folder."""
        clear_leftovers()

    def _workers(self) -> Workers:
        return Workers.open(self.scheduler, memory=self.memory)
