"""Large data sets on the cluster: list them, read them, train on them, write them back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import structlog

from dashapp.jobs.queue import Job
from dashapp.services.data_import.import_jobs import keep_table
from dashapp.services.large import data_locations
from dashapp.services.large.data_locations import Listing
from dashapp.services.repository import Memory
from dashapp.settings.dask_settings import LOCAL, places_in
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import SessionExpiredError
from segmentation import ClusterError, LargeData, ParameterError, ReadError, SegmentModel, Table

if TYPE_CHECKING:
    from dashapp.jobs.workspace import Workspace

logger = structlog.get_logger(__name__)

TELL = "If that does not help, tell whoever runs this portal."
# What users can do about cluster errors, by kind of error; addresses and machines are the
# operator's business.
SENTENCES = {
    "unreachable": f"The cluster does not answer. Try again in some minutes. {TELL}",
    "no_workers": f"The cluster has no workers at present. Try again in some minutes. {TELL}",
    "lost": f"The cluster went away in the middle of this. Try again. {TELL}",
    "memory": "The cluster's workers ended again and again, most likely for want of memory. Files "
    "in smaller parts, or workers with more memory, help. Tell whoever runs this portal.",
    "failed": "A part of the work failed: the cluster's workers may not see these files, or lack "
    "the portal's package. Tell whoever runs this portal.",
}


class LargeSets:
    """Large data for pages.

    Parameters
    ----------
    memory
        The server's storage of each session.
    settings
        Whether there is a cluster, and where results may be written.
    """

    def __init__(self, memory: Memory, settings: Settings) -> None:
        self._memory = memory
        self.offered = bool(settings.dask_scheduler)
        self.can_write = bool(settings.data_output)
        self.output_name = PurePosixPath(*places_in(settings.data_output)).name

    def start_listing(self, session: str) -> Job:
        """List the contents of all locations, anew each time."""
        request = {"at": secrets.token_hex(8)}
        return self._memory.jobs.submit(session, "listing", request)

    def listing(self, session: str, listing_id: str) -> Listing:
        """Return the listing that a job of this session has made."""
        return Listing.from_bytes(self._memory.store.get(Key(session, Kind.LISTING, listing_id)))

    def start_reading(self, session: str, listing_id: str, position: int) -> Job:
        """Read all rows of a listed data set.

        Raises
        ------
        ParameterError
            The listing has no such entry.
        SessionExpiredError
            This session has no such listing.
        """
        offers = self.listing(session, listing_id).offers
        if not 0 <= position < len(offers):
            raise ParameterError("There is no such data set in the list. Look again.")
        offer = offers[position]
        request = {
            "place": offer.place, "path": offer.path, "name": offer.name, "mark": offer.mark,
        }  # fmt: skip
        return self._memory.jobs.submit(session, "survey", request)

    def start_writing(self, session: str, model_id: str, dataset_id: str) -> Job:
        """Write all customers of a large data set with their segments.

        Raises
        ------
        ParameterError
            There is no location to write to, or the data set is not large.
        """
        item = self._memory.item(session, Kind.DATASET, dataset_id)
        self._memory.item(session, Kind.MODEL, model_id)
        if not self.can_write or not item.info.get("large"):
            raise ParameterError("These customers cannot be written from here.")
        request = {"model": model_id, "dataset": dataset_id, "name": item.name}
        return self._memory.jobs.submit(session, "write", request)


def list_places(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """List the contents of all locations (job ``listing``)."""
    del request
    workspace.progress("Looking through the folders", 0.1)
    found = data_locations.look_around(workspace.settings)
    return {"listing": workspace.write(Kind.LISTING, found.to_bytes())}


def read_large(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read all rows once and keep a sample with their statistics (job ``survey``)."""
    workspace.progress("Connecting to the cluster", 0.01)
    data, files = opened(request, workspace.settings)

    def progress(stage: str, fraction: float) -> None:
        workspace.progress(stage, 0.05 + 0.9 * fraction)

    with told(data, request["name"]):
        table = data.look(progress)
    workspace.progress("Storing the sample", 0.97)
    large = {name: request[name] for name in ("place", "path", "name")}
    story = {"large": {**large, "files": files.files, "size": files.size}}
    return keep_table(table.renamed(request["name"]), workspace, story)


