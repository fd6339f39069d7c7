"""Data sets of a session: import, sample, view, re-read, undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashapp.jobs.queue import Job
from dashapp.ledger.ledger import Item
from dashapp.services.data_import.previews import Preview
from dashapp.services.data_import.recipe_files import recipe_bytes
from dashapp.services.repository import Memory
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import SessionExpiredError
from segmentation import ParameterError, Table

SAMPLE_ROWS = 500
SAMPLE_SEED = 42
IDS = "customer_id"
# Lines of the file to show: enough to find the line with the column names.
PREVIEW_LINES = 8
PREVIEW_BYTES = 16_384
LONGEST_LINE = 240
# First bytes of gzip and zip.
PACKED = (b"\x1f\x8b", b"PK\x03\x04")


class Datasets:
    """Data sets for pages.

    A data set never changes: reading a file differently makes another one, whose ledger record
    names its predecessor. Undo shows that predecessor.

    Parameters
    ----------
    memory
        The server's storage of each session.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def start_import(
        self, session: str, upload_id: str, name: str, chosen: Mapping[str, Any] | None = None
    ) -> Job:
        """Read an uploaded file in a separate process.

        Parameters
        ----------
        chosen
            Layout chosen after a first reading failed.
        """
        request = {"upload": upload_id, "name": name}
        return self._memory.jobs.submit(
            session, "import", request | ({"chosen": dict(chosen)} if chosen else {})
        )

    def start_preview(self, session: str, of: Item, recipe: Mapping[str, Any]) -> Job:
        """Preview how a file would be read with some choices.

        Parameters
        ----------
        of
            A data set that was read from a file, or a file that could not be read.
        """
        upload = of.id if of.kind == Kind.UPLOAD else of.info["upload"]
        request = {"upload": upload, "name": of.name, "recipe": dict(recipe)}
        return self._memory.jobs.submit(session, "preview", request)

    def start_mend(self, session: str, dataset_id: str, upload_id: str, name: str) -> Job:
        """Merge corrected rows into the data set that had set them aside."""
        self.from_file(session, dataset_id)
        request = {"dataset": dataset_id, "upload": upload_id, "name": name}
        return self._memory.jobs.submit(session, "mend", request)

    def start_reread(
        self, session: str, dataset_id: str, recipe: Mapping[str, Any], because: str
    ) -> Job:
        """Read the file of a data set again, with other choices.

        Parameters
        ----------
        recipe
            All choices, as in a table's recipe.
        because
            What the user changed: ``"layout"``, ``"fixes"`` or ``"ids"``.

        Raises
        ------
        ParameterError
            If the data set was not read from a file.
        """
        request = self._again(session, dataset_id, because) | {"recipe": dict(recipe)}
        return self._memory.jobs.submit(session, "import", request)

    def start_recipe(self, session: str, dataset_id: str, recipe_id: str) -> Job:
        """Read the file of a data set again, with the choices of an uploaded recipe.

        Raises
        ------
        ParameterError
            If the data set was not read from a file.
        """
        request = self._again(session, dataset_id, "recipe") | {"recipe_file": recipe_id}
        return self._memory.jobs.submit(session, "import", request)

    def _again(self, session: str, dataset_id: str, because: str) -> dict[str, Any]:
        item = self.from_file(session, dataset_id)
        return {
            "upload": item.info["upload"],
            "name": item.name,
            "parent": dataset_id,
            "because": because,
        }

    def start_sample(self, session: str, rows: int = SAMPLE_ROWS, seed: int = SAMPLE_SEED) -> Job:
        """Make sample customers in a separate process."""
        return self._memory.jobs.submit(session, "sample", {"rows": rows, "seed": seed})

    def start_change(self, session: str, dataset_id: str, changes: Mapping[str, Any]) -> Job:
        """Make a new data set from one whose column descriptions the user changed.

        The id column decides which rows belong together: if it changes, the file is read again.
        """
        item, table = self.item(session, dataset_id), self.table(session, dataset_id)
        after = table.with_columns(changes)
        if item.info.get("upload") and after.meaning(IDS) != table.meaning(IDS):
            return self.start_reread(session, dataset_id, after.recipe, "ids")
        request = {
            "dataset": dataset_id,
            "changes": {name: dict(changes[name]) for name in changes},
        }
        return self._memory.jobs.submit(session, "columns", request)

    def from_file(self, session: str, dataset_id: str) -> Item:
        """Return the ledger record of a data set that was read from a file.

        Raises
        ------
        ParameterError
            If the data set was not read from a file.
        """
        item = self.item(session, dataset_id)
        if not item.info.get("upload"):
            raise ParameterError(
                "These customers were not read from a file, so there is nothing to read "
                "differently. Upload a file first."
            )
        return item

    def unread(self, session: str, upload_id: str) -> Item:
        """Return the ledger record of a file that could not be read.

        Raises
        ------
        SessionExpiredError
            If this session has no such file.
        """
        return self._memory.item(session, Kind.UPLOAD, upload_id)

    def preview(self, session: str, preview_id: str) -> Preview:
        """Return the preview that a job of this session has made."""
        return Preview.from_bytes(self._memory.store.get(Key(session, Kind.PREVIEW, preview_id)))

    def item(self, session: str, dataset_id: str) -> Item:
        """Return the ledger record of a data set.

        Raises
        ------
        SessionExpiredError
            If the data set expired, was deleted, or belongs to another session.
        """
        return self._memory.item(session, Kind.DATASET, dataset_id)

    def latest(self, session: str) -> Item | None:
        """Return the newest data set of a session, or None."""
        return self._memory.newest(session, Kind.DATASET)

    def before(self, session: str, dataset_id: str) -> Item | None:
        """Return the data set that this one was made from, or None if it is the first."""
        parent = self.item(session, dataset_id).info.get("parent")
        return self._memory.find(session, Kind.DATASET, parent) if parent else None

    def after(self, session: str, dataset_id: str) -> Item | None:
        """Return the newest data set that was made from this one, or None."""
        return self._memory.newest(session, Kind.DATASET, parent=dataset_id)

    def others(self, session: str, dataset_id: str) -> tuple[Item, ...]:
        """Return the newest state of each other file of the session, newest first."""
        mine = source_of(self.item(session, dataset_id)) or dataset_id
        newest: dict[str, Item] = {}
        for item in self._memory.items(session, Kind.DATASET):
            newest.setdefault(source_of(item) or item.info.get("parent", item.id), item)
        return tuple(item for source, item in newest.items() if source != mine)

    def table(self, session: str, dataset_id: str) -> Table:
        """Return the data set itself; callers must not change its frame."""
        self.item(session, dataset_id)
        return self._memory.value(Key(session, Kind.DATASET, dataset_id), Table.from_bytes)

    def first_lines(self, session: str, dataset_id: str) -> tuple[str, ...]:
        """Return the first lines of its file; empty if the file is gone or not plain text."""
        upload = self.item(session, dataset_id).info.get("upload")
        encoding = self.table(session, dataset_id).recipe.get("encoding")
        if not upload or not encoding:
            return ()
        try:
            start = next(self._memory.store.open_stream(Key(session, Kind.UPLOAD, upload)), b"")
        except SessionExpiredError:
            return ()
        return first_lines(start, encoding)

    def recipe(self, session: str, dataset_id: str) -> bytes:
        """Return how its file was read, as a JSON file to apply to the next one."""
        return recipe_bytes(self.table(session, dataset_id))

    def forget(self, session: str) -> None:
        """Drop the decoded values of a session whose data are being deleted."""
        self._memory.decoded.forget(session)


def source_of(item: Item) -> str | None:
    """Return a data set's source: an upload or a name on the cluster; None if it was generated.

    Two data sets with the same source are states of the same data.
    """
    large = item.info.get("large")
    return f"large:{large['name']}" if large else item.info.get("upload")


def first_lines(start: bytes, encoding: str) -> tuple[str, ...]:
    r"""Return the first lines of a text file, cut to what fits on a screen.

    Parameters
    ----------
    start
        The file's first bytes; a compressed file has no lines.
    encoding
        The detected or chosen encoding.

    Examples
    --------
    >>> first_lines("Käufer\nid;age\n1;30".encode("cp1252"), "cp1252")
    ('Käufer', 'id;age', '1;30')
    >>> first_lines(bytes([0x1F, 0x8B, 8]), "utf-8")
    ()
    """
    if start.startswith(PACKED):
        return ()
    try:
        text = start[:PREVIEW_BYTES].decode(encoding, errors="replace").lstrip("\ufeff")
    except (LookupError, ValueError):  # the reader knows more encoding names than Python
        return ()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:PREVIEW_LINES]
    return tuple(line.replace("\x00", "")[:LONGEST_LINE] for line in lines)
