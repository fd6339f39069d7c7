"""Downloads: customers with their segment, scored files, rows set aside.

A small file is written while it is sent. A larger one is a job: a limited process writes it into
the session's storage, where it stays for a while, and the web worker only streams it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import chain
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashapp.auth.permissions import Right
from dashapp.jobs.queue import Job
from dashapp.ledger.ledger import Item
from dashapp.services.customers import Selection, Which
from dashapp.services.datasets import Datasets
from dashapp.services.masking import contact_columns, hidden
from dashapp.services.repository import Memory
from dashapp.services.score_customers import Scoring
from dashapp.services.spreadsheets import expect_rows
from dashapp.services.train_models import Training
from dashapp.storage.keys import LIFETIMES, Key, Kind
from dashapp.storage.store import SessionExpiredError
from segmentation import SegmentModel, Table, add_scores, sample_customers

UNASSIGNED = "Unassigned"
EVERYBODY = Selection()
# Columns that a file adds to those of the data set: scores, or line and reason.
SCORE_COLUMNS, REJECT_COLUMNS = 6, 2
# Cells written in about 100 ms of one core (0.4 µs per cell as CSV, 6 µs as XLSX).
SMALL_CELLS = MappingProxyType({"csv": 250_000, "xlsx": 16_000})
# From this size, writing may take longer than file jobs may: it is queued with the trainings.
LARGE_CELLS = MappingProxyType({"csv": 30_000_000, "xlsx": 3_000_000})
JOB_KINDS = frozenset({"export", "large_export"})
# Within this time the same file is made only once; it is kept for longer (see LIFETIMES).
SAME_SECONDS = LIFETIMES[Kind.EXPORT] // 2


class What(StrEnum):
    """Content of a file."""

    CUSTOMERS = "customers"
    SCORED = "scored"
    REJECTS = "rejects"


# Rights that a visitor needs for a file.
NEEDS = MappingProxyType(
    {What.CUSTOMERS: Right.DATA, What.SCORED: Right.PREDICT, What.REJECTS: Right.DATA}
)


@dataclass(frozen=True, slots=True)
class Export:
    """A requested file: everything that its content depends on.

    Attributes
    ----------
    what
        Customers, a scored file or rows set aside.
    kind
        ``"csv"`` or ``"xlsx"``.
    name
        The file's name.
    source
        Id of the data set or the scored file.
    cells
        Upper bound of its number of cells.
    masked
        Whether contact data show their first letters only.
    model, scores
        Ids of the model and of the scores of its customers.
    selection
        The selected customers.
    """

    what: What
    kind: str
    name: str
    source: str
    cells: int
    masked: bool
    model: str = ""
    scores: str = ""
    selection: Selection = EVERYBODY

    @property
    def is_small(self) -> bool:
        """Whether the file is written while it is sent."""
        return self.cells <= SMALL_CELLS[self.kind]

    @property
    def job_kind(self) -> str:
        """The kind of job, which determines its queue."""
        return "export" if self.cells <= LARGE_CELLS[self.kind] else "large_export"

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> Export:
        """Parse a job's request."""
        asked = {name: request[name] for name in cls.__dataclass_fields__}
        chosen = asked["selection"]
        selection = Selection(
            tuple(chosen["segments"]), chosen["text"], Which(chosen["which"]), tuple(chosen["rows"])
        )
        return cls(**asked | {"what": What(asked["what"]), "selection": selection})

    def to_request(self) -> dict[str, Any]:
        """Return the request of a job."""
        return asdict(self)