def train_large(
    table: Table,
    options: Mapping[str, Any],
    previous: SegmentModel | None,
    workspace: Workspace,
    request: Mapping[str, Any],
) -> SegmentModel:
    """Find segments in all rows of a large data set."""
    large = large_of(workspace, request["dataset"])
    data, _ = opened(large, workspace.settings)

    def progress(stage: str, fraction: float) -> None:
        workspace.progress(stage, 0.02 + 0.84 * fraction)

    with told(data, str(large["name"])):
        return data.train(table, options, progress=progress, previous=previous)


def write_back(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Write all customers with their segments (job ``write``)."""
    workspace.progress("Connecting to the cluster", 0.01)
    large = large_of(workspace, request["dataset"])
    data, _ = opened(large, workspace.settings)
    model = SegmentModel.from_bytes(workspace.read(Kind.MODEL, request["model"]))
    folder = folder_for(str(large["name"]), datetime.now(UTC))
    (place,) = places_in(workspace.settings.data_output)

    def progress(stage: str, fraction: float) -> None:
        workspace.progress(stage, 0.05 + 0.95 * fraction)

    with told(data, str(large["name"])):
        try:
            done = data.assign(model, f"{place}/{folder}", progress=progress)
        except OSError as error:
            raise ParameterError(
                f"Nothing can be written to “{PurePosixPath(place).name}” at present. {TELL}"
            ) from error
    files = "1 Parquet file" if done.files == 1 else f"{done.files:,} Parquet files"
    said = (
        f"{done.rows:,} customers were written with their segments: {files} in "
        f"“{PurePosixPath(place).name}/{folder}”."
    )
    return {"said": said}


def folder_for(name: str, now: datetime) -> str:
    """Return a new folder's name: what was written, when, and a unique suffix.

    Examples
    --------
    >>> folder_for("crm/../June é", datetime(2026, 6, 1, 12, 30, tzinfo=UTC))[:-9]
    'crm-June-20260601-123000'
    """
    words = "-".join(re.findall(r"[A-Za-z0-9]+", name))[:60]
    return f"{words}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def large_of(workspace: Workspace, dataset_id: str) -> Mapping[str, Any]:
    """Return where the rows of a large data set are."""
    item = workspace.item(Kind.DATASET, dataset_id)
    if item is None or not item.info.get("large"):
        raise SessionExpiredError("This data set is no longer here.")
    found: Mapping[str, Any] = item.info["large"]
    return found


def opened(large: Mapping[str, Any], settings: Settings) -> tuple[LargeData, data_locations.Files]:
    """Return the data of a location that is still allowed, and their files."""
    files = data_locations.find(settings, str(large["place"]), str(large["path"]))
    return large_data(settings, files.url), files


def large_data(settings: Settings, url: str) -> LargeData:
    """Return the data and their reader, as configured."""
    data = LargeData(url, sample_rows=settings.data_sample_rows)
    if settings.dask_scheduler == LOCAL:
        return replace(data, memory=f"{settings.job_memory_mb}MB")
    return replace(data, scheduler=settings.dask_scheduler)


@contextmanager
def told(data: LargeData, name: str) -> Iterator[None]:
    """Translate cluster errors into sentences for users, and name data without their location."""
    try:
        yield
    except ReadError as error:
        raise ReadError(str(error).replace(data.source, name), kind=error.kind) from error
    except ClusterError as error:
        logger.warning("cluster_failed", trouble=error.kind, cause=type(error.__cause__).__name__)
        raise ClusterError(SENTENCES[error.kind], kind=error.kind) from error
