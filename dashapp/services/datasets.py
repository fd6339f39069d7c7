"""Data sets of a session: import, sample, look at, change columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashapp.jobs.queue import Job, JobQueue
from dashapp.services.decoded import DecodedCache
from dashapp.session.keys import Key, Kind
from dashapp.session.ledger import Item, Ledger
from dashapp.session.store import SessionExpiredError, SessionStore
from segmentation import Table

if TYPE_CHECKING:
    from dashapp.jobs.progress import Workspace

SAMPLE_ROWS = 500
SAMPLE_SEED = 42


class Datasets:
    """What pages ask about data sets.

    Parameters
    ----------
    store, ledger, jobs, decoded
        The server's memory of each session.
    """

    def __init__(
        self, store: SessionStore, ledger: Ledger, jobs: JobQueue, decoded: DecodedCache
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._jobs = jobs
        self._decoded = decoded

    def start_import(
        self, session: str, upload_id: str, name: str, options: Mapping[str, Any] | None = None
    ) -> Job:
        """Read an uploaded file in a process of its own.

        Parameters
        ----------
        options
            Choices of the user that overrule what would be detected: ``encoding``,
            ``delimiter``, ``decimal``, ``header_line``, ``sheet``.
        """
        request = {"upload": upload_id, "name": name, "options": dict(options or {})}
        return self._jobs.submit(session, "import", request)

    def start_sample(self, session: str, rows: int = SAMPLE_ROWS, seed: int = SAMPLE_SEED) -> Job:
        """Make sample customers in a process of its own."""
        return self._jobs.submit(session, "sample", {"rows": rows, "seed": seed})

    def start_change(self, session: str, dataset_id: str, changes: Mapping[str, Any]) -> Job:
        """Make a new data set from one whose columns the user described differently."""
        self.item(session, dataset_id)
        request = {
            "dataset": dataset_id,
            "changes": {name: dict(changes[name]) for name in changes},
        }
        return self._jobs.submit(session, "columns", request)

    def item(self, session: str, dataset_id: str) -> Item:
        """The ledger's line of a data set.

        Raises
        ------
        SessionExpiredError
            If this session has no such data set, be it expired, deleted or somebody else's.
        """
        item = self._ledger.item(session, Kind.DATASET, dataset_id)
        if item is None:
            raise SessionExpiredError(f"no data set {dataset_id[:8]} in this session")
        return item

    def latest(self, session: str) -> Item | None:
        """The newest data set of a session, or None."""
        return next(iter(self._ledger.items(session, Kind.DATASET)), None)

    def table(self, session: str, dataset_id: str) -> Table:
        """The data set itself; callers must not change its frame."""
        self.item(session, dataset_id)
        key = Key(session, Kind.DATASET, dataset_id)
        return self._decoded.get(key, self._store.get, Table.from_bytes)

    def forget(self, session: str) -> None:
        """Drop the decoded values of a session whose data are being deleted."""
        self._decoded.forget(session)


def import_file(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Read an uploaded file into a table (job ``import``)."""
    from segmentation import read_table

    workspace.progress("Reading the file", 0.05)
    data = b"".join(workspace.open_stream(Kind.UPLOAD, request["upload"]))
    table = read_table(data, name=request["name"], **request["options"])
    workspace.progress("Storing the table", 0.9)
    return keep_table(table, workspace, upload=request["upload"])


def make_sample(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Make a table of sample customers (job ``sample``)."""
    from segmentation import sample_customers

    workspace.progress("Making customers", 0.2)
    frame = sample_customers(request["rows"], request["seed"])
    return keep_table(Table.from_frame(frame, name="Sample customers"), workspace)


def change_columns(request: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Describe the columns of a table differently (job ``columns``)."""
    table = Table.from_bytes(workspace.read(Kind.DATASET, request["dataset"]))
    return keep_table(table.with_columns(request["changes"]), workspace)


def keep_table(table: Table, workspace: Workspace, upload: str | None = None) -> dict[str, Any]:
    """Store a table under its content id and note it in the ledger."""
    dataset_id = workspace.write(Kind.DATASET, table.to_bytes())
    info = {"rows": table.rows_used, "columns": len(table.columns), "upload": upload}
    workspace.add_item(Kind.DATASET, dataset_id, table.name, info)
    return {"dataset": dataset_id}