class Exports:
    """Exports for pages and download routes.

    Parameters
    ----------
    memory
        The server's storage of each session.
    datasets, training, scoring
        The services that hold what is exported.
    """

    def __init__(
        self, memory: Memory, datasets: Datasets, training: Training, scoring: Scoring
    ) -> None:
        self._memory = memory
        self._datasets = datasets
        self._training = training
        self._scoring = scoring

    def customers(
        self,
        session: str,
        dataset_id: str,
        model_id: str,
        kind: str,
        selection: Selection = EVERYBODY,
        *,
        masked: bool,
    ) -> Export:
        """Return an export of customers with their segment and its uncertainties.

        Raises
        ------
        SessionExpiredError
            If the session has no such data set or model, or the model has not been applied to
            these customers.
        """
        item = self._datasets.item(session, dataset_id)
        rows = rows_held(item)
        part = "segments" if selection == EVERYBODY else "selection"
        some = "-sample" if rows < item.info["rows"] else ""
        return Export(
            What.CUSTOMERS,
            kind,
            f"{stem(item.name)}{some}-{part}.{kind}",
            dataset_id,
            rows * (item.info["columns"] + SCORE_COLUMNS),
            masked,
            model_id,
            self._training.scores_id(session, model_id, dataset_id),
            selection,
        )

    def scored(self, session: str, batch_id: str, kind: str, *, masked: bool) -> Export:
        """Return an export of a scored file's rows."""
        item = self._scoring.batch_item(session, batch_id)
        cells = item.info["rows"] * item.info.get("columns", SMALL_CELLS["csv"])
        name = f"{stem(item.name)}-scored.{kind}"
        return Export(What.SCORED, kind, name, batch_id, cells, masked)

    def rejects(self, session: str, dataset_id: str, *, masked: bool) -> Export:
        """Return an export of the rows that were set aside, with line and reason."""
        item = self._datasets.item(session, dataset_id)
        rows = item.info.get("rejects", rows_held(item))
        cells = rows * (item.info["columns"] + REJECT_COLUMNS)
        name = f"{stem(item.name)}-set-aside.csv"
        return Export(What.REJECTS, "csv", name, dataset_id, cells, masked)

    def frame(self, session: str, export: Export) -> pd.DataFrame:
        """Return the rows of a small file."""
        if export.what is What.SCORED:
            item = self._scoring.batch_item(session, export.source)
            return scored_frame(self._scoring.batch(session, export.source), item, export)
        table = self._datasets.table(session, export.source)
        if export.what is What.REJECTS:
            return rejects_frame(table, export)
        model = self._training.model(session, export.model)
        scores = self._training.scores(session, export.model, export.source)
        return customers_frame(table, model, scores, export)

    def start(self, session: str, export: Export) -> Job:
        """Write a file in a separate process; for some time the same file is written only once."""
        window = int(time.time() // SAME_SECONDS)
        request = export.to_request() | {"window": window}
        return self._memory.jobs.submit(session, export.job_kind, request)

    def open(self, session: str, job: Job) -> Iterator[bytes]:
        """Return the finished file of a job in chunks.

        Raises
        ------
        SessionExpiredError
            If the file has expired, or its source is no longer in the session.
        """
        export = Export.from_request(job.request)
        if export.what is What.SCORED:
            self._scoring.batch_item(session, export.source)
        else:
            self._datasets.item(session, export.source)
        if export.model:
            self._training.item(session, export.model)
        pieces = self._memory.store.open_stream(Key(session, Kind.EXPORT, result_of(job)["file"]))
        try:
            first = next(pieces)  # raises errors before the response begins
        except SessionExpiredError:
            raise SessionExpiredError("This file is no longer kept. Download it anew.") from None
        return chain([first], pieces)

    def model_file(self, session: str, model_id: str) -> bytes:
        """Return the model as a file for this portal, the library and the command line."""
        return self._training.model(session, model_id).to_bytes()

    def template(self) -> pd.DataFrame:
        """Return three example customers in the classic columns."""
        return sample_customers(3, 7)


def customers_frame(
    table: Table, model: SegmentModel, scores: pd.DataFrame, export: Export
) -> pd.DataFrame:
    """Return the selected customers with segment, runner-up, confidence, fit and problems."""
    names = {segment.id: segment.name for segment in model.segments}
    wanted = export.selection.mask(table.frame, scores, names)
    found = scores[wanted]
    added = pd.DataFrame(
        {
            "segment_id": found["segment_id"],
            "segment": found["segment_id"].map(names).fillna(UNASSIGNED),
            "runner_up": found["runner_up_id"].map(names),
            "confidence": found["confidence"],
            "fits": found["fits"],
            "problems": found["problems"],
        }
    )
    frame, renamed = add_scores(table.frame[wanted], added)
    expect_rows(len(frame), int(wanted.sum()))
    contacts = [renamed.get(name, name) for name in contact_columns(table)]
    return hidden(frame, contacts) if export.masked else frame


def scored_frame(scored: pd.DataFrame, item: Item, export: Export) -> pd.DataFrame:
    """Return all rows of a scored file."""
    expect_rows(len(scored), item.info["rows"])
    return hidden(scored, item.info.get("contact_columns", ())) if export.masked else scored


def rejects_frame(table: Table, export: Export) -> pd.DataFrame:
    """Return the rows that were set aside.

    Their cells may be in any column: if the data contain contact data, all cells are masked.
    """
    expect_rows(len(table.rejects), table.rows_set_aside)
    if export.masked and contact_columns(table):
        return hidden(table.rejects, list(table.rejects.columns[:-REJECT_COLUMNS]))
    return table.rejects


def rows_held(item: Item) -> int:
    """Return the rows of a data set that the session holds: of a large one, those of its sample."""
    return int(item.info.get("rows_held", item.info["rows"]))


def result_of(job: Job) -> Mapping[str, Any]:
    """Return the result of a finished export: file, rows, sheets and size."""
    assert job.result is not None
    return job.result


def is_kept(job: Job) -> bool:
    """Whether a job's file can still be downloaded."""
    is_file = job.kind in JOB_KINDS and job.state == "done"
    return is_file and time.time() < (job.finished or 0) + LIFETIMES[Kind.EXPORT]


def stem(name: str) -> str:
    r"""Return a file name without folder and extensions, of plain characters and limited length.

    It begins with a letter or a digit: some programs take other signs for options or formulas.

    Examples
    --------
    >>> stem("customers.csv.gz"), stem("../../secret"), stem("=June\u202e report.csv")
    ('customers', 'secret', 'June report')
    """
    last = re.split(r"[/\\]", name)[-1].split(".")[0]
    shown = "".join(letter for letter in last if letter.isprintable())
    return re.sub(r"^\W+", "", shown)[:80].strip() or "customers"
